"""Reads an article's body, Markdown, HTML or plain text, and renders it as safe HTML.

The only importer of the Markdown parser and the HTML sanitiser; what they give is read by `blocks` and `passages`.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from triagem.text.blocks import Block, BlockKind, read_blocks
from triagem.text.bounds import check_blocks, check_html, check_markdown, check_size
from triagem.text.flavours import plain_markdown
from triagem.text.links import is_relative
from triagem.text.normalise import clean
from triagem.text.passages import lay_out, title_of
from triagem.types import BodyFormat, Passage

_HIDDEN_TAGS = {"script", "style", "template", "noscript", "iframe", "object", "title"}
_SHOWN_TAGS = (nh3.ALLOWED_TAGS | {"main", "section"}) - {"map", "area"}
_OTHER_TAGS = {
    *("audio", "base", "body", "button", "canvas", "embed", "fieldset", "font", "form", "frame", "frameset", "head"),
    *("html", "input", "label", "legend", "link", "main", "math", "meta", "nobr", "optgroup", "option", "param"),
    *("picture", "select", "source", "svg", "textarea", "track", "video", "area", "map", "section", "dialog"),
}
_KNOWN_TAGS = _SHOWN_TAGS | _HIDDEN_TAGS | _OTHER_TAGS
_TAG = re.compile(r"<(?=/?([A-Za-z][A-Za-z0-9-]*))")
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "code": {"class"},
}
_LONGEST_INFO = 3  # words after the fence of a code block; more are code
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})</title>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """An article's text. `title` is its first heading of level 1, if that comes before any other heading."""

    title: str | None
    plain: str
    passages: tuple[Passage, ...]


def read_document(body: str, format: BodyFormat) -> Document:  # noqa: A002
    """The plain text of a body and its passages; none for a body without text.

    Raises `InvalidInput`, saying which limit, for more than 1 MiB, nesting over 20 and bodies made to parse slowly.
    """
    check_size(body)
    if format is BodyFormat.TEXT:
        blocks = [Block(BlockKind.TEXT, text) for text in clean(body).split("\n\n") if text]
    else:
        blocks = read_blocks(_safe_html(body, format))
    title = title_of(blocks)
    if title is None and format is BodyFormat.HTML and (match := _TITLE.search(body)):
        title = clean(html.unescape(match[1])) or None
    plain, passages = lay_out(blocks)
    return Document(title, plain, passages)


def render_html(body: str, format: BodyFormat) -> str:  # noqa: A002
    """A body as HTML without scripts, forms or styles, fit to stand inside a page.

    Links lead to http, https, mailto or relative addresses; images are shown from relative addresses only, so that
    reading an article tells no other host. Raises `InvalidInput` as `read_document` does.
    """
    check_size(body)
    if format is BodyFormat.TEXT:
        paragraphs = (html.escape(text).replace("\n", "<br>") for text in clean(body).split("\n\n") if text)
        return "\n".join(f"<p>{text}</p>" for text in paragraphs)
    return _safe_html(body, format)


def _safe_html(body: str, format: BodyFormat) -> str:  # noqa: A002
    if format is BodyFormat.MARKDOWN:
        check_markdown(body)
        body = str(_MARKDOWN.render(plain_markdown(body)))
    check_html(body)
    return nh3.clean(
        body,
        tags=_SHOWN_TAGS,
        clean_content_tags=_HIDDEN_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_without_foreign_images,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def _without_foreign_images(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not is_relative(value):
        return None
    return value


def _keep_words(state: StateCore) -> None:
    """What the author meant as text: `<your-domain>` is no tag, and code may begin on the line of its fence."""
    for token in state.tokens:
        if token.type == "html_block":
            token.content = _escape_unknown_tags(token.content)
        elif token.type == "fence" and len(token.info.split()) > _LONGEST_INFO:
            token.content, token.info = f"{token.info}\n{token.content}", ""
        for child in token.children or ():
            if child.type == "html_inline":
                child.content = _escape_unknown_tags(child.content)


def _escape_unknown_tags(text: str) -> str:
    return _TAG.sub(lambda match: "<" if match[1].lower() in _KNOWN_TAGS else "&lt;", text)


def _check_after_blocks(state: StateCore) -> None:
    check_blocks((token.type, token.content) for token in state.tokens)


def _markdown() -> MarkdownIt:
    """`js-default` with HTML let through: the sanitiser behind it decides what of it is shown."""
    parser = MarkdownIt("js-default", {"html": True})
    rules: tuple[tuple[str, str, Callable[[StateCore], None]], ...] = (
        ("block", "bounds", _check_after_blocks),
        ("inline", "words", _keep_words),
    )
    for after, name, rule in rules:
        parser.core.ruler.after(after, name, rule)
    return parser


_MARKDOWN = _markdown()
