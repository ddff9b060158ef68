"""What `encoder.json` says of a weights folder, and the check that the files beside it are those it names.

Reading weights into memory is left to `triagem.encoder.onnx`; writing the file to `training.encoder`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triagem.errors import DamagedArtifact, Failure, NotFound, UnsupportedFormat

FORMAT = 1
MANIFEST = "encoder.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
PIECES = "pieces.npz"


@dataclass(frozen=True, slots=True)
class EncoderManifest:
    """A weights folder's description. `files` maps each file's name to its SHA-256; `made` says from what and how."""

    name: str
    dimension: int
    max_tokens: int
    licence: str
    files: dict[str, str]
    made: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: EncoderManifest) -> None:
    """Writes `encoder.json`; keys sorted, so that the same weights give the same file."""
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path, *, only: Sequence[str] = ()) -> EncoderManifest:
    """The folder's manifest, once every file it names, or `only` those, was found and matched its SHA-256."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            f"No encoder in {folder}: {MANIFEST} is missing. Make one with: python -m training.encoder.export",
            failure=Failure.ENCODER_MISSING,
        )
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] > FORMAT:
            raise UnsupportedFormat(
                f"{path} has format {raw['format']}, this Triagem reads up to {FORMAT}. Upgrade Triagem."
            )
        manifest = EncoderManifest(**raw)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedArtifact(f"{path} cannot be read as an encoder's manifest. {_REMEDY}") from error
    for name in only or (MODEL, TOKENIZER):
        if name not in manifest.files:
            raise DamagedArtifact(f"{path} names no {name}. {_REMEDY}")
    for name, expected in manifest.files.items():
        if only and name not in only:
            continue
        if not (folder / name).is_file():
            raise DamagedArtifact(f"{folder / name} is missing. {_REMEDY}")
        if sha256(folder / name) != expected:
            raise DamagedArtifact(f"{folder / name} does not match its digest in {MANIFEST}. {_REMEDY}")
    return manifest


_REMEDY = "Reinstall Triagem, or make the encoder again with: python -m training.encoder"
