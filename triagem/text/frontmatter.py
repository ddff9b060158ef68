"""Splits a file into its YAML front matter and its body.

What the keys mean is the business of the indexer; nothing here knows an article.
"""

import re
from typing import Any

import yaml

from triagem.errors import InvalidInput

_BLOCK = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# A first line of three hyphens may also be a ruler: front matter has a key, a comment or its end on the next line.
_OPENING = re.compile(r"---[ \t]*\r?\n\s*(?:[\w.\"'-]+[^\n:]{0,200}:(?:\s|\Z)|#|---[ \t]*(?:\r?\n|\Z))")
_LONGEST_BLOCK = 16 * 1024
_DEEPEST = 10


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The front matter and the body; `({}, text)` where there is none. A byte order mark is dropped.

    Values stay the strings they are written as (`no`, `012`, `2026-05-01`), an empty one is `""`, lists are lists of
    strings. Raises `InvalidInput` with the line of the file for a block that is not YAML.
    """
    text = text.removeprefix("\ufeff")
    if not _OPENING.match(text):
        return {}, text
    match = _BLOCK.match(text)
    if match is None:
        raise InvalidInput("Line 1: the front matter is not closed; end it with a line of three hyphens.")
    if len(match[1]) > _LONGEST_BLOCK:
        raise InvalidInput("Line 1: the front matter is longer than 16 KiB.")
    return _read(match[1]), text[match.end() :]


def _read(block: str) -> dict[str, Any]:
    try:
        _check_structure(block)
        values = yaml.load(block, yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings, lists and dicts only
    except yaml.MarkedYAMLError as error:
        raise _refusal(error, block) from None
    except yaml.YAMLError:
        raise InvalidInput("Line 1: the front matter is not YAML.") from None
    if values is None or values == "":
        return {}
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise InvalidInput('Line 2: the front matter must be a list of "name: value" lines.')
    return values


def _refusal(error: yaml.MarkedYAMLError, block: str) -> InvalidInput:
    """What is wrong and what to write instead, for the mistakes that people make by hand; else what YAML says of it."""
    mark, problem = error.problem_mark or error.context_mark, error.problem or ""
    if error.context_mark and problem == "found unexpected end of stream":
        opened = error.context_mark.line + 2
        return InvalidInput(f"Line {opened}: a quotation mark in the front matter is not closed; close it.")
    if mark is None:
        return InvalidInput("Line 1: the front matter is not YAML.")
    line = mark.line + 2  # counted from 1, after the line that opens the block
    before = block[mark.index - mark.column : mark.index]
    if problem.startswith("mapping values") and ":" in before:
        return InvalidInput(f'Line {line}: the front matter has a value with a colon; put it in quotes: title: "...".')
    if problem.startswith(r"found character '\t'"):
        return InvalidInput(f"Line {line}: the front matter has a tab; write spaces instead.")
    if problem.startswith("found character"):
        return InvalidInput(
            f'Line {line}: the front matter has a value that begins with a sign; put it in quotes: title: "...".'
        )
    if problem == "expected <block end>, but found '<scalar>'":
        return InvalidInput(
            f"Line {line}: the front matter has a quotation mark that is not closed, or words after a closed one or a "
            "bracket; put the whole value in single quotes: title: '...'."
        )
    return InvalidInput(f"Line {line}: the front matter is not YAML ({problem}).")


def _check_structure(block: str) -> None:
    """Refuses what makes YAML dangerous, anchors and deep nesting, before anything is built of it."""
    depth = 0
    for event in yaml.parse(block, yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput("Line 1: the front matter refers to anchors (*name); write the values out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise InvalidInput(f"Line 1: the front matter is nested more than {_DEEPEST} deep.")
