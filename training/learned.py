"""Which tickets a model learned from, as a file of its bundle, so that the same training can be done again later.

Ids, dates, labels and digests of texts alone: whoever's ticket is erased leaves no word behind. What is learned from
them stands in `training.train`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from triagem.errors import UnsupportedFormat
from triagem.store import tickets, triaged
from triagem.store.database import Connection
from triagem.store.tickets import StoredTicket
from triagem.triage.learnable import Learnable, learnable, shaping
from triagem.types import Language, Provenance, Ticket, TicketField

FORMAT = 1
FILE = "learned.json"


@dataclass(frozen=True, slots=True)
class Learned:
    """What a model learned from, with the texts that the store still has.

    `gone` are ids of tickets that were deleted or say something else now; `changed` of those that say the same, but
    would be learned today with another label, date or language, or not at all.
    """

    found: Learnable
    gone: tuple[str, ...]
    changed: tuple[str, ...]


def write_learned(folder: Path, found: Learnable) -> None:
    """Writes the file into a bundle that is being made; the same tickets give the same bytes."""
    rows = [shaping(one) for one in found.tickets]
    content = {"format": FORMAT, "fields": list(TicketField), "known": found.known, "tickets": rows}
    (folder / FILE).write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def read_learned(folder: Path, connection: Connection, desk: str) -> Learned:
    """What a verified bundle was learned from. Raises `UnsupportedFormat` for a file of a newer format."""
    content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    if content["format"] > FORMAT:
        raise UnsupportedFormat(f"{folder / FILE} has format {content['format']}, this Triagem reads up to {FORMAT}.")
    then = [_stored(content["fields"], row) for row in content["tickets"]]
    texts = _texts(connection, desk, then)
    standing = [_with_text(one, texts[one.text_digest]) for one in then if one.text_digest in texts]
    now = {one.ticket.id: shaping(one) for one in learnable(connection, desk).tickets}
    known = {TicketField(name): listed for name, listed in content["known"].items()}
    return Learned(
        Learnable(tuple(standing), {}, known),
        gone=tuple(one.ticket.id for one in then if one.text_digest not in texts),
        changed=tuple(one.ticket.id for one in standing if now.get(one.ticket.id) != shaping(one)),
    )


def _stored(fields: Sequence[str], row: Sequence[str]) -> StoredTicket:
    identifier, created_at, language, text_digest, *labels = row
    given: dict[str, Any] = {name: label or None for name, label in zip(fields, labels, strict=True)}
    created, provenance = datetime.fromisoformat(created_at), Provenance.HUMAN
    ticket = Ticket(identifier, created, language=Language(language), provenance=provenance, **given)
    return StoredTicket(ticket, "", text_digest)


def _texts(connection: Connection, desk: str, then: Sequence[StoredTicket]) -> dict[str, tuple[str, str]]:
    """Subject and description by digest: of the tickets, and of requests that were corrected and are no ticket."""
    requests = triaged.of_texts(connection, desk, [one.text_digest for one in then])
    stored = tickets.stored_many(connection, desk, [one.ticket.id for one in then])
    return {one.text_digest: (one.subject, one.description) for one in requests} | {
        one.text_digest: (one.ticket.subject, one.ticket.description) for one in stored
    }


def _with_text(one: StoredTicket, text: tuple[str, str]) -> StoredTicket:
    subject, description = text
    return replace(one, ticket=replace(one.ticket, subject=subject, description=description))
