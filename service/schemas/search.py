"""What search answers on the wire: hits, best first."""

from service.schemas.base import Out
from triagem.search.searcher import Answer
from triagem.types import Kind, Language


class HitOut(Out):
    """An article with the passage that matters, or a ticket with its description and no heading.

    The passage is `[start:end]` of the article's `plain` or the ticket's `description`, as they are read by the id.
    `highlights` are the words of the passage that were asked for, each as its start and end in the passage. All are
    counted in characters (Unicode code points, not UTF-16 units).
    """

    id: str
    kind: Kind
    title: str
    language: Language
    passage: str
    heading: str
    start: int
    end: int
    relevance: float
    highlights: list[tuple[int, int]]


class SearchOut(Out):
    """Hits, best first, however little they help."""

    hits: list[HitOut]
    index_generation: str | None


def search_out(answer: Answer) -> SearchOut:
    hits = [
        HitOut(
            id=hit.id,
            kind=hit.kind,
            title=hit.title,
            language=hit.language,
            passage=hit.passage,
            heading=hit.heading,
            start=hit.start,
            end=hit.end,
            relevance=hit.relevance,
            highlights=list(hit.highlights),
        )
        for hit in answer.hits
    ]
    return SearchOut(hits=hits, index_generation=answer.generation_id)
