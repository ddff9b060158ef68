"""Sittings at the form, put together from the event log: what was shown to somebody, and what they then did.

A sitting is anonymous; `person` is a digest, and only where the form knew who was writing. What counts as a request
that was spared is decided in `triagem.insight.deflection`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from triagem.store.events import Event, EventKind
from triagem.text.names import as_compared
from triagem.text.normalise import digest
from triagem.types import FeedbackEvent, Language

_PERSON_DIGITS = 32


@dataclass(slots=True)
class Session:
    """One sitting. `articles` were found for it, and shown unless it was `withheld` from by lot."""

    id: str
    first_at: datetime
    language: Language = Language.UND
    articles: set[str] = field(default_factory=set)
    withheld: bool = False
    opened_at: datetime | None = None
    solved_at: datetime | None = None
    submitted_at: datetime | None = None
    ticket_ids: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)


def person_of(desk: str, requester: str) -> str:
    """A requester's digest: equal for the same one of the same desk, and of no use to read who it is."""
    return digest("person", desk, as_compared(requester))[:_PERSON_DIGITS]


def is_held_out(desk: str, session_id: str, *, share: float) -> bool:
    """Whether the lot keeps suggestions from a session: the same answer for the same session, for `share` of them."""
    return int(digest("hold-out", desk, session_id)[:12], 16) < share * 16**12


def sessions(events: Iterable[Event]) -> list[Session]:
    """The sittings that suggestions and feedback tell of, oldest first. Give events in the order of their time."""
    found: dict[str, Session] = {}
    session_of: dict[str, Session] = {}
    for event in events:
        if event.kind is EventKind.SUGGESTION:
            name = str(event.payload.get("session_id") or event.id)
            session = session_of[event.id] = found.setdefault(name, Session(name, event.created_at))
            _asked(session, event.payload)
        elif event.kind is EventKind.FEEDBACK and event.subject_id in session_of:
            _said(session_of[event.subject_id], event.payload, event.created_at)
    return list(found.values())


def _asked(session: Session, payload: Mapping[str, Any]) -> None:
    withheld = payload.get("withheld") or {}
    session.articles |= {*payload.get("articles", {}), *withheld}
    session.withheld = session.withheld or bool(withheld)
    session.language = Language(payload.get("language", Language.UND))


def _said(session: Session, payload: Mapping[str, Any], at: datetime) -> None:
    if payload.get("person"):
        session.people.add(payload["person"])
    match FeedbackEvent(payload["event"]):
        case FeedbackEvent.OPENED:
            session.opened_at = session.opened_at or at
        case FeedbackEvent.SOLVED:
            session.solved_at = at
        case FeedbackEvent.REJECTED if not payload.get("article_id"):
            session.solved_at = session.opened_at = None  # nothing shown helped: neither said nor silently
        case FeedbackEvent.SUBMITTED:
            session.submitted_at = at
            if payload.get("ticket_id"):
                session.ticket_ids.add(payload["ticket_id"])
