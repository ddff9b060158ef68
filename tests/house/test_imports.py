import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

HEAVY = ("torch", "sentence_transformers", "transformers")


def _loaded_by(code: str) -> set[str]:
    """The top-level modules that are loaded when a fresh interpreter has run `code`."""
    report = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    ran = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_imports_go_one_way_and_each_heavy_library_has_one_door() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter is not None
    ran = subprocess.run([linter, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("module", ["service.app", "service.commands", "indexer.commands", "training.commands"])
def test_serving_indexing_and_sorting_load_no_torch(module: str) -> None:
    assert _loaded_by(f"import {module}").isdisjoint(HEAVY)


def test_encoding_with_the_shipped_weights_loads_no_torch() -> None:
    code = "from triagem.encoder.open import open_encoder; open_encoder('default').encode(['esqueci a senha'])"
    assert _loaded_by(code).isdisjoint(HEAVY)


def test_help_loads_no_program() -> None:
    code = (
        "import sys; sys.argv[1:] = ['--help']\nfrom triagem.__main__ import main\ntry: main()\nexcept SystemExit: pass"
    )
    loaded = _loaded_by(code)
    assert "click" in loaded
    assert loaded.isdisjoint({*HEAVY, "fastapi", "numpy", "faiss", "onnxruntime", "sqlalchemy", "pydantic", "service"})


def test_help_costs_at_most_three_tenths_of_a_second_of_cpu() -> None:
    assert min(_cpu_s([sys.executable, "-m", "triagem", "--help"]) for _ in range(5)) <= 0.3


def _cpu_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
