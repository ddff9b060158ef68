"""A request that somebody sends through a form, on the wire."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.schemas.base import Description, In, Label, LanguageTag, Out, Subject, language_of, refuse_empty
from triagem.types import Language, Provenance, Ticket

FORM = "form"


class RequestIn(In):
    """What the form's author wrote; who they are is as they say.

    A form that got no answer sends the same `request_id` again, and there will still be one ticket.
    """

    subject: Subject = ""
    description: Description = ""
    language: LanguageTag | None = None
    requester: Label | None = None
    request_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        refuse_empty(self.subject, self.description)
        return self

    def to_ticket(self, contract: str | None) -> Ticket:
        """An open ticket of this moment that nobody has labelled, under the `contract` of the key it came by."""
        return Ticket(
            id=f"F-{_number(self.request_id or uuid.uuid4().hex)}",
            created_at=datetime.now(UTC),
            subject=self.subject,
            description=self.description,
            channel=FORM,
            language=language_of(self.language) or Language.UND,
            requester=self.requester,
            contract=contract,
            provenance=Provenance.AUTO_UNREVIEWED,
        )


def _number(request_id: str) -> str:
    """Short enough to be quoted on the telephone."""
    return hashlib.sha256(request_id.encode()).hexdigest()[:10]


class RequestOut(Out):
    """The ticket is on the disk and in the agents' queue."""

    ticket_id: Annotated[str, Field(description="To be quoted by whoever asks for it.")]
    expected_response: str
