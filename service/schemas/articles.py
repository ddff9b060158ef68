"""Articles on the wire, and what became of them."""

from datetime import datetime, tzinfo
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.schemas.base import Id, In, Label, LanguageTag, Moment, Out, Text
from triagem.search.ingest import Outcome
from triagem.search.records import ENTRIES, TITLE, article_from_record
from triagem.types import Article, ArticleKind, Audience, BodyFormat, Language

# 1 MiB is the limit of an article; in characters it can only be less.
Body = Annotated[Text, Field(max_length=1024 * 1024)]
_SOURCE = "api"


class ArticleIn(In):
    """An article: a title, a body in one of three forms, and what is known of it."""

    title: Annotated[Text, Field(min_length=1, max_length=TITLE)]
    markdown: Body | None = None
    html: Body | None = None
    text: Body | None = None
    language: LanguageTag | None = None
    kind: Annotated[ArticleKind, Field(strict=False)] = ArticleKind.HOW_TO
    audience: Annotated[Audience, Field(strict=False)] = Audience.PUBLIC
    category: Label | None = None
    tags: Annotated[list[Label], Field(max_length=ENTRIES, default_factory=list)]
    url: Annotated[Text, Field(max_length=2_000)] | None = None
    updated_at: Moment | None = None

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        if sum(body is not None for body in (self.markdown, self.html, self.text)) != 1:
            raise ValueError("give exactly one of markdown, html and text")
        return self

    def to_article(self, article_id: str, *, zone: tzinfo) -> Article:
        """The same reading as a line of an import gets; times without an offset are of `zone`."""
        record = self.model_dump(mode="json", exclude_none=True)
        return article_from_record({**record, "id": article_id, "source": _SOURCE}, zone=zone)


class ArticleOut(Out):
    """An article as it is stored; exactly one of `markdown`, `html` and `text` is set.

    `plain` is its text without markup, the one that the passages of answers are cut from.
    """

    id: Id
    title: str
    markdown: str | None
    html: str | None
    text: str | None
    plain: str
    language: Language
    kind: ArticleKind
    audience: Audience
    category: str | None
    tags: list[str]
    url: str | None
    updated_at: datetime | None


class PutOut(Out):
    """What a PUT did."""

    id: str
    outcome: Outcome


class LineErrorOut(Out):
    """A line that was left out."""

    line: int
    reason: str


class ImportOut(Out):
    """What became of the lines of an import. Of many bad lines the first 1,000 are listed, the others counted."""

    added: int
    updated: int
    unchanged: int
    errors: list[LineErrorOut]
    errors_omitted: int


def article_out(article: Article, plain: str) -> ArticleOut:
    return ArticleOut(
        id=article.id,
        title=article.title,
        markdown=article.body if article.format is BodyFormat.MARKDOWN else None,
        html=article.body if article.format is BodyFormat.HTML else None,
        text=article.body if article.format is BodyFormat.TEXT else None,
        plain=plain,
        language=article.language,
        kind=article.kind,
        audience=article.audience,
        category=article.category,
        tags=list(article.tags),
        url=article.url,
        updated_at=article.updated_at,
    )
