"""What search answers on the wire: hits, best first."""

from service.schemas.base import Out
from triagem.search.searcher import Answer
from triagem.types import Kind, Language


class HitOut(Out):
    id: str
    kind: Kind
    title: str
    language: Language
    passage: str
    relevance: float


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
            relevance=hit.relevance,
        )
        for hit in answer.hits
    ]
    return SearchOut(hits=hits, index_generation=answer.generation_id)
