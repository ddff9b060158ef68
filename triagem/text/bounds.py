"""Refuses bodies that would take seconds to parse: each check raises `InvalidInput` and says which limit was passed.

The limits are far above what people write and were set by timing the parser on bombs; parsing is done elsewhere.
"""

import re
from collections.abc import Iterable

from triagem.errors import InvalidInput

MOST_BYTES = 1 << 20
DEEPEST_NESTING = 20
# A mark costs the parser about 20 us, a paragraph's end counts as two: a second or two at most, for a bomb as for a
# long article full of lists.
_MOST_MARKS = 30_000
_MARKS_EACH_CHAR = 1 / 16
_MOST_FILLED_CELLS = 20_000
_MOST_TAGS = 100_000
_MOST_AMPERSANDS = 50_000
_DEEPEST_TAGS = 200
# Links are looked for from every open bracket to the end of its paragraph: quadratic beyond these.
_DEEPEST_BRACKETS = 50
_MOST_LINKS = 2_000

_MARK = re.compile(r"\n(?!\n\n)|[|*_\[<&`~>]|^[ \t]*(?:[-+#]|\d+[.)])", re.MULTILINE)
_DELIMITERS = frozenset(" \t\r>|:-")
_BRACKET = re.compile(r"\\.|(\[)|(\])|(\]\()", re.DOTALL)
_AMPERSAND = re.compile(r"&(?!(?:lt|gt|quot|nbsp|#\d{1,6}|[A-Za-z](?:acute|grave|circ|tilde|cedil|uml));)")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# These end by themselves, so that leaving them open nests nothing.
_SELF_ENDING = frozenset(
    (
        *("area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta"),
        *("option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr"),
    )
)


def check_size(body: str) -> None:
    """At most 1 MiB as UTF-8."""
    if len(body) > MOST_BYTES or len(body.encode(errors="surrogatepass")) > MOST_BYTES:
        raise InvalidInput("The article is larger than 1 MiB; split it into several articles.")


def check_markdown(source: str) -> None:
    """A bounded number of lines and formatting marks, and of cells that a table's short rows are filled up with."""
    most = _MOST_MARKS + int(len(source) * _MARKS_EACH_CHAR)
    if len(source) > most and len(_MARK.findall(source)) > most:
        raise InvalidInput(f"The article has more than {most} lines and formatting marks; split it into several.")
    if _filled_cells(source) > _MOST_FILLED_CELLS:
        raise InvalidInput(f"The article's tables have more than {_MOST_FILLED_CELLS} cells; split them.")


def _filled_cells(source: str) -> int:
    """Columns times rows of all tables, also of rows that are a single bar in the source."""
    cells = columns = 0
    for line in source.split("\n"):
        if not line.strip(" \t>"):
            columns = 0
        elif "|" in line and "-" in line and _DELIMITERS.issuperset(line):
            columns = max(columns, line.count("|"))
        cells += columns
    return cells


def check_blocks(blocks: Iterable[tuple[str, str]]) -> None:
    """Lists and quotes nested at most 20 deep; in each paragraph few open brackets and links.

    `blocks` are the types and contents of the parser's tokens before it looks into paragraphs.
    """
    depth = 0
    for kind, content in blocks:
        if kind in ("blockquote_open", "bullet_list_open", "ordered_list_open"):
            depth += 1
            if depth > DEEPEST_NESTING:
                raise InvalidInput(f"Lists and quotes are nested more than {DEEPEST_NESTING} deep; flatten them.")
        elif kind in ("blockquote_close", "bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif kind == "inline":
            _check_brackets(content)


def _check_brackets(paragraph: str) -> None:
    if paragraph.count("[") <= _DEEPEST_BRACKETS:
        return
    depth = deepest = 0
    for match in _BRACKET.finditer(paragraph):
        if match[0] == "[":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] == "]" and depth:
            depth -= 1
    if deepest > _DEEPEST_BRACKETS:
        raise InvalidInput(f"A paragraph has more than {_DEEPEST_BRACKETS} square brackets open at once; close them.")
    if paragraph.count("](") > _MOST_LINKS:
        raise InvalidInput(f"A paragraph has more than {_MOST_LINKS} links; split it.")


def check_html(html: str) -> None:
    """A bounded number of tags, nested at most 200 deep, and of ampersands, which the sanitiser writes slowly."""
    if html.count("<") > _MOST_TAGS:
        raise InvalidInput(f"The article has more than {_MOST_TAGS} HTML tags; split it into several.")
    if html.count("&") > _MOST_AMPERSANDS and len(_AMPERSAND.findall(html)) > _MOST_AMPERSANDS:
        raise InvalidInput(f"The article has more than {_MOST_AMPERSANDS} ampersands; split it into several.")
    depth = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _SELF_ENDING:
            continue
        depth = max(0, depth + (-1 if match[1] else 1))
        if depth > _DEEPEST_TAGS:
            raise InvalidInput(f"HTML tags are nested more than {_DEEPEST_TAGS} deep or left open; close them.")
