"""Which articles the links of an article mean, as its author wrote them: by file, by id, or by address."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from sqlalchemy import Connection, select, true

from triagem.store.chunks import chunks
from triagem.store.tables import articles
from triagem.types import Audience

_ENDINGS = (".md", ".markdown", ".html", ".htm")


@dataclass(frozen=True, slots=True)
class Linked:
    """The article that a link leads to."""

    id: str
    url: str | None
    audience: Audience


def meant(connection: Connection, desk: str, article_id: str, links: Sequence[str]) -> dict[str, Linked]:
    """The article of the desk that each relative link of an article means; links that mean none are left out.

    `../billing/refund.md` is read beside the article's file, else beside its id, else beside its address.
    """
    here = articles.c.desk == desk
    own = connection.execute(
        select(articles.c.id, articles.c.origin, articles.c.source, articles.c.url).where(
            here, articles.c.id == article_id
        )
    ).first()
    if own is None or not links:
        return {}
    found: dict[str, Linked] = {}
    for column, among, beside in (
        (articles.c.origin, articles.c.source == own.source, [own.origin]),
        (articles.c.id, true(), [own.origin, own.id]),
        (articles.c.url, true(), [own.url]),
    ):
        read = _addresses if column is articles.c.url else _names
        named = {link: read(link, [one for one in beside if one]) for link in links if link not in found}
        known: dict[str, Linked] = {}
        for chunk in chunks(sorted({name for names in named.values() for name in names})):
            query = select(column.label("name"), articles.c.id, articles.c.url, articles.c.audience)
            for row in connection.execute(query.where(here, among, column.in_(chunk))):
                known[row.name] = Linked(row.id, row.url, Audience(row.audience))
        for link, names in named.items():
            first = next((known[name] for name in names if name in known), None)
            found |= {link: first} if first else {}
    return found


def _names(link: str, beside: Sequence[str]) -> list[str]:
    """The files or ids that a link may name, the likeliest first: with its ending, and without."""
    try:
        path = unquote(urlsplit(link).path)
    except ValueError:
        return []
    names = [posixpath.normpath(posixpath.join("/", posixpath.dirname(one), path)).lstrip("/") for one in beside]
    stems = [stem for stem, ending in map(posixpath.splitext, names) if ending.lower() in _ENDINGS]
    return list(dict.fromkeys([*names, *stems])) if path else []


def _addresses(link: str, beside: Sequence[str]) -> list[str]:
    try:
        return [urljoin(one, link).partition("#")[0] for one in beside if urlsplit(link).path]
    except ValueError:
        return []
