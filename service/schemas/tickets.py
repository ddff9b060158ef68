"""Tickets on the wire."""

from datetime import datetime, tzinfo
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.schemas.base import (
    Channel,
    Id,
    In,
    Label,
    LanguageTag,
    Moment,
    Out,
    Subject,
    Text,
    refuse_empty,
)
from triagem.search.records import ENTRIES, LONG, ticket_from_record
from triagem.types import Language, Provenance, Ticket

LongText = Annotated[Text, Field(max_length=LONG)]


class TicketIn(In):
    """A ticket with what people decided about it; a label is left out where nobody has."""

    created_at: Moment
    subject: Subject = ""
    description: LongText = ""
    channel: Channel = "api"
    language: LanguageTag | None = None
    category: Label | None = None
    type: Label | None = None
    priority: Label | None = None
    team: Label | None = None
    requester: Label | None = None
    contract: Label | None = None
    resolution: LongText | None = None
    article_ids: Annotated[list[Id], Field(max_length=ENTRIES, default_factory=list)]
    closed_at: Moment | None = None
    reopened: bool = False
    provenance: Annotated[Provenance, Field(strict=False)] = Provenance.IMPORTED

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        refuse_empty(self.subject, self.description)
        return self

    def to_ticket(self, ticket_id: str, *, zone: tzinfo) -> Ticket:
        """The same reading as a line of an import gets; times without an offset are of `zone`."""
        return ticket_from_record({**self.model_dump(mode="json", exclude_none=True), "id": ticket_id}, zone=zone)


class TicketOut(Out):
    """A ticket as it is stored: personal data is masked."""

    id: str
    created_at: datetime
    subject: str
    description: str
    channel: str
    language: Language
    category: str | None
    type: str | None
    priority: str | None
    team: str | None
    requester: str | None
    contract: str | None
    resolution: str | None
    article_ids: list[str]
    closed_at: datetime | None
    reopened: bool
    provenance: Provenance


def ticket_out(ticket: Ticket) -> TicketOut:
    return TicketOut(
        id=ticket.id,
        created_at=ticket.created_at,
        subject=ticket.subject,
        description=ticket.description,
        channel=ticket.channel,
        language=ticket.language,
        category=ticket.category,
        type=ticket.type,
        priority=ticket.priority,
        team=ticket.team,
        requester=ticket.requester,
        contract=ticket.contract,
        resolution=ticket.resolution,
        article_ids=list(ticket.article_ids),
        closed_at=ticket.closed_at,
        reopened=ticket.reopened,
        provenance=ticket.provenance,
    )
