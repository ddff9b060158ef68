"""A desk's index as it is now: the published generation, and a small segment of what changed since.

It follows the database by itself: a new generation or a new row is seen by the next query, without a restart. Where
another encoder takes over, a process of the old one answers from its own generation until it ends.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from triagem import artifacts
from triagem.encoder.base import Encoder
from triagem.errors import DamagedArtifact, ForeignIndex, NoGeneration
from triagem.search.asked import told
from triagem.search.build import build_generation, folder_of, open_generation
from triagem.search.entries import load_entries
from triagem.search.segment import Entry, Segment
from triagem.store import changes, generations
from triagem.store.database import Connection, Database
from triagem.store.generations import Generation
from triagem.types import Kind

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed after a generation: the entries as they are now, and the ids whose older versions are hidden."""

    seq: int
    entries: Mapping[Kind, Mapping[str, Entry]]
    hidden: Mapping[Kind, frozenset[str]]
    segments: Mapping[Kind, Segment]


@dataclass(frozen=True, slots=True)
class Index:
    """What one query is answered from. `generation` is None while everything is still in the delta."""

    generation: Generation | None
    segments: Mapping[Kind, Segment]
    delta: Delta


@dataclass(slots=True)
class _Desk:
    lock: threading.Lock = field(default_factory=threading.Lock)
    index: Index | None = None


class LiveIndexes:
    """The indexes of all desks of a database, for one encoder. Safe to share between threads."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self._database = database
        self._encoder = encoder
        self._desks: dict[str, _Desk] = {}
        self._mutex = threading.Lock()

    def current(self, desk: str) -> Index:
        """The index of this moment.

        Raises `NoGeneration` when nothing is indexed, `ForeignIndex` when another encoder made it.
        """
        with self._mutex:
            state = self._desks.setdefault(desk, _Desk())
        with self._database.read() as connection:
            generation = generations.published(connection, desk)
            seq = changes.latest(connection, desk)
            index = state.index
            if index is not None and self._is_foreign(generation) and _keeps_up(connection, desk, index):
                generation = index.generation
        if index is None or not _is_current(index, generation, seq):
            with state.lock:
                index = state.index
                if index is None or not _is_current(index, generation, seq):
                    index = state.index = self._follow(desk, index, generation)
        if index.generation is None and not index.delta.seq:
            raise NoGeneration(f"Desk '{desk}' has no articles yet. Index some with: triagem --desk {desk} index PATH")
        return index

    def is_superseded(self, desk: str) -> bool:
        """Whether the published generation is of another encoder."""
        with self._database.read() as connection:
            return self._is_foreign(generations.published(connection, desk))

    def _is_foreign(self, generation: Generation | None) -> bool:
        return generation is not None and generation.encoder != self._encoder.digest

    def _follow(self, desk: str, old: Index | None, generation: Generation | None) -> Index:
        if self._is_foreign(generation):
            raise ForeignIndex(
                f"The index of desk '{desk}' was built with another encoder. "
                f"Build it anew: triagem --desk {desk} index --rebuild"
            )
        if old is not None and old.generation == generation:
            return self._catch_up(desk, old)
        if generation is None:
            segments = {kind: Segment.build([], dimension=self._encoder.dimension) for kind in Kind}
        else:
            generation, segments = self._open(desk, generation)
        nothing: dict[Kind, dict[str, Entry]] = {kind: {} for kind in Kind}
        empty = {kind: Segment.build([], dimension=self._encoder.dimension) for kind in Kind}
        delta = Delta(generation.seq if generation else 0, nothing, {kind: frozenset() for kind in Kind}, empty)
        return self._catch_up(desk, Index(generation, segments, delta))

    def _open(self, desk: str, generation: Generation) -> tuple[Generation, dict[Kind, Segment]]:
        try:
            return generation, open_generation(self._database.data_dir, desk, generation)
        except DamagedArtifact as damage:
            kept = artifacts.set_aside(folder_of(self._database.data_dir, desk) / generation.id)
            _log.error("%s It was moved to %s and is being built anew from the database.", damage, kept)
        rebuilt = build_generation(self._database, self._encoder, desk=desk)
        return rebuilt, open_generation(self._database.data_dir, desk, rebuilt)

    def _catch_up(self, desk: str, index: Index) -> Index:
        with self._database.read() as connection:
            news = changes.since(connection, desk, index.delta.seq)
        if not news:
            return index
        entries, hidden, segments = dict(index.delta.entries), dict(index.delta.hidden), dict(index.delta.segments)
        for kind in {change.kind for change in news}:
            refs = sorted({change.ref for change in news if change.kind is kind})
            fresh = load_entries(self._database, self._encoder, desk=desk, kind=kind, ids=refs)
            # What an article was asked for is learned anew by the next generation.
            fresh = [told(entry, index.segments[kind].asked_of(entry.id)) for entry in fresh]
            kept = {entry_id: entry for entry_id, entry in entries[kind].items() if entry_id not in set(refs)}
            entries[kind] = kept | {entry.id: entry for entry in fresh}
            hidden[kind] = hidden[kind].union(refs)
            segments[kind] = Segment.build(
                list(entries[kind].values()), dimension=self._encoder.dimension, background=index.segments[kind]
            )
        return Index(index.generation, index.segments, Delta(news[-1].seq, entries, hidden, segments))


def _is_current(index: Index, generation: Generation | None, seq: int) -> bool:
    return index.generation == generation and index.delta.seq >= seq


def _keeps_up(connection: Connection, desk: str, index: Index) -> bool:
    """Whether every change that the index has not seen is still in the log."""
    return index.delta.seq >= min(one.seq for one in generations.newest_first(connection, desk))
