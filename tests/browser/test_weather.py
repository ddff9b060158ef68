"""The agent's page and the console while the service is slow, full, late or away: told, nothing lost, nothing twice."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.bench import (
    Running,
    Station,
    Trouble,
    Visitor,
    Weather,
    Width,
    barriers,
    overflowing,
    screenshot,
)
from tests.browser.test_agent import CARD, PIX, each_language, field, learned_labels, sent
from tests.browser.test_console import answering, twin_of_the_model
from tests.browser.words import BOTH, Words
from triagem.store import audit, events, runs
from triagem.store.audit import Action
from triagem.store.database import Database
from triagem.store.events import EventKind
from triagem.store.runs import Run, RunKind, RunState, Worker
from triagem.types import Language

SAYS = {Trouble.OVERLOADED: "refusal.full", Trouble.LATE: "refusal.late", Trouble.DOWN: "refusal.away"}
# How long a page is patient before it says that it waits, and after how long it asks again by itself.
PATIENCE_MS, RETRY_MS = 1_000, 3_000
each_trouble = pytest.mark.parametrize("trouble", list(Trouble))


@pytest.fixture(scope="module")
def station(sample_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    data_dir = tmp_path_factory.mktemp("station") / "data"
    shutil.copytree(sample_desk, data_dir)
    twin_of_the_model(Running("", data_dir, Weather()), tickets_left=10)
    one = Station(data_dir, pages=True)
    yield one
    one.close()


@pytest.fixture(autouse=True)
def fair(station: Station) -> None:
    station.clear()


def notice(page: Page) -> Locator:
    return page.locator("#sending")


def pressed_in(trouble: Trouble, station: Station, page: Page, words: Words, press: Callable[[], None]) -> None:
    """Presses while there is trouble; reads what the page says of it; presses again when it is over."""
    page.clock.install()
    station.turn(trouble)
    press()
    if trouble is Trouble.SLOW:
        expect(page.locator("form[aria-busy=true]")).to_have_count(1)
        press()
        page.clock.fast_forward(PATIENCE_MS)
        expect(notice(page)).to_have_text(words("refusal.waits"))
        assert len(station.running.weather.calls) == 1
        station.clear(trouble)
        return
    expect(notice(page)).to_have_text(words(SAYS[trouble]))
    expect(page.locator("[aria-busy]")).to_have_count(0)
    station.clear(trouble)
    press()


def said_of(running: Running, ticket_id: str) -> list[tuple[str, str | None]]:
    """What people said of a ticket, oldest first: the event and its field."""
    database = Database(running.data_dir)
    with database.read() as connection:
        newest = events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=100)
    database.close()
    payloads = [event.payload for event in reversed(newest)]
    return [(one["event"], one.get("field")) for one in payloads if one.get("ticket_id") == ticket_id]


def acts(running: Running) -> Counter[Action]:
    """How often each thing was done to the desk."""
    database = Database(running.data_dir)
    with database.read() as connection:
        entries = audit.newest_first(connection, "main", limit=1000)
    database.close()
    return Counter(entry.action for entry in entries)


def trainings(running: Running) -> list[Run]:
    """Those that were asked for and not cancelled."""
    database = Database(running.data_dir)
    with database.read() as connection:
        known = runs.newest_first(connection, "main", limit=100)
    database.close()
    return [run for run in known if run.kind is RunKind.TRAIN and run.finished_at is None]


@each_language
@each_trouble
def test_a_correction_counts_once_whatever_befalls_the_service(
    station: Station, visitor: Visitor, words: Words, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    visitor.expects("htmx:error")
    ticket_id = sent(station.running, PIX if words.language is Language.PT else CARD)
    page = visitor.open(f"{station.running.address}/agent/tickets/{ticket_id}", locale=words.locale)
    value = page.get_by_label(words("ticket.right_value", field=words("field.category")))
    value.select_option("orders")

    def press() -> None:
        expect(value).to_have_value("orders")
        value.locator("xpath=../button").press("Enter")

    pressed_in(trouble, station, page, words, press)
    expect(page.get_by_role("status")).to_have_text(words("done.corrected"))
    expect(notice(page)).to_have_text("")
    assert learned_labels(station.running, ticket_id) == {"category": "orders", "team": None}
    station.clear()
    page.keyboard.press("2")
    expect(page.get_by_role("status")).to_have_text(words("done.accepted"))
    assert said_of(station.running, ticket_id) == [("corrected", "category"), ("accepted", "type")]


@each_language
def test_of_what_was_saved_before_its_page_was_refused_nobody_is_told_that_it_was_not(
    station: Station, visitor: Visitor, words: Words
) -> None:
    visitor.expects("Failed to load resource")
    ticket_id = sent(station.running, PIX)
    page = visitor.open(f"{station.running.address}/agent/tickets/{ticket_id}", locale=words.locale)
    station.turn(Trouble.OVERLOADED)
    station.running.weather.only = "GET"
    accept = field(page, "category").get_by_role("button", name=words("ticket.accept")).first
    accept.click()
    expect(notice(page)).to_have_text(words("refusal.unsure"))
    station.clear()
    accept.click()
    expect(page.get_by_role("status")).to_have_text(words("done.accepted"))
    assert said_of(station.running, ticket_id) == [("accepted", "category")]


def test_keys_that_are_pressed_ahead_of_slow_answers_are_obeyed_one_after_the_other(
    station: Station, visitor: Visitor
) -> None:
    ticket_id = sent(station.running, PIX)
    page = visitor.open(f"{station.running.address}/agent/tickets/{ticket_id}")
    expect(page.locator("form[data-htmx-powered]").first).to_be_attached()
    station.running.weather.delay_s = 0.2
    for key in "1121":
        page.keyboard.press(key)
    expect(field(page, "category")).to_contain_text("decidido por uma pessoa")
    expect(field(page, "type")).to_contain_text("decidido por uma pessoa")
    assert said_of(station.running, ticket_id) == [("accepted", "category"), ("accepted", "type")]


@each_language
@pytest.mark.parametrize("trouble", [Trouble.OVERLOADED, Trouble.LATE])
def test_without_a_script_a_page_says_what_became_of_the_form(
    station: Station, visitor: Visitor, words: Words, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    ticket_id = sent(station.running, PIX if words.language is Language.PT else CARD)
    suggested = answering(station.running)
    page = visitor.open(
        f"{station.running.address}/agent/tickets/{ticket_id}", locale=words.locale, java_script_enabled=False
    )
    station.turn(trouble)
    page.get_by_role("button", name=words("ticket.accept_all")).click()
    expect(page.get_by_role("alert")).to_have_text(words(SAYS[trouble]))
    expect(page.locator("main")).to_contain_text(words("refusal.back"))
    assert page.locator("html").get_attribute("lang") == words.tag
    assert len(said_of(station.running, ticket_id)) == (0 if trouble is Trouble.OVERLOADED else len(suggested))
    station.clear(trouble)
    page.go_back()
    if trouble is Trouble.OVERLOADED:
        page.get_by_role("button", name=words("ticket.accept_all")).click()
        expect(page.get_by_role("status")).to_have_text(words("done.accepted"))
    expect(field(page, "category")).to_contain_text(words("mode.decided"))
    assert len(said_of(station.running, ticket_id)) == len(suggested)


@each_language
def test_the_page_of_a_full_service_is_within_everybodys_reach(
    station: Station, visitor: Visitor, words: Words
) -> None:
    visitor.expects("Failed to load resource")
    station.turn(Trouble.OVERLOADED)
    for width in Width:
        page = visitor.open(f"{station.running.address}/agent", width=width, locale=words.locale)
        expect(page.get_by_role("alert")).to_have_text(words("refusal.full_page"))
        screenshot(page, f"refusal-{words.language.value}-{width.name.lower()}")
        assert (barriers(page), overflowing(page)) == ([], 0)


@each_language
@each_trouble
def test_what_an_administrator_does_happens_once_whatever_befalls_the_service(
    station: Station, visitor: Visitor, words: Words, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    visitor.expects("htmx:error")
    answered, did = answering(station.running), acts(station.running)
    page = visitor.open(f"{station.running.address}/admin/models", locale=words.locale)

    def pressed(button: str, why: str = "") -> None:
        if why:
            page.get_by_label(words("models.why")).fill(why)

        def press() -> None:
            if why:
                expect(page.get_by_label(words("models.why"))).to_have_value(why)
            page.get_by_role("button", name=words(button)).click()

        pressed_in(trouble, station, page, words, press)
        station.clear()

    pressed("models.train")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("run.kind_train"))
    assert [run.state for run in trainings(station.running)] == [RunState.QUEUED]
    page.get_by_role("button", name=words("run.cancel")).click()
    expect(page.get_by_role("status")).to_contain_text(words("run.cancelled"))

    auto = 80 + 4 * BOTH.index(words) + list(Trouble).index(trouble)
    page.goto(f"{station.running.address}/admin/targets/category?auto={auto}&preselect=70")
    pressed("targets.apply", "Tried out")
    expect(page.get_by_text(words("targets.now", auto=f"{auto}%", preselect="70%"))).to_be_visible()

    compared_in(trouble, station, page, words)
    page.get_by_label(words("models.force")).check()
    pressed("models.promote_go", "Decided")
    expect(page.get_by_role("status")).to_have_text(words("done.promoted"))
    assert set(answering(station.running).values()) == {"v2"}

    pressed("models.rollback", "Too soon")
    expect(page.get_by_role("status")).to_have_text(words("done.rolled_back"))
    assert answering(station.running) == answered
    assert acts(station.running) - did == Counter([Action.TARGETS, Action.FORCE, Action.ROLLBACK])


def compared_in(trouble: Trouble, station: Station, page: Page, words: Words) -> None:
    """Opens the page of v2, whose comparison with v1 is in trouble at first and comes by itself when that is over."""
    if trouble is Trouble.DOWN:  # for the comparison alone: the page itself is needed
        page.route("**/gate", lambda route: route.abort("connectionrefused"))
    else:
        station.turn(trouble, within="/gate")
    page.goto(f"{station.running.address}/admin/models/v2")
    expect(page.get_by_role("link", name=words("gate.compare"))).to_be_visible()
    if trouble is not Trouble.SLOW:
        expect(notice(page)).to_have_text(words("refusal.goes_on"))
    station.clear()
    page.unroute("**/gate")
    page.clock.fast_forward(RETRY_MS)
    expect(page.locator("#gate-card")).to_contain_text(words("gate.against"))
    expect(notice(page)).to_have_text("")


@pytest.mark.parametrize(("words", "trouble"), [(BOTH[0], Trouble.OVERLOADED), (BOTH[1], Trouble.DOWN)])
def test_a_runs_progress_goes_on_by_itself_when_the_service_is_back(
    station: Station, visitor: Visitor, words: Words, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    visitor.expects("htmx:error")
    database = Database(station.running.data_dir)
    with Worker.queue(database, "main", kind=RunKind.AUDIT, parameters={}) as worker:
        page = visitor.open(f"{station.running.address}/admin/runs/{worker.run.id}", locale=words.locale)
        station.turn(trouble)
        expect(notice(page)).to_have_text(words("refusal.goes_on"))
        expect(page.get_by_role("progressbar")).to_be_visible()
        screenshot(page, f"away-{words.language.value}")
        assert barriers(page) == []
        station.clear(trouble)
        expect(notice(page)).to_have_text("")
        with database.write() as connection:
            worker.finish(connection, {})
    database.close()
    expect(page.get_by_role("status")).to_contain_text(words("run.done"))
