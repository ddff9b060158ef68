"""What a suggestion and a triage have in common on the wire: the request, articles that may help, missing facts."""

from typing import Self

from pydantic import model_validator

from service.schemas.base import Channel, Description, In, LanguageTag, Out, Subject, refuse_empty
from triagem.triage.checklist import Missing
from triagem.triage.cues import Slot
from triagem.types import Hit, Language


class AskIn(In):
    """What somebody wrote; `language` is what their form says of itself."""

    subject: Subject = ""
    description: Description = ""
    language: LanguageTag | None = None
    channel: Channel | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        refuse_empty(self.subject, self.description)
        return self


class ArticleHitOut(Out):
    """An article and the passage that matters. `relevance` is the probability that it helps.

    The passage is `plain[start:end]` of the article as it is read by its id. `highlights` are the words of the passage
    that were asked for, each as its start and end in the passage. All are counted in characters (Unicode code points,
    not UTF-16 units).
    """

    article_id: str
    title: str
    url: str | None
    language: Language
    passage: str
    heading: str
    start: int
    end: int
    relevance: float
    highlights: list[tuple[int, int]]


class MissingOut(Out):
    """A fact that the request lacks, and how to ask for it."""

    slot: Slot
    question: str


def article_out(hit: Hit) -> ArticleHitOut:
    return ArticleHitOut(
        article_id=hit.id,
        title=hit.title,
        url=hit.url,
        language=hit.language,
        passage=hit.passage,
        heading=hit.heading,
        start=hit.start,
        end=hit.end,
        relevance=hit.relevance,
        highlights=list(hit.highlights),
    )


def missing_out(missing: Missing) -> MissingOut:
    return MissingOut(slot=missing.slot, question=missing.question)
