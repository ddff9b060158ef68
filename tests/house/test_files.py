import ast
import re

import pytest

from tests.house.checkout import ROOT, modules, project, tracked

# Put together here so that this file does not name them itself.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("anaconda", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("crates", "io"),
        ("download", "pytorch", "org"),
    )
]
PERSONAL_FOLDER = re.compile(r"(?:^|[\s\"'`=(:])/(?:home|Users|root|work)/[A-Za-z0-9._-]+", re.MULTILINE)
# Others' files, kept as they were published, by their folder.
VENDORED = ("swagger-ui", "htmx", "axe-core")


def _texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000] and path.parent.name not in VENDORED:
            found[path.relative_to(ROOT).as_posix()] = raw.decode("utf-8")
    return found


def test_every_module_opens_with_a_finished_sentence() -> None:
    wrong = []
    for path, tree in modules().items():
        opening = (ast.get_docstring(tree) or "").splitlines()
        if tree.body and not (opening and opening[0].endswith((".", ":"))):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_no_file_names_a_package_registry() -> None:
    assert [(name, host) for name, text in _texts().items() for host in REGISTRIES if host in text] == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = {name: PERSONAL_FOLDER.findall(text)[:3] for name, text in _texts().items()}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_no_file_is_larger_than_the_encoders_weights_may_be() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > 40 * 1024 * 1024] == []


@pytest.mark.parametrize("line", ["Apache License", "Version 2.0, January 2004"])
def test_the_licence_is_apache_2(line: str) -> None:
    assert line in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project()["project"]["license"] == "Apache-2.0"


def test_the_notice_travels_with_every_copy_and_names_the_works_of_others() -> None:
    assert set(project()["project"]["license-files"]) == {"LICENSE", "NOTICE"}
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert "all-MiniLM-L6-v2" in notice
    for folder in {path.parent for path in tracked() if path.parent.name in VENDORED}:
        assert (folder / "LICENSE").is_file()
        assert folder.relative_to(ROOT).as_posix() in notice


def test_every_file_of_triagem_itself_is_under_the_one_licence() -> None:
    licences = [path for path in tracked() if path.name.upper().startswith(("LICENSE", "COPYING", "LICENCE"))]
    assert [path for path in licences if path.parent != ROOT and path.parent.name not in VENDORED] == []


def test_the_sample_company_lives_on_a_reserved_domain() -> None:
    pages = [path for path in tracked() if path.relative_to(ROOT).parts[0] == "kb_articles"]
    hosts = {
        host for path in pages for host in re.findall(r"https?://([A-Za-z0-9.-]+)", path.read_text(encoding="utf-8"))
    }
    # A router's own page is at a private address.
    assert {host for host in hosts if not host.endswith(".example") and not host.startswith("192.168.")} == set()


def test_the_version_is_the_one_that_the_changelog_describes() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    assert released[0] == project()["project"]["version"]


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [path for path in tracked() if path.suffix == ".md" and "kb_articles" not in path.parts]
    links = [
        (page.relative_to(ROOT).as_posix(), target)
        for page in pages
        for target in re.findall(r"\]\((?!https?://|#)([^)\s#]+)", page.read_text(encoding="utf-8"))
    ]
    assert [(page, target) for page, target in links if not ((ROOT / page).parent / target).exists()] == []
