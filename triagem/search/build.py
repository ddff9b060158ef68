"""Builds a generation of a desk's index from the database, aside, and publishes it by one row.

The database is the only truth: whatever happens to a generation's files, this makes them again.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triagem import artifacts
from triagem.encoder import pieces
from triagem.encoder.base import Encoder
from triagem.errors import DamagedArtifact
from triagem.progress import Progress, silent
from triagem.search import asked
from triagem.search.entries import load_entries
from triagem.search.segment import Entry, Segment
from triagem.store import articles, changes, desks, generations, tickets, vectors
from triagem.store.database import Database
from triagem.store.generations import Generation
from triagem.types import Kind

# The delta is searched exactly, so it may grow; past these the next generation pays.
_DELTA_ENTRIES = 200
_DELTA_SHARE = 0.05
_CHUNK = 256
# Which files and columns a generation has: raise it when they change.
LAYOUT = 4


def folder_of(data_dir: Path, desk: str) -> Path:
    """Where a desk's generations live, one folder each, named by their ids."""
    return data_dir / "generations" / desk


def needs_build(database: Database, desk: str, *, encoder_digest: str, takes_over: bool = True) -> bool:
    """Whether the published generation is missing, of another encoder, or far behind the database.

    Who does not mean to take over from another encoder leaves its generations alone.
    """
    with database.read() as connection:
        current = generations.published(connection, desk)
        if current is None:
            return True
        if current.encoder != encoder_digest:
            return takes_over
        behind = changes.count_since(connection, desk, current.seq)
        size = articles.count(connection, desk) + tickets.count(connection, desk)
    return behind > max(_DELTA_ENTRIES, _DELTA_SHARE * size)


def build_generation(
    database: Database, encoder: Encoder, *, desk: str, on_progress: Progress | None = None
) -> Generation:
    """Builds, verifies and publishes; the generation that answered before serves until the last moment.

    `on_progress` gets a share from 0 to 1 and what is being done; it may raise to stop, and nothing has changed then.
    What changes during the build is either in it or, having a later `seq`, in every searcher's delta.
    """
    folder = folder_of(database.data_dir, desk)
    with _alone(folder):
        with database.write() as connection:
            desks.ensure(connection, desk)
            before = generations.published(connection, desk)
            seq = max(changes.latest(connection, desk), before.seq if before else 0)
        segments = _segments(database, encoder, desk=desk, on_progress=on_progress or silent)
        statistics = {kind.value: len(segments[kind]) for kind in Kind}
        generation_id = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        manifest_digest = artifacts.write_bundle(
            folder / generation_id,
            {
                "layout": LAYOUT,
                "encoder": encoder.digest,
                "pieces": pieces.shipped().digest,
                "seq": seq,
                "entries": statistics,
            },
            fill=lambda aside: _save(segments, aside),
        )
        with database.write() as connection:
            published = generations.publish(
                connection,
                desk,
                generation_id=generation_id,
                encoder=encoder.digest,
                seq=seq,
                manifest_digest=manifest_digest,
                statistics=statistics,
            )
            vectors.sweep(connection, desk, encoder=encoder.digest)
            kept = {generation.id for generation in generations.newest_first(connection, desk)}
        artifacts.remove_others(folder, kept)
    return published


def open_generation(data_dir: Path, desk: str, generation: Generation) -> dict[Kind, Segment]:
    """The segments of a published generation. Raises `DamagedArtifact` unless every byte is as it was written.

    One that another version of Triagem laid out otherwise counts as damaged: it is built anew in the same way.
    """
    bundle = artifacts.read_bundle(folder_of(data_dir, desk) / generation.id, digest=generation.manifest_digest)
    if bundle.content.get("layout") != LAYOUT or bundle.content.get("pieces") != pieces.shipped().digest:
        raise DamagedArtifact(f"{bundle.path} was laid out by another version of Triagem.")
    return {kind: Segment.load(bundle.path, kind.value) for kind in Kind}


def _segments(database: Database, encoder: Encoder, *, desk: str, on_progress: Progress) -> dict[Kind, Segment]:
    with database.read() as connection:
        # Tickets first: what they tell of the articles that solved them is part of those.
        ids = {Kind.TICKET: tickets.ids(connection, desk), Kind.ARTICLE: articles.ids(connection, desk)}
        links = list(tickets.links(connection, desk))
    total, done = max(1, sum(map(len, ids.values()))), 0
    segments: dict[Kind, Segment] = {}
    before: dict[str, NDArray[np.float32]] = {}
    for kind, everyone in ids.items():
        entries: list[Entry] = []
        for start in range(0, len(everyone), _CHUNK):
            chunk = everyone[start : start + _CHUNK]
            on_progress(0.95 * done / total, f"indexing {kind.value}s")
            entries += load_entries(database, encoder, desk=desk, kind=kind, ids=chunk)
            done += len(chunk)
        if kind is Kind.TICKET:
            before = asked.by_article(links, {entry.id: entry for entry in entries})
        else:
            entries = [asked.told(entry, before.get(entry.id)) for entry in entries]
        segments[kind] = Segment.build(entries, dimension=encoder.dimension)
    return segments


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One build of a desk at a time, so that a folder nobody has published yet is known to be a dead builder's."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _save(segments: dict[Kind, Segment], folder: Path) -> None:
    for kind, segment in segments.items():
        segment.save(folder, kind.value)
