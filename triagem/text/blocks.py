"""Reads sanitised HTML as a flat list of blocks: headings, paragraphs, list items, tables and code.

Making the HTML safe is done before (`triagem.text.markdown`), cutting blocks into passages after (`passages`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser

from triagem.text.normalise import clean

_BLANKS = re.compile(r"\s+")
_AROUND_BREAK = re.compile(" ?\n ?")
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# A tag of these ends the text before it and begins another block.
_BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("summary", "table", "ul", *_HEADINGS),
    )
)


class BlockKind(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that is never empty. `level` is that of a heading; `depth` says how many lists it stands in."""

    kind: BlockKind
    text: str
    level: int = 0
    depth: int = 0


def read_blocks(html: str) -> list[Block]:
    """The blocks of well-formed HTML in reading order; every word is in exactly one of them.

    List items carry their marker (`- ` or `2. `), table cells are joined by ` | ` and rows by newlines, images give
    their alternative text, code stays as it is.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._words: list[str] = []
        self._kind = BlockKind.TEXT
        self._level = 0
        self._counters: list[int | None] = []  # one for each open list; None where items are not numbered
        self._marker = ""
        self._tables = 0
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self._words.append(f" {dict(attrs).get('alt') or ''} ")
        elif tag == "br":
            self._words.append("\n" if self._kind is not BlockKind.HEADING else " ")
        elif self._tables:
            self._start_in_table(tag)
        elif tag in _BLOCK_TAGS:
            self.end_block()
            self._start_block(tag, dict(attrs))

    def _start_block(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in _HEADINGS:
            self._kind, self._level = BlockKind.HEADING, _HEADINGS[tag]
        elif tag == "pre":
            self._kind = BlockKind.CODE
        elif tag == "table":
            self._kind, self._tables, self._rows = BlockKind.TABLE, 1, []
        elif tag == "ol":
            start = attributes.get("start") or "1"
            self._counters.append(int(start) if start.isdecimal() and len(start) < 10 else 1)
        elif tag == "ul":
            self._counters.append(None)
        elif tag == "li":
            number = self._counters[-1] if self._counters else None
            self._marker = "- " if number is None else f"{number}. "
            if number is not None:
                self._counters[-1] = number + 1

    def _start_in_table(self, tag: str) -> None:
        if tag == "table":
            self._tables += 1
        elif self._tables == 1 and tag in ("tr", "td", "th"):
            self._end_cell()
            if tag == "tr" or not self._rows:
                self._rows.append([])
            if tag != "tr":
                self._rows[-1].append("")
        elif tag in _BLOCK_TAGS or tag in ("tr", "td", "th"):
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._tables:
            if tag != "table":
                self._words.append(" " if tag in _BLOCK_TAGS or tag in ("td", "th") else "")
                return
            self._tables -= 1
            if self._tables:
                return
            self._end_cell()
        if tag in _BLOCK_TAGS:
            self.end_block()
        if tag in ("ol", "ul") and self._counters:
            self._counters.pop()
        if tag == "li":
            self._marker = ""

    def handle_data(self, data: str) -> None:
        self._words.append(data if self._kind is BlockKind.CODE else _BLANKS.sub(" ", data))

    def _end_cell(self) -> None:
        """Puts the words since the last cell began into that cell; words outside any cell become a row."""
        text = _BLANKS.sub(" ", clean("".join(self._words)))
        self._words = []
        if not text:
            return
        if not self._rows or not self._rows[-1]:
            self._rows.append([])
            self._rows[-1].append("")
        self._rows[-1][-1] = f"{self._rows[-1][-1]} {text}".strip()

    def end_block(self) -> None:
        """Ends the block being read, if it has words, and begins a paragraph."""
        text = self._text()
        if text:
            depth = len(self._counters)
            self.blocks.append(Block(self._kind, self._marker + text, level=self._level, depth=depth))
            self._marker = ""
        self._words, self._rows = [], []
        self._kind, self._level = BlockKind.TEXT, 0

    def _text(self) -> str:
        if self._kind is BlockKind.TABLE:
            return "\n".join(" | ".join(row) for row in self._rows if any(row))
        text = "".join(self._words)
        if self._kind is BlockKind.CODE:
            return text.replace("\r\n", "\n").replace("\x00", "").strip("\n").rstrip()
        return _AROUND_BREAK.sub("\n", clean(text))
