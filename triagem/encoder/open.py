"""Picks the encoder that a setting names.

The implementations stand beside this module, each imported only when picked: none pays for another's libraries.
"""

from pathlib import Path

from triagem.encoder.base import Encoder
from triagem.encoder.hashing import HashingEncoder
from triagem.encoder.manifest import MANIFEST
from triagem.errors import Failure, NotFound

DEFAULT = "default"
HASHING = "hashing"
WEIGHTS = Path(__file__).parent / "weights"


def open_encoder(spec: str, *, threads: int = 0) -> Encoder:
    """The encoder named by `spec`: "default", "hashing", a folder with encoder.json, or a sentence-transformers model.

    `threads` bounds the cores one call may use; 0 leaves it to the library underneath.
    """
    if spec == HASHING:
        return HashingEncoder()
    folder = WEIGHTS if spec == DEFAULT else Path(spec)
    if (folder / MANIFEST).is_file():
        from triagem.encoder.onnx import OnnxEncoder  # noqa: PLC0415 - onnxruntime only where it serves

        return OnnxEncoder(folder, threads=threads)
    if spec == DEFAULT:
        raise NotFound(
            f"The shipped encoder is missing from {folder}. Make it with: python -m training.encoder",
            failure=Failure.ENCODER_MISSING,
        )
    from triagem.encoder.torch import TorchEncoder  # noqa: PLC0415 - torch takes seconds to import

    return TorchEncoder(spec, threads=threads)
