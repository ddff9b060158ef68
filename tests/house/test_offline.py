import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

# A network namespace of its own: not even loopback is up in it.
ALONE = ["unshare", "--map-root-user", "--net"]
HUB_VARIABLES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HOME", "HF_TOKEN")
# Under CI, or where it is switched off from outside, onnxruntime reports nothing anyway.
TELEMETRY_VARIABLES = ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "GITHUB_ACTIONS", "TF_BUILD")


def _can_be_alone() -> bool:
    return shutil.which("unshare") is not None and subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0


def _environment(home: Path) -> dict[str, str]:
    """Ours, without anything that keeps libraries from calling home, and with an empty home folder."""
    unset = {*HUB_VARIABLES, *TELEMETRY_VARIABLES, "XDG_CACHE_HOME"}
    return {name: value for name, value in os.environ.items() if name not in unset} | {"HOME": str(home)}


def _reports(home: Path) -> list[str]:
    return sorted(path.name for path in home.rglob("*onnxruntime*"))


def test_onnxruntime_opens_no_channel_to_its_maker(tmp_path: Path) -> None:
    # Since 1.29 its Linux builds write a device id and queue events as soon as they are imported.
    command = [sys.executable, "-c", "import triagem.encoder.onnx"]
    subprocess.run(command, check=True, cwd=ROOT, env=_environment(tmp_path))
    assert _reports(tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(not _can_be_alone(), reason="this machine lets nobody make a network namespace")
def test_the_demo_needs_no_network_and_no_model_hub(tmp_path: Path) -> None:
    ran = subprocess.run(
        [*ALONE, sys.executable, "-m", "triagem", "--data-dir", str(tmp_path), "demo", "--no-serve"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=_environment(tmp_path),
    )
    assert ran.returncode == 0, ran.stderr
    assert "\n1. " in ran.stdout
    assert _reports(tmp_path) == []
