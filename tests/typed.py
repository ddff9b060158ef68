"""Commands as a person types them, in the checkout with Triagem installed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run_as_typed(script: str, *, data_dir: Path) -> str:
    """Runs commands with `data_dir` as their state; returns what they print on stdout."""
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
