"""A request that somebody sends through a form, on the wire."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.schemas.base import Description, In, Label, LanguageTag, Out, Subject, language_of
from triagem.text.normalise import clean
from triagem.types import Language, Provenance, Ticket

FORM = "form"


class RequestIn(In):
    """What the form's author wrote; who they are is as they say."""

    subject: Subject = ""
    description: Description = ""
    language: LanguageTag | None = None
    requester: Label | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not clean(self.subject) and not clean(self.description):
            raise ValueError("subject and description are both empty; one of them must say something")
        return self

    def to_ticket(self) -> Ticket:
        """An open ticket of this moment that nobody has labelled."""
        return Ticket(
            id=f"F-{uuid.uuid4().hex[:10]}",
            created_at=datetime.now(UTC),
            subject=self.subject,
            description=self.description,
            channel=FORM,
            language=language_of(self.language) or Language.UND,
            requester=self.requester,
            provenance=Provenance.AUTO_UNREVIEWED,
        )


class RequestOut(Out):
    """The ticket is on the disk and in the agents' queue."""

    ticket_id: Annotated[str, Field(description="To be quoted by whoever asks for it.")]
    expected_response: str
