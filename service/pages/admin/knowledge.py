"""The knowledge base as its editors see it: how fresh it is, in which languages, what readers made of it, its texts.

What a reader is shown is decided elsewhere; here answers and feedback of the last months are counted.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import quote

import anyio.to_thread
from fastapi import APIRouter, Query
from markupsafe import Markup
from starlette.responses import Response

from service.pages.render import page
from service.pages.routing import AdminVisit, PageRoute
from service.reading import article_html
from service.routes.common import PathId
from service.state import State
from triagem.errors import NotFound
from triagem.store import articles, shelf, uses
from triagem.store.shelf import Card
from triagem.store.uses import Use
from triagem.text.normalise import fold
from triagem.types import Article, Language

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=PageRoute)

_ROOM: Final = "/admin/knowledge"
STALE_AFTER: Final = timedelta(days=365)
# Shown so often and never opened: readers do not believe that it helps.
SHOWN_ENOUGH: Final = 5
COUNTED_FOR: Final = timedelta(days=180)
_ON_A_PAGE: Final = 25
_FIRST_HEADING: Final = re.compile(r"\s*<h1>([^<]*)</h1>")
# Path segments that only say which language an article is in.
_LANGUAGE_SEGMENTS: Final = frozenset({"pt", "pt-br", "pt_br", "en", "en-us", "en_us", "en-gb"})


class Worry(StrEnum):
    """What to look for among the articles."""

    NONE = "none"
    STALE = "stale"
    NO_PAIR = "no_pair"
    NEVER_SHOWN = "never_shown"
    NEVER_USEFUL = "never_useful"


@dataclass(frozen=True, slots=True)
class Shelved:
    """An article with what is to be known of it; `pairs` are the same article in other languages, by id."""

    card: Card
    use: Use
    pairs: tuple[str, ...]
    is_stale: bool

    def holds(self, words: Sequence[str]) -> bool:
        """Whether title or id hold all of the folded words."""
        return all(word in fold(f"{self.card.title} {self.card.id}") for word in words)

    def has(self, worry: Worry) -> bool:
        if worry is Worry.STALE:
            return self.is_stale
        if worry is Worry.NO_PAIR:
            return not self.pairs
        if worry is Worry.NEVER_SHOWN:
            return self.use.shown == 0
        if worry is Worry.NEVER_USEFUL:
            return self.use.shown >= SHOWN_ENOUGH and not self.use.opened and not self.use.solved
        return True


@router.get("/knowledge")
async def show(
    visited: AdminVisit,
    worry: Worry = Worry.NONE,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    everything = await anyio.to_thread.run_sync(lambda: shelved(visited.state, visited.desk, now=visited.now))
    words = fold(q).split()
    found = [one for one in everything if one.has(worry) and one.holds(words)]
    return page(
        "admin/knowledge.html",
        visited,
        found=found[start : start + _ON_A_PAGE],
        many=len(found),
        counts={one: sum(article.has(one) for article in everything) for one in Worry},
        worry=worry,
        words=q,
        start=start,
        next_start=start + _ON_A_PAGE if start + _ON_A_PAGE < len(found) else None,
        last_start=max(0, start - _ON_A_PAGE) if start else None,
    )


@router.get("/knowledge/{article_id:path}")
async def show_one(visited: AdminVisit, article_id: PathId) -> Response:
    """An article as its readers see it."""
    article, text = await anyio.to_thread.run_sync(_read, visited.state, visited.desk, article_id)
    return page("admin/article.html", visited, article=article, text=text)


def shelved(state: State, desk: str, *, now: datetime) -> list[Shelved]:
    """Every article of the desk with its use. Call it from a thread."""
    with state.database.read() as connection:
        cards = shelf.each(connection, desk)
        used = uses.since(connection, desk, now - COUNTED_FOR)
    pairs = _pairs(cards)
    return [
        Shelved(
            card=card,
            use=used.get(card.id, Use()),
            pairs=pairs[card.id],
            is_stale=card.updated_at is not None and now - card.updated_at > STALE_AFTER,
        )
        for card in cards
    ]


def _read(state: State, desk: str, article_id: str) -> tuple[Article, Markup]:
    """An article, and its text as HTML without anything alive. Raises `NotFound`."""
    with state.database.read() as connection:
        article = articles.get(connection, desk, article_id)
        if article is None:
            raise NotFound("This desk has no such article.")
        text = article_html(connection, desk, article, way_to=lambda one: {"href": f"{_ROOM}/{quote(one.id)}"})
    # The page says the title already.
    first = _FIRST_HEADING.match(text)
    if first and html.unescape(first[1]).strip() == article.title:
        text = text[first.end() :]
    return article, Markup(text)  # noqa: S704 - cleaned where it is made


def _pairs(cards: Sequence[Card]) -> dict[str, tuple[str, ...]]:
    """The ids of the same article in other languages: those that differ in nothing but a folder named for one."""
    alike: dict[str, list[Card]] = {}
    for card in cards:
        alike.setdefault(_without_language(card.id), []).append(card)
    return {
        card.id: tuple(other.id for other in group if other.language not in (card.language, Language.UND))
        for group in alike.values()
        for card in group
    }


def _without_language(article_id: str) -> str:
    return "/".join(part for part in article_id.split("/") if part.lower() not in _LANGUAGE_SEGMENTS)
