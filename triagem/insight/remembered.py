"""What was read of a desk's triages and feedback before, by the ids of the events: events never change.

A reading asks the log for ids first and reads what it has not read yet; what is measured from that, `insight.quality`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from triagem.store import choices, events, triaged
from triagem.store.database import Connection
from triagem.store.events import Event, EventKind
from triagem.text.inputs import ticket_input
from triagem.triage import taxonomy
from triagem.triage.features import Vocabulary, unknown_words
from triagem.triage.labels import Word, last_words
from triagem.types import Mode, TicketField

# For each desk, words over so many spans of time: since the training, since the promotion, in the last month.
_SPANS = 3
# Of a triage with what was said of it: more is not asked of words that are kept.
_KEPT_OF_TRIAGE = ("language", "channel")

_Span = tuple[int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What triage said of one field; `likeliest` is empty where it named nothing."""

    mode: Mode
    likeliest: str
    probability: float | None


class Remembered:
    """Safe to share between threads, which at worst read the same twice. Holds what the last readings were of."""

    def __init__(self) -> None:
        self._answers: dict[str, dict[str, tuple[Answer | None, ...]]] = {}
        self._words: dict[str, dict[_Span, list[Word]]] = {}
        self._unknown: dict[str, dict[str, dict[str, tuple[int, int]]]] = {}

    def answers(
        self, connection: Connection, desk: str, *, since: datetime, limit: int
    ) -> tuple[int, dict[TicketField, list[Answer]]]:
        """How many triages there were since a moment, the newest `limit` at most, and each field's answers in them."""
        ids = events.newest_ids(connection, desk, kind=EventKind.TRIAGE, since=since, limit=limit)
        known = self._answers.get(desk, {})
        new = events.get_many(connection, desk, [triage_id for triage_id in ids if triage_id not in known])
        known = known | {one.id: _answers(one) for one in new}
        self._answers[desk] = found = {triage_id: known[triage_id] for triage_id in ids}
        answers = {
            field: [one for answered in found.values() if (one := answered[place]) is not None]
            for place, field in enumerate(TicketField)
        }
        return len(found), answers

    def words(
        self, connection: Connection, desk: str, *, since: datetime | None = None, said_since: datetime | None = None
    ) -> list[Word]:
        """Everybody's last words on triages `since` a moment, or that were `said_since` one, under the names of now.

        Of what triage had answered their reviews hold no more than its language and channel.
        """
        pairs = events.ids_on_triages(connection, desk, since=since, said_since=said_since)
        span = (choices.revision(connection, desk), tuple(pairs))
        known = self._words.get(desk, {})
        words = known.get(span)
        if words is None:
            said = events.on_triages(connection, desk, since=since, said_since=said_since)
            words = _slimmed(last_words(said, taxonomy.load(connection, desk)))
        others = [(one, kept) for one, kept in known.items() if one != span]
        self._words[desk] = dict([*others[1 - _SPANS :], (span, words)])
        return words

    def unknown_words(
        self, connection: Connection, desk: str, vocabularies: Mapping[str, Vocabulary], *, since: datetime, limit: int
    ) -> dict[str, list[tuple[int, int]]]:
        """Of the newest texts how many of their different words each version does not know, and how many they have."""
        ids = triaged.newest_ids(connection, desk, since=since, limit=limit)
        before = self._unknown.get(desk, {})
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for version, vocabulary in vocabularies.items():
            known = before.get(version, {})
            new = triaged.get_many(connection, desk, [one for one in ids if one not in known])
            known = known | {
                one.id: unknown_words(vocabulary, ticket_input(one.subject, one.description)) for one in new.values()
            }
            found[version] = {one: known[one] for one in ids}
        self._unknown[desk] = found
        return {version: list(counted.values()) for version, counted in found.items()}


def _answers(triage: Event) -> tuple[Answer | None, ...]:
    """In the order of `TicketField`, None for a field that is not there."""
    return tuple(_answer(triage.payload["fields"].get(field.value)) for field in TicketField)


def _answer(answered: Mapping[str, Any] | None) -> Answer | None:
    if answered is None:
        return None
    likeliest = answered.get("likeliest") or answered.get("value") or ""
    return Answer(Mode(answered["mode"]), likeliest, answered.get("probability"))


def _slimmed(words: Sequence[Word]) -> list[Word]:
    """The same words without what else triage had answered, which would be most of what is held."""
    slim: dict[tuple[Any, ...], Mapping[str, Any]] = {}

    def kept(triage: Mapping[str, Any]) -> Mapping[str, Any]:
        values = tuple(triage.get(name) for name in _KEPT_OF_TRIAGE)
        return slim.setdefault(values, dict(zip(_KEPT_OF_TRIAGE, values, strict=True)))

    return [
        word if word.review is None else replace(word, review=replace(word.review, triage=kept(word.review.triage)))
        for word in words
    ]
