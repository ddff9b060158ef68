"""Which article a link in another one means: by file, by id, by address."""

from pathlib import Path

import pytest

from triagem.store import articles, links
from triagem.store.database import Database
from triagem.types import Article

SHELF = [
    # An id, its file where it has one, its address where it has one.
    ("pt/orders/late", "pt/orders/late.md", None),
    ("refunds", "pt/billing/refund.md", None),
    ("pt/billing/invoice", None, None),
    ("pt/v1.2", None, None),
    ("100", None, "https://help.example.com/hc/articles/100-late"),
    ("200", None, "https://help.example.com/hc/articles/200-refund"),
]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(tmp_path)
    with database.write() as connection:
        for article_id, origin, url in SHELF:
            article = Article(article_id, article_id, "text", url=url)
            articles.put(
                connection, "main", article=article, stored_passages=[], digest="d", title_digest=None, origin=origin
            )
    return database


@pytest.mark.parametrize(
    ("own", "link", "meant"),
    [
        ("pt/orders/late", "../billing/refund.md", "refunds"),
        ("pt/orders/late", "../billing/refund.md#prazo", "refunds"),
        ("pt/orders/late", "/pt/billing/refund.md", "refunds"),
        ("pt/orders/late", "../billing/invoice.html", "pt/billing/invoice"),
        ("pt/orders/late", "../billing/invoice", "pt/billing/invoice"),
        ("pt/orders/late", "../v1.2", "pt/v1.2"),
        ("pt/billing/invoice", "../orders/late", "pt/orders/late"),
        ("100", "200-refund", "200"),
        ("100", "/hc/articles/200-refund?x=1", None),
        ("100", "/hc/articles/200-refund#top", "200"),
        ("pt/orders/late", "#top", None),
        ("pt/orders/late", "../billing/none.md", None),
        ("pt/orders/late", "../../../../etc/passwd", None),
        ("pt/orders/late", "[x", None),
        ("none", "../billing/refund.md", None),
    ],
)
def test_a_link_means_what_its_author_wrote_it_for(database: Database, own: str, link: str, meant: str | None) -> None:
    with database.read() as connection:
        found = links.meant(connection, "main", own, [link])
    assert {one: linked.id for one, linked in found.items()} == ({link: meant} if meant else {})


def test_a_link_leads_to_no_other_desk(database: Database) -> None:
    with database.write() as connection:
        article = Article("pt/orders/late", "late", "text")
        articles.put(connection, "other", article=article, stored_passages=[], digest="d", title_digest=None)
        assert links.meant(connection, "other", "pt/orders/late", ["../billing/refund.md"]) == {}
