import subprocess
import sys
from pathlib import Path

import pytest

from triagem.encoder import open as opening
from triagem.encoder.hashing import HashingEncoder
from triagem.encoder.open import open_encoder
from triagem.errors import InvalidInput, NotFound


def test_hashing_is_opened_by_its_name() -> None:
    assert isinstance(open_encoder("hashing"), HashingEncoder)


def test_missing_weights_are_answered_with_the_command_that_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WEIGHTS", tmp_path)
    with pytest.raises(NotFound, match=r"python -m training\.encoder"):
        open_encoder("default")


def test_without_torch_a_model_by_name_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(InvalidInput, match=r"pip install 'triagem\[torch\]'"):
        open_encoder("some/model")


def test_serving_imports_no_torch() -> None:
    """A fresh interpreter, since another test may have imported it here."""
    script = (
        "import sys; from triagem.encoder.open import open_encoder; import triagem.encoder.onnx; "
        "open_encoder('hashing'); print([m for m in ('torch', 'transformers', 'onnx') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
