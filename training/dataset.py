"""The labelled tickets of a desk with their vectors, without repeats, and how they are parted for honest figures.

What is learned from them stands in `training.fit`; the rules of provenance are here.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as column
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from training.duplicates import newest_of_alike
from triagem.encoder.base import Encoder, Vectors
from triagem.progress import Progress
from triagem.store import vectors
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import input_digest, ticket_input
from triagem.triage import taxonomy
from triagem.triage.learnable import learnable
from triagem.types import Language, Provenance, TicketField

_ENCODE_AT_ONCE = 256
_HELD_OUT_SHARE = 0.2
_MIN_DAYS = 10

Known = Mapping[TicketField, Mapping[str, str]]


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
    """What one training saw: examples from old to new, their vectors `(n, dimension) float32`, and its digest.

    The digest is of ids, texts and labels, whatever the order they came in; `repeats` were left out. `labels` counts
    what was there by provenance, with what was left out of it. `known` describes the listed labels of each field: all
    that there is to learn one from that has no ticket yet. The digest is of them too.
    """

    examples: tuple[Example, ...]
    vectors: Vectors
    digest: str
    encoder: str
    repeats: int
    labels: dict[str, int] = column(default_factory=dict)
    known: Known = column(default_factory=dict)

    def labelled(self, field: TicketField) -> NDArray[np.intp]:
        """The positions of the examples that have a label of this field."""
        return np.array([at for at, one in enumerate(self.examples) if field in one.labels], dtype=np.intp)


def read_snapshot(database: Database, encoder: Encoder, desk: str, *, on_progress: Progress) -> Snapshot:
    """The desk's labelled tickets, apart from labels no person has seen; missing vectors are computed and stored."""
    with database.read() as connection:
        found, labels = learnable(connection, desk), taxonomy.load(connection, desk)
    stored = examples_of(found.tickets)
    looked_up = lookup_vectors(database, encoder, desk, stored, on_progress=on_progress)
    known = {field: listed for field in TicketField if (listed := labels.active(field))}
    return replace(snapshot_of(stored, looked_up, encoder.digest, known=known), labels=found.counts)


def snapshot_of(
    examples: Sequence[Example], looked_up: Vectors, encoder: str, *, known: Known = MappingProxyType({})
) -> Snapshot:
    """Orders the examples by time, drops all but the newest of those that say the same, and seals what is left."""
    order = sorted(range(len(examples)), key=lambda at: (examples[at].created_at, examples[at].id))
    kept = newest_of_alike([examples[at].text for at in order], looked_up[order])
    chosen = [order[at] for at in kept]
    sealed = tuple(examples[at] for at in chosen)
    return Snapshot(
        sealed, looked_up[chosen], _digest(sealed, known), encoder, len(examples) - len(sealed), known=known
    )


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


def _digest(examples: Sequence[Example], known: Known) -> str:
    lines = sorted(
        "\x1f".join([one.id, one.text_digest, *(f"{field.value}={one.labels.get(field, '')}" for field in TicketField)])
        for one in examples
    )
    lines += ["\x1f".join((field.value, name, text)) for field in known for name, text in sorted(known[field].items())]
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def _draw(identifier: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{identifier}".encode()).digest()
