import ast
import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from service import doctor
from tests.house.checkout import PACKAGES, ROOT, modules, project

# What a dependency is made of, and is released in step with, need not be declared beside it.
FOUNDATIONS = {
    "pydantic": "fastapi",
    "starlette": "fastapi",
    "anyio": "starlette",
    "transformers": "sentence-transformers",
    "safetensors": "transformers",
    "threadpoolctl": "scikit-learn",
}


def _requirements(*extras: str) -> dict[str, Requirement]:
    metadata = project()["project"]
    lines = [
        *metadata["dependencies"],
        *(line for extra in extras for line in metadata["optional-dependencies"][extra]),
    ]
    return {_normal(requirement.name): requirement for requirement in map(Requirement, lines)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {_normal(name): pin for name, _, pin in (line.partition("==") for line in lines if not line.startswith("#"))}


def _imported(packages: set[str]) -> dict[str, set[str]]:
    """Top-level names that modules of `packages` import, each with the files that do."""
    found: dict[str, set[str]] = {}
    for path, tree in modules().items():
        where = path.relative_to(ROOT)
        if where.parts[0] not in packages:
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                found.setdefault(name.partition(".")[0], set()).add(str(where))
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_no_installed_distribution_but_triagem_owns_the_name(name: str) -> None:
    # An editable installation lists no packages, so the name may have no owner here; an installed wheel's has one.
    owners = set(importlib.metadata.packages_distributions().get(name, []))
    assert owners <= {"triagem"}
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.submodule_search_locations is not None
    assert [Path(place).resolve() for place in spec.submodule_search_locations] == [ROOT / name]


def test_the_wheel_holds_the_four_packages_by_name() -> None:
    assert project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)


def test_an_upload_to_a_public_index_is_refused_by_a_classifier() -> None:
    assert "Private :: Do Not Upload" in project()["project"]["classifiers"]


def test_what_runs_imports_only_declared_dependencies() -> None:
    allowed = {*_requirements("torch"), *FOUNDATIONS}
    owners = importlib.metadata.packages_distributions()
    own = {*PACKAGES, *sys.stdlib_module_names}
    undeclared = {
        name: sorted(files)
        for name, files in _imported({*PACKAGES, "docker"}).items()
        if name not in own and allowed.isdisjoint(map(_normal, owners.get(name, [name])))
    }
    assert undeclared == {}


@pytest.mark.parametrize(("foundation", "dependency"), FOUNDATIONS.items())
def test_a_dependency_still_stands_on_its_foundation(foundation: str, dependency: str) -> None:
    required = {_normal(Requirement(line).name) for line in importlib.metadata.requires(dependency) or []}
    assert foundation in required


def test_every_declared_dependency_is_pinned_to_a_version_it_allows() -> None:
    pins = _pins()
    wrong = {
        name: pins.get(name)
        for name, requirement in _requirements("torch", "dev").items()
        if name not in pins or not requirement.specifier.contains(pins[name], prereleases=True)
    }
    assert wrong == {}
    assert pins["torch"] == "2.13.0"


def test_pins_are_names_and_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+|#.*", line)] == []


def test_the_doctor_names_versions_of_declared_dependencies_only() -> None:
    # An installation without extras holds nothing else; asking for the version of another would raise.
    assert set(doctor._LIBRARIES) <= {*_requirements(), "triagem"}
