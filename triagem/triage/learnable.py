"""What a desk can learn from: its tickets with the labels that people gave them, there or by feedback.

What feedback means is decided in `triagem.triage.labels`; what is learned, in `training`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from triagem.store import events, tickets, triaged
from triagem.store.database import Connection
from triagem.store.tickets import StoredTicket
from triagem.store.triaged import TriagedText
from triagem.text.normalise import digest
from triagem.triage import taxonomy
from triagem.triage.labels import Review, last_words, reviews_of, within_cap
from triagem.triage.taxonomy import Taxonomy
from triagem.types import Provenance, Ticket, TicketField

Known = Mapping[TicketField, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Learnable:
    """Tickets with at least one trusted label, all others taken off; `counts` of labels by provenance.

    `auto_unreviewed` and `over_cap` count what was left out, labels and words of people. `known` describes the listed
    labels of each field: all that there is to learn one from that has no ticket yet.
    """

    tickets: tuple[StoredTicket, ...]
    counts: dict[str, int]
    known: Known

    def digest(self) -> str:
        """Another one as soon as anything differs that shapes a model: what a listed label means, and `shaping`."""
        listed = [(of.value, *one) for of, labels in sorted(self.known.items()) for one in sorted(labels.items())]
        rows = [shaping(one) for one in sorted(self.tickets, key=lambda one: one.ticket.id)]
        return digest(str(len(listed)), *(part for row in (*listed, *rows) for part in row))


def shaping(one: StoredTicket) -> tuple[str, ...]:
    """All of a ticket that shapes a model or its report: id, date, language, digest of the text, labels by field.

    The date decides what is held out, and which of two tickets that say the same stays.
    """
    ticket = one.ticket
    labels = (ticket.label(of) or "" for of in TicketField)
    return ticket.id, ticket.created_at.astimezone(UTC).isoformat(), ticket.language.value, one.text_digest, *labels


def learnable(connection: Connection, desk: str) -> Learnable:
    """Everything with a label that people answer for, in the order of ids, under the names of the desk's taxonomy.

    Feedback counts over the label a ticket came with, unless the ticket was closed with another one after it.
    """
    stored, labels = list(tickets.each(connection, desk)), taxonomy.load(connection, desk)
    words = last_words(events.on_triages(connection, desk), labels)
    kept = within_cap(words, own_labels=_own_labels(stored))
    by_subject: dict[str, dict[TicketField, Review]] = {}
    for review in reviews_of(kept):
        by_subject.setdefault(review.subject, {})[review.field] = review
    counts: Counter[str] = Counter(over_cap=len(words) - len(kept))
    ids = {one.ticket.id for one in stored}
    alone = {subject: given for subject, given in by_subject.items() if subject not in ids}
    found = [_labelled(one, by_subject.get(one.ticket.id, {}), labels, counts) for one in stored]
    found += [_labelled(one, given, labels, counts) for one, given in _from_texts(connection, desk, alone)]
    trusted = [one for one in found if any(one.ticket.label(field) for field in TicketField)]
    known = {of: listed for of in TicketField if (listed := labels.active(of))}
    return Learnable(tuple(sorted(trusted, key=lambda one: one.ticket.id)), dict(sorted(counts.items())), known)


def _own_labels(stored: Sequence[StoredTicket]) -> dict[TicketField, int]:
    trusted = [one.ticket for one in stored if one.ticket.provenance is not Provenance.AUTO_UNREVIEWED]
    return {field: sum(bool(one.label(field)) for one in trusted) for field in TicketField}


def _labelled(
    stored: StoredTicket, reviews: dict[TicketField, Review], names: Taxonomy, counts: Counter[str]
) -> StoredTicket:
    ticket = stored.ticket
    is_trusted = ticket.provenance is not Provenance.AUTO_UNREVIEWED
    labels: dict[str, str | None] = {}
    for field in TicketField:
        own, review = (ticket.label(field) or "").strip() or None, reviews.get(field)
        trusted = own is not None and is_trusted
        if review is not None and not (trusted and ticket.closed_at is not None and ticket.closed_at > review.at):
            labels[field.value] = review.value
            counts[review.provenance.value] += 1
        else:
            labels[field.value] = own if trusted else None
            counts[ticket.provenance.value] += own is not None
        given = labels[field.value]
        labels[field.value] = names.current(field, given) if given is not None else None
    if is_trusted and all(ticket.label(TicketField(name)) == label for name, label in labels.items()):
        return stored
    return replace(stored, ticket=replace(ticket, provenance=Provenance.HUMAN, **labels))  # type: ignore[arg-type]


def _from_texts(
    connection: Connection, desk: str, by_subject: dict[str, dict[TicketField, Review]]
) -> Iterator[tuple[StoredTicket, dict[TicketField, Review]]]:
    """Requests that were triaged and corrected, but are no ticket here; those whose text is forgotten are left out."""
    spoken_of = {
        subject: max(given.values(), key=lambda one: one.at).triage_id for subject, given in by_subject.items()
    }
    texts = triaged.get_many(connection, desk, list(spoken_of.values()))
    for subject, given in by_subject.items():
        text = texts.get(spoken_of[subject])
        if text is not None:
            yield _ticket(subject, text), given


def _ticket(subject: str, text: TriagedText) -> StoredTicket:
    ticket = Ticket(
        id=subject,
        created_at=text.created_at,
        subject=text.subject,
        description=text.description,
        channel=text.channel or "api",
        language=text.language,
        provenance=Provenance.AUTO_UNREVIEWED,
    )
    return StoredTicket(ticket, "", text.text_digest)
