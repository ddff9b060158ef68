"""Marks the words of a passage that a question asks for, by the terms that search compares.

So accents, endings and capitals play no part here either; how a mark looks is the page's business.
"""

from triagem.text.tokens import located

Span = tuple[int, int]

_MOST = 40
_READ = 20_000


def highlights(passage: str, wanted: frozenset[str]) -> tuple[Span, ...]:
    """Where words of the terms `wanted` stand in `passage`: (start, end) in characters, in order, apart.

    Words with nothing but a space between them are marked as one. At most 40, so that a page stays readable, and in the
    first 20,000 characters.
    """
    spans: list[Span] = []
    for start, end, terms in located(passage[:_READ]):
        if wanted.isdisjoint(terms):
            continue
        if spans and passage[spans[-1][1] : start] == " ":
            spans[-1] = (spans[-1][0], end)
        elif len(spans) < _MOST:
            spans.append((start, end))
        else:
            break
    return tuple(spans)
