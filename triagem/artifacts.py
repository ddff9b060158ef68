"""Folders of files written once: built aside, sealed by a manifest of hashes, swapped into place, verified before use.

Search generations and models are both such bundles; what their files mean stands with whoever writes them.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triagem.errors import DamagedArtifact, UnsupportedFormat

FORMAT = 1
MANIFEST = "manifest.json"
_DAMAGED = ".damaged-"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified folder. `content` is what its writer put into the manifest."""

    path: Path
    content: dict[str, Any]
    digest: str


def write_bundle(target: Path, content: dict[str, Any], *, fill: Callable[[Path], None]) -> str:
    """Lets `fill` write files into an empty folder aside, seals them, moves the folder to `target`.

    Returns the manifest's SHA-256, to be stored where the bundle is named. If anything fails, `target` does not exist.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        fill(aside)
        files = {path.name: _file_digest(path) for path in sorted(aside.iterdir())}
        for name in files:
            _sync(aside / name)
        manifest = json.dumps({"format": FORMAT, "content": content, "files": files}, indent=1, sort_keys=True)
        (aside / MANIFEST).write_text(manifest, encoding="utf-8")
        _sync(aside / MANIFEST)
        _sync(aside)
        aside.rename(target)
        _sync(target.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return hashlib.sha256(manifest.encode()).hexdigest()


def read_bundle(path: Path, *, digest: str) -> Bundle:
    """Verifies every byte of a bundle against the manifest and the manifest against `digest`.

    Raises `DamagedArtifact` for anything missing, added or altered, `UnsupportedFormat` for a newer format.
    """
    try:
        raw = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise DamagedArtifact(f"{path} has no readable manifest.") from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise DamagedArtifact(f"The manifest of {path} was altered.")
    manifest = json.loads(raw)
    if manifest["format"] > FORMAT:
        raise UnsupportedFormat(f"{path} has format {manifest['format']}, this Triagem reads up to {FORMAT}.")
    present = {entry.name for entry in path.iterdir()} - {MANIFEST}
    for name in sorted(present.symmetric_difference(manifest["files"])):
        raise DamagedArtifact(f"{path / name} is {'missing' if name in manifest['files'] else 'not in the manifest'}.")
    for name, expected in manifest["files"].items():
        if _file_digest(path / name) != expected:
            raise DamagedArtifact(f"{path / name} was altered.")
    return Bundle(path, manifest["content"], digest)


def set_aside(path: Path) -> Path | None:
    """Renames a damaged bundle so that it can be looked at and is never opened again; None if it is gone."""
    for attempt in range(1000):
        kept = path.with_name(f"{path.name}{_DAMAGED}{attempt}")
        if not kept.exists():
            try:
                path.rename(kept)
            except FileNotFoundError:
                return None
            return kept
    return None


def remove_others(folder: Path, kept: Collection[str]) -> None:
    """Deletes every bundle in `folder` but those `kept` and those set aside as damaged, finished or not.

    Call it only while nobody else writes into the folder.
    """
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept and _DAMAGED not in path.name:
            shutil.rmtree(path, ignore_errors=True)


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
