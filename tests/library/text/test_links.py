"""Links of an article that name no host: found, and led to where a reader can follow them."""

import pytest

from triagem.text.links import is_relative, led, relative_links
from triagem.text.markdown import render_html
from triagem.types import BodyFormat

BODY = (
    "[reembolso](../billing/refund.md) e [de novo](../billing/refund.md), [site](https://a.example/b), "
    "[nota](#nota), ![tela](img/tela.png)"
)


def test_links_without_a_host_are_found_once_each_as_they_are_written() -> None:
    assert relative_links(render_html(BODY, BodyFormat.MARKDOWN)) == ["../billing/refund.md", "#nota"]


def test_a_link_gets_its_way_and_one_without_a_way_is_text() -> None:
    html = led(render_html(BODY, BodyFormat.MARKDOWN), {"../billing/refund.md": {"href": "/r?a=1&b=2"}})
    assert html.count('href="/r?a=1&amp;b=2"') == 2
    assert 'href="https://a.example/b"' in html
    assert '<a rel="noopener noreferrer nofollow">nota</a>' in html
    assert '<img alt="tela">' in html
    assert "../billing" not in html


def test_what_looks_like_a_link_inside_of_a_text_or_a_title_stays_as_it_is() -> None:
    body = '<p title="x">&lt;a href="x.md"&gt;</p><a title=\'say "hi" > <a href="y.md">\' href="z.md">z</a>'
    html = led(render_html(body, BodyFormat.HTML), {"z.md": {"data-article": 'z"><script>'}})
    assert relative_links(render_html(body, BodyFormat.HTML)) == ["z.md"]
    assert 'data-article="z&quot;&gt;&lt;script&gt;"' in html
    assert "x.md" in html and "y.md" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("address", "relative"),
    [
        ("refund.md", True),
        ("/hc/1", True),
        ("?page=2", True),
        ("", True),
        ("//cdn.example/x", False),
        ("\\\\host\\x", False),
        ("https://a.example", False),
        (" mailto:a@b.example", False),
        ("/\t/\na.example", False),
        ("\x01//a.example", False),
        ("guide: refunds.md", False),
        ("my guide: refunds.md", True),
    ],
)
def test_an_address_is_relative_when_it_names_neither_scheme_nor_host(address: str, relative: bool) -> None:
    assert is_relative(address) is relative
