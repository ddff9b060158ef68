"""An article's text as its readers get it: harmless HTML, in which links to other articles lead to those, or plain."""

from collections.abc import Callable, Mapping

from triagem.store import links
from triagem.store.database import Connection
from triagem.store.links import Linked
from triagem.text.links import led, relative_links
from triagem.text.markdown import read_document, render_html
from triagem.types import Article


def article_html(
    connection: Connection, desk: str, article: Article, *, way_to: Callable[[Linked], Mapping[str, str]]
) -> str:
    """The text of an article of the desk. `way_to` says by which attributes a link leads to another; none: not at all.

    Links that name no host and mean no article of the desk are read as text.
    """
    text = render_html(article.body, article.format)
    meant = links.meant(connection, desk, article.id, relative_links(text))
    return led(text, {link: way_to(linked) for link, linked in meant.items()})


def article_plain(article: Article) -> str:
    """The text that the article's passages are cut from: `[start:end]` of it is the passage."""
    return read_document(article.body, article.format).plain
