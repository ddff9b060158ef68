"""Articles and their passages: put, get, delete, list.

Making passages out of a body and vectors out of passages is the work of `triagem.search.ingest`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from triagem.store import changes
from triagem.store.chunks import chunks
from triagem.store.older_ids import forms
from triagem.store.tables import articles, passages
from triagem.types import Article, ArticleKind, Audience, BodyFormat, Kind, Language, Passage


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the article it belongs to and the digest under which its vector is kept."""

    article_id: str
    passage: Passage
    digest: str


@dataclass(frozen=True, slots=True)
class Headline:
    """An article without its body, and one of its passages; heading and passage are empty where it has none.

    `start` is where the passage begins in the article's plain text, in characters.
    """

    id: str
    title: str
    url: str | None
    language: Language
    category: str | None
    heading: str
    passage: str
    start: int


# Built once: making a statement costs more than running it.
_HEADLINES = (
    select(articles.c.id, articles.c.title, articles.c.url, articles.c.language, articles.c.category)
    .add_columns(passages.c.ordinal, passages.c.heading, passages.c.text, passages.c.start)
    .select_from(
        articles.outerjoin(
            passages,
            (passages.c.desk == articles.c.desk)
            & (passages.c.article_id == articles.c.id)
            & passages.c.ordinal.in_(bindparam("ordinals", expanding=True)),
        )
    )
    .where(articles.c.desk == bindparam("desk"), articles.c.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of one file or record of a source."""

    id: str
    digest: str


def put(
    connection: Connection,
    desk: str,
    *,
    article: Article,
    stored_passages: Sequence[StoredPassage],
    digest: str,
    title_digest: str | None,
    origin: str | None = None,
) -> None:
    """Writes an article with its passages in the place of an older one of the same id, and records the change.

    `title_digest` is None for a title that nobody wrote, taken from the first words of the text.
    """
    row = {
        "desk": desk,
        "id": article.id,
        "source": article.source,
        "origin": origin,
        "title": article.title,
        "body": article.body,
        "format": article.format.value,
        "language": article.language.value,
        "kind": article.kind.value,
        "audience": article.audience.value,
        "category": article.category,
        "tags": list(article.tags),
        "url": article.url,
        "updated_at": article.updated_at,
        "digest": digest,
        "title_digest": title_digest or "",
        "stored_at": datetime.now(UTC),
    }
    remove(connection, desk, forms(article.id)[1:])
    connection.execute(upsert(articles).values(row).on_conflict_do_update(index_elements=["desk", "id"], set_=row))
    connection.execute(delete(passages).where(passages.c.desk == desk, passages.c.article_id == article.id))
    rows = [_passage_row(desk, stored) for stored in stored_passages]
    if rows:
        connection.execute(insert(passages), rows)
    changes.record(connection, desk, kind=Kind.ARTICLE, refs=[article.id])


def remove(connection: Connection, desk: str, ids: Sequence[str]) -> int:
    """Deletes articles with their passages; returns how many existed."""
    existing: list[str] = []
    for chunk in chunks([form for one in ids for form in forms(one)]):
        existing += connection.scalars(select(articles.c.id).where(articles.c.desk == desk, articles.c.id.in_(chunk)))
        connection.execute(delete(articles).where(articles.c.desk == desk, articles.c.id.in_(chunk)))
        connection.execute(delete(passages).where(passages.c.desk == desk, passages.c.article_id.in_(chunk)))
    changes.record(connection, desk, kind=Kind.ARTICLE, refs=existing)
    return len(existing)


def get(connection: Connection, desk: str, article_id: str) -> Article | None:
    found = get_many(connection, desk, forms(article_id))
    return next((found[form] for form in forms(article_id) if form in found), None)


def get_many(connection: Connection, desk: str, ids: Sequence[str]) -> dict[str, Article]:
    """The articles that exist among `ids`, by id."""
    found: dict[str, Article] = {}
    for chunk in chunks(ids):
        query = select(articles).where(articles.c.desk == desk, articles.c.id.in_(chunk))
        found |= {row.id: _article(row) for row in connection.execute(query)}
    return found


def untitled(connection: Connection, desk: str, ids: Sequence[str]) -> set[str]:
    """Those among `ids` whose title is only the first words of their text."""
    found: set[str] = set()
    for chunk in chunks(ids):
        query = select(articles.c.id).where(
            articles.c.desk == desk, articles.c.id.in_(chunk), articles.c.title_digest == ""
        )
        found |= set(connection.scalars(query))
    return found


def passages_of(connection: Connection, desk: str, ids: Sequence[str]) -> list[StoredPassage]:
    """Every passage of the given articles, by article and in reading order."""
    stored: list[StoredPassage] = []
    for chunk in chunks(sorted(ids)):
        query = (
            select(passages)
            .where(passages.c.desk == desk, passages.c.article_id.in_(chunk))
            .order_by(passages.c.article_id, passages.c.ordinal)
        )
        stored += [_stored_passage(row) for row in connection.execute(query)]
    return stored


def headlines(connection: Connection, desk: str, ordinals: Mapping[str, int]) -> dict[str, Headline]:
    """What a list of hits shows of each article that exists: its head, and its passage of the given ordinal."""
    wanted = {"desk": desk, "ids": list(ordinals), "ordinals": sorted(set(ordinals.values()))}
    found: dict[str, Headline] = {}
    for row in connection.execute(_HEADLINES, wanted):
        if row.ordinal == ordinals[row.id] or row.id not in found:
            exact = row.ordinal == ordinals[row.id]
            passage = (row.heading, row.text, row.start) if exact else ("", "", 0)
            found[row.id] = Headline(row.id, row.title, row.url, Language(row.language), row.category, *passage)
    return found


def ids(connection: Connection, desk: str) -> list[str]:
    """All article ids, sorted."""
    return list(connection.scalars(select(articles.c.id).where(articles.c.desk == desk).order_by(articles.c.id)))


def count(connection: Connection, desk: str) -> int:
    return connection.scalar(select(func.count()).select_from(articles).where(articles.c.desk == desk)) or 0


def known_origins(connection: Connection, desk: str, source: str) -> dict[str, Known]:
    """What is stored of one source, by the path or record it came from."""
    query = select(articles.c.origin, articles.c.id, articles.c.digest).where(
        articles.c.desk == desk, articles.c.source == source, articles.c.origin.is_not(None)
    )
    return {row.origin: Known(row.id, row.digest) for row in connection.execute(query)}


def digests(connection: Connection, desk: str, ids: Sequence[str]) -> dict[str, str]:
    """The digest of each article that exists among `ids`."""
    found: dict[str, str] = {}
    for chunk in chunks(ids):
        query = select(articles.c.id, articles.c.digest).where(articles.c.desk == desk, articles.c.id.in_(chunk))
        found |= {row.id: row.digest for row in connection.execute(query)}
    return found


def _passage_row(desk: str, stored: StoredPassage) -> dict[str, Any]:
    passage = stored.passage
    return {
        "desk": desk,
        "article_id": stored.article_id,
        "ordinal": passage.ordinal,
        "heading": passage.heading,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "digest": stored.digest,
    }


def _stored_passage(row: Row[Any]) -> StoredPassage:
    passage = Passage(row.ordinal, row.heading, row.text, row.start, row.end)
    return StoredPassage(row.article_id, passage, row.digest)


def _article(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        title=row.title,
        body=row.body,
        format=BodyFormat(row.format),
        language=Language(row.language),
        kind=ArticleKind(row.kind),
        audience=Audience(row.audience),
        category=row.category,
        tags=tuple(row.tags),
        url=row.url,
        updated_at=row.updated_at,
        source=row.source,
    )
