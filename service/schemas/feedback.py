"""What people did with an answer."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from service.schemas.base import Id, In, Label, Out
from triagem.search.records import ENTRIES
from triagem.store.events import EventKind
from triagem.types import FeedbackEvent, TicketField


class FeedbackIn(In):
    """One event on one suggestion or one triage. A correction names the field and its right value, or several values.

    `actor` is who says it, by the help desk's name for them: what nobody answers for teaches nothing.
    """

    suggestion_id: Id | None = None
    triage_id: Id | None = None
    event: Annotated[FeedbackEvent, Field(strict=False)]
    article_id: Id | None = None
    article_ids: Annotated[
        list[Id] | None,
        Field(max_length=ENTRIES, description="With `closed`, in the place of `article_id`: all that solved it."),
    ] = None
    ticket_id: Id | None = None
    field: Annotated[TicketField, Field(strict=False)] | None = None
    value: Label | None = None
    values: Annotated[
        dict[Annotated[TicketField, Field(strict=False)], Label] | None,
        Field(description="With `corrected` or `closed`: the right values."),
    ] = None
    actor: Label | None = None
    requester: Annotated[
        Label | None,
        Field(description="Who sat at the form, if it knows; only a digest is kept, to notice who comes back."),
    ] = None
    session_id: Id | None = None

    @model_validator(mode="after")
    def _speaks_of_one_thing(self) -> Self:
        if (self.suggestion_id is None) == (self.triage_id is None):
            raise ValueError("name either a suggestion_id or a triage_id")
        if self.article_ids is not None and (self.event is not FeedbackEvent.CLOSED or self.article_id is not None):
            raise ValueError("article_ids go with closed, in the place of article_id")
        named = self.field is not None and self.value is not None
        if self.event is FeedbackEvent.CORRECTED and not named and not self.values:
            raise ValueError("a correction names the field and its right value")
        return self

    @property
    def subject_id(self) -> str:
        return self.suggestion_id or self.triage_id or ""

    @property
    def about(self) -> EventKind:
        """What the event speaks of: a suggestion or a triage."""
        return EventKind.SUGGESTION if self.suggestion_id else EventKind.TRIAGE


class FeedbackOut(Out):
    """The event is on the disk."""

    feedback_id: str
