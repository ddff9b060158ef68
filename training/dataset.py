"""The labelled tickets of a desk with their vectors, without repeats, and how they are parted for honest figures.

What is learned from them stands in `training.fit`; the rules of provenance are here.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from training.duplicates import newest_of_alike
from triagem.encoder.base import Encoder, Vectors
from triagem.progress import Progress
from triagem.store import vectors
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import input_digest, ticket_input
from triagem.triage.learnable import Known, Learnable
from triagem.types import Language, Provenance, TicketField

_ENCODE_AT_ONCE = 256
_HELD_OUT_SHARE = 0.2
_MIN_DAYS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket as training sees it: its text and the labels that people gave it."""

    id: str
    created_at: datetime
    language: Language
    text: str
    text_digest: str
    labels: dict[TicketField, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one training saw: examples from old to new and their vectors `(n, dimension) float32`.

    `repeats` were left out; `known` describes the listed labels of each field.
    """

    examples: tuple[Example, ...]
    vectors: Vectors
    repeats: int
    known: Known

    def labelled(self, field: TicketField) -> NDArray[np.intp]:
        """The positions of the examples that have a label of this field."""
        return np.array([at for at, one in enumerate(self.examples) if field in one.labels], dtype=np.intp)


def take_snapshot(
    database: Database, encoder: Encoder, desk: str, found: Learnable, *, on_progress: Progress
) -> Snapshot:
    """The tickets in the order of time, of those that say the same the newest alone.

    Missing vectors are computed and stored.
    """
    examples = examples_of(found.tickets)
    looked_up = lookup_vectors(database, encoder, desk, examples, on_progress=on_progress)
    order = sorted(range(len(examples)), key=lambda at: (examples[at].created_at, examples[at].id))
    kept = newest_of_alike([examples[at].text for at in order], looked_up[order])
    chosen = [order[at] for at in kept]
    sealed = tuple(examples[at] for at in chosen)
    return Snapshot(sealed, looked_up[chosen], len(examples) - len(sealed), found.known)


def lookup_vectors(
    database: Database, encoder: Encoder, desk: str, examples: Sequence[Example], *, on_progress: Progress
) -> Vectors:
    """One vector per example, as the store keeps them; those it lacks are encoded, and stored in pieces."""
    texts = {one.text_digest: one.text for one in examples}
    with database.read() as connection:
        absent = sorted(texts.keys() - vectors.load(connection, desk, encoder=encoder.digest, digests=list(texts)))
    for start in range(0, len(absent), _ENCODE_AT_ONCE):
        on_progress(start / len(absent), "Encoding tickets")
        chunk = absent[start : start + _ENCODE_AT_ONCE]
        rows = dict(zip(chunk, encoder.encode([texts[digest] for digest in chunk]), strict=True))
        with database.write() as connection:
            vectors.put(connection, desk, encoder=encoder.digest, rows=rows)
    with database.read() as connection:
        found = vectors.load(connection, desk, encoder=encoder.digest, digests=list(texts))
    looked_up = np.zeros((len(examples), encoder.dimension), dtype=np.float32)
    for row, one in enumerate(examples):
        looked_up[row] = found[one.text_digest]
    return looked_up


def held_out(snapshot: Snapshot, positions: NDArray[np.intp], *, seed: int) -> NDArray[np.bool_]:
    """Which of `positions` are kept from fitting: the newest fifth, or a fifth drawn when dates tell nothing.

    Dates tell something when the tickets come from at least ten days. The draw depends on ids and seed alone.
    """
    count = round(len(positions) * _HELD_OUT_SHARE)
    out = np.zeros(len(positions), dtype=bool)
    if len({snapshot.examples[at].created_at.date() for at in positions}) >= _MIN_DAYS:
        out[len(positions) - count :] = True
        return out
    drawn = sorted(range(len(positions)), key=lambda at: _draw(snapshot.examples[positions[at]].id, seed))
    out[drawn[:count]] = True
    return out


def examples_of(labelled: Iterable[StoredTicket]) -> list[Example]:
    """Tickets as training sees them; those without a text or a label are left out."""
    return [example for one in labelled if (example := _example(one)) is not None]


def _example(stored: StoredTicket) -> Example | None:
    ticket = stored.ticket
    labels = {field: label for field in TicketField if (label := (ticket.label(field) or "").strip())}
    text = ticket_input(ticket.subject, ticket.description)
    if ticket.provenance is Provenance.AUTO_UNREVIEWED or not labels or not text:
        return None
    return Example(ticket.id, ticket.created_at, ticket.language, text, input_digest(text), labels)


def _draw(identifier: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{identifier}".encode()).digest()
