"""Copies an installation's state into a folder and back: the database of one moment, the indexes and the models.

A backup is a sealed bundle like any other: altered or incomplete, it is refused before anything is touched.
"""

import fcntl
import hashlib
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from service.runner import LOCK_FILE
from triagem import artifacts
from triagem.artifacts import Bundle
from triagem.errors import Conflict, DamagedArtifact, InvalidInput, NotFound
from triagem.store.database import DATABASE_FILE, Database
from triagem.triage.triager import MODELS_FOLDER

_FOLDERS: Final = ("generations", MODELS_FOLDER)
_WHAT: Final = "triagem-backup"


def back_up(data_dir: Path, target: Path) -> str:
    """Writes a backup to a new or empty folder, while others read and write; returns a sentence about it."""
    if not (data_dir / DATABASE_FILE).is_file():
        raise NotFound(f"There is no database in {data_dir}. Say where it is: triagem --data-dir DIR backup")
    database = Database(data_dir)
    content = {"what": _WHAT, "made_at": datetime.now(UTC).isoformat()}
    try:
        if target.exists() and any(target.iterdir()):
            raise Conflict(f"{target} is not empty. Name a new folder.")
        target.parent.mkdir(parents=True, exist_ok=True)
        artifacts.write_bundle(target.absolute(), content, fill=lambda aside: _fill(database, aside))
    except OSError as error:
        raise InvalidInput(
            f"No backup can be written to {target}: {error.strerror}. Name a new folder where you may write."
        ) from error
    finally:
        database.close()
    size = sum(path.stat().st_size for path in target.iterdir())
    return f"Backed up to {target}: {size / 1e6:.1f} MB."


def bring_back(source: Path, data_dir: Path) -> str:
    """Verifies a backup and puts it in the place of the present state, which is moved aside.

    Raises `DamagedArtifact` for an altered backup, `Conflict` while a service runs on the data directory.
    """
    bundle = _verified(source)
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK_FILE).open("w") as lock, TemporaryDirectory(dir=data_dir, prefix=".restore-") as aside:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("A service runs on this data directory. Stop it, then restore.") from None
        _unpack(bundle.path, Path(aside))
        kept = _move_aside(data_dir)
        for name in (*_FOLDERS, DATABASE_FILE):
            (Path(aside) / name).rename(data_dir / name)
    Database(data_dir).close()
    made_at = str(bundle.content["made_at"])[:19].replace("T", " ")
    return f"Restored the state of {made_at} UTC." + (f" What was there before is in {kept}." if kept else "")


def _fill(database: Database, aside: Path) -> None:
    database.backup(aside / DATABASE_FILE)
    for name in _FOLDERS:
        with tarfile.open(aside / f"{name}.tar", "w") as archive:
            folder = database.data_dir / name
            if folder.is_dir():
                archive.add(folder, arcname=name, filter=_finished)


def _finished(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leaves out what a writer has under way and what was found damaged."""
    name = Path(member.name).name
    return None if name.endswith(".tmp") or ".damaged-" in name else member


def _verified(source: Path) -> Bundle:
    manifest = source / artifacts.MANIFEST
    if not manifest.is_file():
        raise NotFound(f"{source} holds no backup. Name a folder made by: triagem backup DIR")
    # The manifest seals the files; a backup on its own has nobody to seal the manifest.
    bundle = artifacts.read_bundle(source, digest=hashlib.sha256(manifest.read_bytes()).hexdigest())
    if bundle.content.get("what") != _WHAT:
        raise DamagedArtifact(f"{source} is not a backup. Name a folder made by: triagem backup DIR")
    return bundle


def _unpack(source: Path, aside: Path) -> None:
    shutil.copyfile(source / DATABASE_FILE, aside / DATABASE_FILE)
    for name in _FOLDERS:
        (aside / name).mkdir()
        with tarfile.open(source / f"{name}.tar") as archive:
            archive.extractall(aside, filter="data")


def _move_aside(data_dir: Path) -> Path | None:
    """Moves the present state into a folder of its own, the database with its journal, which belongs to it alone."""
    present = [path for name in (*_FOLDERS, f"{DATABASE_FILE}*") for path in data_dir.glob(name)]
    if not present:
        return None
    kept = data_dir / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    kept.mkdir()
    for path in present:
        path.rename(kept / path.name)
    return kept
