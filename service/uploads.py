"""Files that an administrator sent, kept in the data directory until the run that imports them has ended.

Importing them is `indexer`'s work; the run's row says which file is its own.
"""

import re
import secrets
import shutil
from pathlib import Path
from typing import Any, BinaryIO, Final

from triagem.search.dates import DateOrder
from triagem.store.runs import Run

FOLDER: Final = "uploads"
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 80


def keep(
    data_dir: Path, what: str, name: str, content: BinaryIO, *, dates: DateOrder | None, known_only: bool
) -> dict[str, Any]:
    """Writes the file down and returns what the run's parameters say of it. `what` is `tickets` or `articles`."""
    folder = secrets.token_hex(8)
    target = data_dir / FOLDER / folder / plain_name(name)
    target.parent.mkdir(parents=True)
    with target.open("wb") as stream:
        shutil.copyfileobj(content, stream)
    said = {
        "what": what,
        "folder": folder,
        "name": target.name,
        "dates": dates.value if dates else None,
        "known_only": known_only,
    }
    return {"rebuild": False, "upload": said}


def plain_name(name: str) -> str:
    """A file's name that is harmless wherever it is written: its last part, in plain characters, its ending kept."""
    plain = _UNFIT.sub("_", Path(name.replace("\\", "/")).name).lstrip(".-_")
    return plain[-_LONGEST_NAME:].lstrip(".-_") or "file"


def arguments(data_dir: Path, run: Run) -> tuple[str, ...] | None:
    """The command that imports the run's file, as a person would type it; None for a run of another kind."""
    upload = run.parameters.get("upload")
    if upload is None:
        return None
    dates, known_only = upload.get("dates"), upload.get("known_only", False)
    path = data_dir / FOLDER / upload["folder"] / upload["name"]
    chosen = (*(("--dates", dates) if dates else ()), *(("--known-only",) if known_only else ()))
    return ("import", upload["what"], str(path), *chosen)


def discard(data_dir: Path, parameters: dict[str, Any]) -> None:
    """Deletes the file, if it is still there."""
    shutil.rmtree(data_dir / FOLDER / parameters["upload"]["folder"], ignore_errors=True)


def discard_of_ended(data_dir: Path, run: Run) -> None:
    """Deletes the file of a run that needs it no more."""
    if run.finished_at is not None and "upload" in run.parameters:
        discard(data_dir, run.parameters)
