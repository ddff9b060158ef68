import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT


def run_as_typed(script: str, *, data_dir: Path) -> str:
    """Runs commands as typed in the checkout with Triagem installed; returns what they print on stdout."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": programs, "TRIAGEM_DATA_DIR": str(data_dir)},
        stdin=subprocess.DEVNULL,
    )
    assert ran.returncode == 0, f"{script}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data directory after `triagem demo --no-serve`, and what that printed."""
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    return data_dir, run_as_typed("triagem demo --no-serve", data_dir=data_dir)
