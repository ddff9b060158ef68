"""The knowledge base as a list: every article without its body, for those who look after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from triagem.store.tables import articles
from triagem.types import ArticleKind, Audience, Language


@dataclass(frozen=True, slots=True)
class Card:
    """An article without its body. `updated_at` is what its author says, `stored_at` when it last came in."""

    id: str
    title: str
    language: Language
    kind: ArticleKind
    audience: Audience
    category: str | None
    url: str | None
    updated_at: datetime | None
    stored_at: datetime


_COLUMNS = (
    articles.c.id,
    articles.c.title,
    articles.c.language,
    articles.c.kind,
    articles.c.audience,
    articles.c.category,
    articles.c.url,
    articles.c.updated_at,
    articles.c.stored_at,
)


def each(connection: Connection, desk: str) -> list[Card]:
    """All articles, by id."""
    query = select(*_COLUMNS).where(articles.c.desk == desk).order_by(articles.c.id)
    return [
        Card(
            id=row.id,
            title=row.title,
            language=Language(row.language),
            kind=ArticleKind(row.kind),
            audience=Audience(row.audience),
            category=row.category,
            url=row.url,
            updated_at=row.updated_at,
            stored_at=row.stored_at,
        )
        for row in connection.execute(query)
    ]
