"""Lays blocks out as one plain text and cuts it into heading-scoped passages.

Where the blocks come from is the business of `triagem.text.blocks`; nothing here knows Markdown or HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from triagem.text.blocks import Block, BlockKind
from triagem.types import Passage

# Long enough to answer, short enough for an encoder of some 200 tokens and for a reader's eye.
_LONGEST = 900
_SHORTEST = 300
_LONGEST_WHOLE = 2_400  # tables and code, which lose their sense in pieces

_SENTENCE_END = re.compile(r"(?<=[.!?…;])\s+|\n+")
_LINE_END = re.compile(r"\n+")
_COLON = re.compile(r"(?<=:)\s+")
_BLANK = re.compile(r"\s+")
# Where a text may be cut, the best first; a colon announces what should stand with it.
_IN_PROSE = (_SENTENCE_END, _COLON, _BLANK)
_IN_WHOLE = (_LINE_END, _BLANK)
# What may be a signed link or a token, which is kept whole, and the gap after it; no script that has no spaces.
_WORD = re.compile(r"(?<!\S)[!-~\u00a1-\u024f\u2010-\u2027]{1,2000}+(\s+|\Z)")
# 1366, HY000, err_conn, os.Error, NullPointer, TIMEOUT, deadbeef, in quotes or brackets or not; bounded, so that no run
# of marks costs its square.
_CODE = re.compile(r"\W{0,8}(?:\S{0,64}?(?:[\d_]|\w\.\w|[a-z][A-Z])|[A-Z]{2,}\b|[a-fA-F]{4,}\b)")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    longest: int = _LONGEST

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(slots=True)
class _Section:
    """A heading with what stands below it and above the next one."""

    path: tuple[str, ...] = ()
    level: int = 0
    heading: _Span | None = None
    spans: list[_Span] = field(default_factory=list)


def lay_out(blocks: Sequence[Block]) -> tuple[str, tuple[Passage, ...]]:
    """The plain text and its passages: in order, apart, `plain[start:end] == text` for each.

    Every word is in exactly one passage, except headings, which are in the heading path of the passages below them; a
    heading with nothing below is a passage of its own. A first heading of level 1 is the title and in no path.
    """
    plain, spans = _join(blocks)
    passages: list[Passage] = []
    sections = _sections(blocks, spans)
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        path, pieces = section.path, _pieces(plain, section.spans)
        if section.heading and not pieces and (following is None or following.level <= section.level):
            path, pieces = path[:-1], [section.heading]
        for span in _pack(pieces):
            text = plain[span.start : span.end]
            passages.append(Passage(len(passages), " > ".join(path), text, span.start, span.end))
    return plain, tuple(passages)


def title_of(blocks: Sequence[Block]) -> str | None:
    """The text of the first heading when that is of level 1."""
    first = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
    return first.text if first is not None and first.level == 1 else None


def _join(blocks: Sequence[Block]) -> tuple[str, list[_Span]]:
    """One text with an empty line between blocks and a line end between the items of a list."""
    parts: list[str] = []
    spans: list[_Span] = []
    position, depth = 0, 0
    for block in blocks:
        gap = "" if not parts else "\n\n"
        if parts and depth and block.depth:
            gap = "\n" + "  " * (block.depth - 1)
        start = position + len(gap)
        position = start + len(block.text)
        parts += (gap, block.text)
        whole = block.kind in (BlockKind.TABLE, BlockKind.CODE)
        spans.append(_Span(start, position, _LONGEST_WHOLE if whole else _LONGEST))
        depth = block.depth
    return "".join(parts), spans


def _sections(blocks: Sequence[Block], spans: Sequence[_Span]) -> list[_Section]:
    sections = [_Section()]
    above: list[tuple[int, str]] = []
    has_title = title_of(blocks) is not None
    for block, span in zip(blocks, spans, strict=True):
        if block.kind is not BlockKind.HEADING:
            sections[-1].spans.append(span)
        elif has_title:
            has_title = False
            sections.append(_Section())
        else:
            above = [*(item for item in above if item[0] < block.level), (block.level, block.text.replace("\n", " "))]
            sections.append(_Section(tuple(text for _, text in above), block.level, span))
    return sections


def _pieces(plain: str, spans: Sequence[_Span]) -> list[_Span]:
    """The spans, those that are too long cut at sentence ends, tables and code at line ends, where they can be.

    A word of more than 2,000 characters is cut, a shorter one that is longer than a piece makes its piece longer.
    """
    pieces: list[_Span] = []
    for span in spans:
        if span.length <= span.longest:
            pieces.append(span)
        else:
            pieces += _cut(plain, span, _IN_PROSE if span.longest == _LONGEST else _IN_WHOLE)
    return [piece for piece in pieces if not plain[piece.start : piece.end].isspace()]


def _cut(plain: str, span: _Span, kinds: Sequence[re.Pattern[str]]) -> Iterator[_Span]:
    start = span.start
    while span.end - start > span.longest:
        rest = span.end - start
        even = start + rest // ceil(rest / span.longest)
        window = (start + span.longest // 4, start + span.longest)
        gap = _gap(plain, window, kinds, nearest_to=even)
        end, following = gap.span() if gap else _beyond(plain, start, window[1], span.end)
        yield _Span(start, end, span.longest)
        start = following
    if start < span.end:
        yield _Span(start, span.end, span.longest)


def _beyond(plain: str, start: int, place: int, stop: int) -> tuple[int, int]:
    """The gap after the word that stands across a place; the place itself where that word cannot be kept whole."""
    words = _WORD.finditer(plain, start, min(place + _LONGEST_WHOLE, stop))
    return next((word.span(1) for word in words if word.start() <= place <= word.start(1)), (place, place))


def _gap(
    plain: str, window: tuple[int, int], kinds: Sequence[re.Pattern[str]], *, nearest_to: int
) -> re.Match[str] | None:
    """The nearest of the best kind that there is, none between a colon and a code: `General error: 1366`."""
    for kind in kinds:
        for gap in sorted(kind.finditer(plain, *window), key=lambda gap: abs(gap.start() - nearest_to)):
            if plain[gap.start() - 1] != ":" or not _CODE.match(plain, gap.end()):
                return gap
    return None


def _pack(pieces: Sequence[_Span]) -> Iterator[_Span]:
    """Neighbours joined until a passage is about as long as the others of its section."""
    if not pieces:
        return
    whole = pieces[-1].end - pieces[0].start
    target = max(_SHORTEST, whole / ceil(whole / _LONGEST))
    packed = [pieces[0]]
    for piece in pieces[1:]:
        last = packed[-1]
        joined = _Span(last.start, piece.end, max(last.longest, piece.longest))
        is_short = last.length < _SHORTEST or piece.length < _SHORTEST
        longest = joined.longest if is_short else _LONGEST
        if joined.length <= longest and (last.length < target * 0.8 or (piece.end == pieces[-1].end and is_short)):
            packed[-1] = joined
        else:
            packed.append(piece)
    yield from packed
