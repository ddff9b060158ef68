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


@pytest.mark.skipif(not (opening.WEIGHTS / "encoder.json").is_file(), reason="no weights are shipped in this checkout")
def test_the_shipped_encoder_serves_without_torch() -> None:
    """A fresh interpreter in which none of the training libraries can be imported, as after a plain install."""
    script = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'sentence_transformers', 'onnx'): sys.modules[name] = None\n"
        "from triagem.encoder.open import open_encoder\n"
        "senha, password, printer = open_encoder('default').encode(\n"
        "    ['esqueci minha senha', 'I forgot my password', 'the printer is out of paper'])\n"
        "print(senha @ password > 0.7 > 0.4 > senha @ printer)\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "True"
