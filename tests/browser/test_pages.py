"""Every page of agents and administrators, seen by anybody at both widths and in both languages, and by attackers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from service.pages.texts import catalogue
from tests.browser.bench import Running, Visitor, Width, barriers, overflowing, screenshot, serve
from tests.browser.test_agent import PIX, sent
from tests.browser.words import BOTH
from triagem.encoder.open import open_encoder
from triagem.search.ingest import Incoming, Ingest
from triagem.store import audit, choices, keys, runs
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Database
from triagem.store.keys import Scope
from triagem.store.runs import RunKind
from triagem.types import Article, Language, Ticket

ROOMS = {
    "queue": "/agent",
    "ticket": "/agent/tickets/T-0343",
    "evidence": "/agent/tickets/T-0343/evidence/category",
    "overview": "/admin",
    "knowledge": "/admin/knowledge?worry=stale",
    "imports": "/admin/imports",
    "article": "/admin/knowledge/pt-BR/account/reset-password",
    "labels": "/admin/labels",
    "models": "/admin/models",
    "model": "/admin/models/v1",
    "report": "/admin/models/v1/report",
    "targets": "/admin/targets/category?auto=90&preselect=70",
    "replay": "/admin/models/v1/replay?last=50&field=category&auto=85&preselect=70",
    "quality": "/admin/quality",
    "deflection": "/admin/deflection",
    "keys": "/admin/keys",
    "settings": "/admin/settings",
    "log": "/admin/log",
    "missing": "/admin/runs/none",
}
# Whatever of these a page took for more than text would be alive.
CORPUS = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '"><svg/onload=window.pwned=1>',
    "'><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "</textarea><script>window.pwned=1</script>",
    "</title><script>window.pwned=1</script>",
    "<a href=javascript:window.pwned=1>x</a>",
    "{{ 7*7 }}{% raw %}",
    "<button hx-get=/agent hx-trigger=load hx-on:click=window.pwned=1>x</button>",
    "<form action=https://evil.example><input name=key autofocus onfocus=window.pwned=1>",
    "<base href=https://evil.example/>",
    "<math><mtext><style><img src=x onerror=window.pwned=1>",
]
ALL_AT_ONCE = " ".join(CORPUS)
ALIVE = """[...document.querySelectorAll(
    'img, iframe, object, embed, base, math, svg:not(.chart), style, a[href^="javascript:"], form[action^="http"], ' +
    'script:not([src^="/static/"]), [hx-on\\\\:click], button[hx-trigger]')].map((node) => node.outerHTML)
    .concat([...document.querySelectorAll('*')].filter((node) => [...node.attributes].some(
        (one) => one.name.startsWith('on'))).map((node) => node.outerHTML))"""

# Sentences of three words and more that a page in this language must not hold: those of the other one.
FOREIGN = {
    words.language: [
        said
        for one in catalogue().values()
        for language, said in one.items()
        if language is not words.language and len(said.split()) >= 3 and "{" not in said
    ]
    for words in BOTH
}
HOSTILE = [
    *(address for room, address in ROOMS.items() if room not in ("ticket", "evidence", "report", "missing")),
    "/agent/tickets/X-1",
    f"/agent/tickets/{quote('<X>2')}",
    "/agent/tickets/X-1/evidence/category",
    f"/agent?q={quote(CORPUS[2])}&team={quote(CORPUS[4])}",
    "/admin/knowledge?q=xss",
    f"/agent/tickets/{quote(ALL_AT_ONCE)}",
    f"/admin/models/{quote(CORPUS[1])}",
    f"/sign-in?next={quote(CORPUS[2])}",
]


@pytest.fixture(scope="module")
def attacked(sample_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk in which every text that people write is hostile."""
    data_dir = tmp_path_factory.mktemp("attacked") / "data"
    copytree(sample_desk, data_dir)
    database = Database(data_dir)
    ingest = Ingest(database, open_encoder("default", threads=1), desk="main")
    ingest.put_articles(
        [Incoming(Article("xss", ALL_AT_ONCE, ALL_AT_ONCE, language=Language.PT, url="javascript:pwned=1"))]
    )
    hostile = {"subject": ALL_AT_ONCE, "description": ALL_AT_ONCE, "requester": CORPUS[0], "channel": CORPUS[1]}
    ingest.put_tickets(
        [
            Ticket("X-1", datetime.now(UTC), **hostile, contract=CORPUS[2], category=CORPUS[3], team=CORPUS[4]),
            Ticket("<X>2", datetime.now(UTC), **hostile, resolution=ALL_AT_ONCE, closed_at=datetime.now(UTC)),
        ]
    )
    with database.write() as connection:
        choices.put(connection, "main", Choice.TARGETS, {})
        keys.create(
            connection,
            "main",
            name=ALL_AT_ONCE,
            scopes=[Scope.ADMIN],
            origins=[CORPUS[1]],
            contract=CORPUS[2],
            actor=CORPUS[0],
        )
        for key in keys.each(connection, "main"):
            keys.revoke(connection, "main", key.id, actor="a test")
        audit.record(
            connection, "main", Entry(CORPUS[0], Action.PROMOTE, CORPUS[1], ALL_AT_ONCE, {CORPUS[2]: CORPUS[3]})
        )
        parameters = {"rebuild": False, "upload": {"what": "tickets", "folder": "x", "name": ALL_AT_ONCE}}
        run = runs.queue(connection, "main", kind=RunKind.INDEX, parameters=parameters)
    with runs.Worker(database, "main", run) as worker, database.write() as connection:
        errors = [{"where": CORPUS[0], "reason": ALL_AT_ONCE}]
        worker.finish(connection, {"added": 0, "updated": 0, "unchanged": 0, "errors": errors})
    database.close()
    with serve(data_dir) as running:
        yield running


def settle(page: Page) -> None:
    """Waits for the parts that a page asks for by itself."""
    expect(page.locator(".htmx-request")).to_have_count(0)


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_is_kept_out_and_nothing_is_cut(desk: Running, visitor: Visitor, room: str) -> None:
    visitor.expects("404")
    for words, width in ((BOTH[0], Width.PHONE), (BOTH[1], Width.DESKTOP)):
        page = visitor.open(f"{desk.address}{ROOMS[room]}", width=width, locale=words.locale)
        settle(page)
        screenshot(page, f"{room}-{words.language.value}-{width.name.lower()}")
        assert barriers(page) == []
        assert overflowing(page) == 0
        assert page.locator("html").get_attribute("lang") == words.tag
        text = page.locator("body").inner_text()
        assert [said for said in FOREIGN[words.language] if said in text] == []


def test_a_fresh_ticket_and_the_sign_in_keep_nobody_out(own_desk: Running, visitor: Visitor) -> None:
    ticket_id = sent(own_desk, PIX, requester="r-0171")
    for width in Width:
        page = visitor.open(f"{own_desk.address}/agent/tickets/{ticket_id}", width=width)
        page.locator("details").first.locator("summary").click()
        page.get_by_role("link", name="Por quê?").first.click()
        page.get_by_text("O mais provável é").wait_for()
        screenshot(page, f"fresh-ticket-{width.name.lower()}")
        assert (barriers(page), overflowing(page)) == ([], 0)
        page.get_by_role("button", name="Atalhos").click()
        assert barriers(page) == []
    database = Database(own_desk.data_dir)
    with database.write() as connection:
        keys.create(connection, "main", name="a", scopes=[Scope.ADMIN], actor="a test")
    database.close()
    page.wait_for_timeout(2_100)  # so long the service remembers that there was no key
    for width in Width:
        page = visitor.open(f"{own_desk.address}/admin", width=width)
        screenshot(page, f"sign-in-{width.name.lower()}")
        assert (barriers(page), overflowing(page)) == ([], 0)


def test_what_attackers_write_is_text_and_nothing_else(attacked: Running, visitor: Visitor) -> None:
    visitor.expects("404")
    visitor.expects("422")  # an id that is too long
    opened: list[str] = []
    page = visitor.open("about:blank")
    page.on("dialog", lambda dialog: opened.append(dialog.message))
    for address in (*HOSTILE, *(f"/admin/runs/{run_id}" for run_id in run_ids(attacked))):
        page.goto(f"{attacked.address}{address}")
        settle(page)
        page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true })")
        assert page.evaluate(ALIVE) == [], address
        assert page.evaluate("window.pwned") is None, address
        assert "49{% raw %}" not in page.content(), address
    assert opened == []


def run_ids(running: Running) -> list[str]:
    database = Database(running.data_dir)
    with database.read() as connection:
        found = [one.id for one in runs.newest_first(connection, "main", limit=9) if "upload" in one.parameters]
    database.close()
    return found


def test_what_attackers_write_is_shown_as_they_wrote_it(attacked: Running, visitor: Visitor) -> None:
    page = visitor.open(f"{attacked.address}/agent/tickets/X-1")
    assert page.locator("h1").inner_text() == " ".join(ALL_AT_ONCE.split())
    assert all(one in page.locator("article").inner_text() for one in CORPUS)
