"""The requester's face in a company's own page: articles before the ticket, and never a ticket lost."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.bench import Running, Station, Trouble, Visitor, Width, barriers, overflowing, screenshot
from tests.browser.help_centre import HelpCentre, help_centre
from tests.waiting import eventually
from triagem.store import events, keys, tickets
from triagem.store.database import Database
from triagem.store.events import EventKind
from triagem.store.keys import Scope

KEY_MS = 20
LANGUAGES = ["pt-BR", "en"]
# After what was pasted the script asks within the first; after a refusal it asks again within the second.
SOON_MS, AGAIN_MS = 500, 2_500
each_trouble = pytest.mark.parametrize("trouble", [Trouble.SLOW, Trouble.OVERLOADED, Trouble.DOWN])


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody types, and what they then read."""

    problem: str
    article: str
    link: str
    linked: str
    fault: str
    asked: str
    told: str
    asked_no_more: str
    insult: str
    solved: str
    anyway: str
    send: str
    thanks: str


SAID = {
    "pt-BR": Words(
        problem="nao consigo entrar na minha conta depois de trocar a senha",
        article="Não consigo entrar depois de trocar a senha",
        link="bloqueiam a conta",
        linked="Conta bloqueada: como recuperar o acesso",
        fault="o aplicativo fecha sozinho toda hora",
        asked="Em que aparelho e sistema",
        told=", no Android 14",
        asked_no_more="Em que aparelho e sistema",
        insult=" seus idiotas",
        solved="Isto resolveu",
        anyway="Enviar mesmo assim",
        send="Enviar",
        thanks="Que bom que resolveu",
    ),
    "en": Words(
        problem="I changed my password and now I cannot sign in to my account",
        article="Can't sign in after changing your password",
        link="lock the account",
        linked="My account is locked",
        fault="the app closes by itself all the time",
        asked="Which device and system",
        told=", on Android 14",
        asked_no_more="Which device and system",
        insult=" you idiots",
        solved="This solved it",
        anyway="Send anyway",
        send="Send",
        thanks="Glad that it is solved",
    ),
}


@dataclass(slots=True)
class Place:
    """A help centre with our script in it, and the service that the script asks."""

    centre: HelpCentre
    station: Station

    @property
    def service(self) -> Running:
        return self.station.running

    def feedback(self) -> list[dict[str, str]]:
        """What was reported so far, oldest first."""
        database = Database(self.service.data_dir)
        with database.read() as connection:
            newest = events.newest(connection, "main", kind=EventKind.FEEDBACK, limit=100)
        database.close()
        return [event.payload for event in reversed(newest)]

    def reported(self, session: str) -> list[str]:
        return [payload["event"] for payload in self.feedback() if payload.get("session_id") == session]


@pytest.fixture(scope="module")
def everywhere(sample_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        centre = stack.enter_context(help_centre())
        data_dir = tmp_path_factory.mktemp("centre") / "data"
        shutil.copytree(sample_desk, data_dir)
        centre.key = form_key(data_dir, centre.address)
        station = stack.enter_context(closing(Station(data_dir, pages=False)))
        centre.service = station.running.address
        yield Place(centre, station)


@pytest.fixture
def place(everywhere: Place) -> Place:
    everywhere.station.clear()
    everywhere.service.weather.calls.clear()
    everywhere.centre.sent.clear()
    return everywhere


def form_key(data_dir: Path, origin: str) -> str:
    database = Database(data_dir)
    with database.write() as connection:
        _, token = keys.create(
            connection, "main", name="form", scopes=[Scope.SUGGEST], origins=[origin], actor="a test"
        )
    database.close()
    return token


def write(page: Page, text: str) -> None:
    page.locator("textarea").press_sequentially(text, delay=KEY_MS)


def session_of(page: Page) -> str:
    session: str = page.evaluate("sessionStorage.getItem('triagem.session').split(' ')[0]")
    return session


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_requester_finds_the_answer_and_does_not_send(place: Place, visitor: Visitor, language: str) -> None:
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", locale=language)
    write(page, said.problem)
    first = page.get_by_role("button", name=said.article)
    first.wait_for()
    assert page.locator("triagem-help mark").count() > 0
    assert page.locator("triagem-help li .title").count() <= 3
    page.wait_for_timeout(1_200)
    first.click()
    expect(page.get_by_role("region", name=said.article)).to_contain_text("cache" if language == "pt-BR" else "sign")
    screenshot(page, f"form-{language}-opened")
    page.get_by_role("button", name=said.solved).click()
    expect(page.locator("triagem-help section:focus")).to_contain_text(said.thanks)
    eventually(lambda: place.reported(session_of(page)) == ["shown", "opened", "solved"])
    assert place.centre.sent == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_that_is_linked_opens_in_its_place_and_leads_back(
    place: Place, visitor: Visitor, language: str
) -> None:
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", width=Width.PHONE, locale=language)
    page.locator("textarea").fill(said.problem)
    page.get_by_role("button", name=said.article).click()
    article = page.get_by_role("region", name=said.article)
    assert article.locator("a:not([target=_blank])").count() == 0
    article.get_by_role("button", name=said.link).click()
    linked = page.get_by_role("region", name=said.linked)
    expect(linked.get_by_role("heading", name=said.linked)).to_be_visible()
    expect(linked).to_be_focused()
    screenshot(page, f"form-{language}-linked-phone")
    assert (barriers(page), overflowing(page)) == ([], 0)
    linked.get_by_role("button", name=said.article).click()
    expect(article.get_by_role("button", name=said.link)).to_be_visible()
    assert place.centre.sent == []


def test_an_article_that_comes_late_does_not_take_the_place_of_what_was_opened_since(
    place: Place, visitor: Visitor
) -> None:
    said, late = SAID["en"], list[Route]()
    page = visitor.open(f"{place.centre.address}/contact/en", locale="en")
    page.route("**/v1/suggest/articles/**", lambda route: route.continue_() if late else late.append(route))
    page.locator("textarea").fill(said.problem)
    title = page.get_by_role("button", name=said.article)
    for _ in ("opened", "closed", "opened again"):
        title.click()
    page.get_by_role("button", name=said.link).click()
    linked = page.get_by_role("region", name=said.linked)
    expect(linked.get_by_role("heading", name=said.linked)).to_be_visible()
    with page.expect_response("**/v1/suggest/articles/**"):
        late[0].continue_()
    page.wait_for_timeout(200)
    expect(linked.get_by_role("heading", name=said.linked)).to_be_visible()
    eventually(lambda: "opened" in place.reported(session_of(page)))
    assert place.reported(session_of(page)).count("opened") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_sends_anyway(place: Place, visitor: Visitor, language: str) -> None:
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", locale=language)
    page.locator("[name=subject]").fill("X")
    write(page, said.problem)
    page.get_by_role("button", name=said.article).wait_for()
    session = session_of(page)
    page.get_by_role("button", name=said.anyway).click()
    page.get_by_role("heading", name="Received").wait_for()
    assert place.centre.sent == [{"subject": "X", "message": said.problem, "login": "ana"}]
    eventually(lambda: {"rejected", "submitted"} <= set(place.reported(session)))


@pytest.mark.parametrize("language", LANGUAGES)
@each_trouble
def test_who_finds_the_answer_once_the_service_helps_again_does_not_send(
    place: Place, visitor: Visitor, language: str, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", locale=language)
    page.clock.install()
    place.station.turn(trouble)
    with page.expect_request("**/v1/suggest"):
        page.locator("textarea").fill(said.problem)
        page.clock.fast_forward(SOON_MS)
    page.wait_for_timeout(300)
    assert page.locator("triagem-help section").first.is_hidden()
    assert len(place.service.weather.calls) <= 1
    place.station.clear(trouble)
    page.clock.fast_forward(AGAIN_MS)
    page.get_by_role("button", name=said.article).wait_for()
    page.get_by_role("button", name=said.solved).click()
    expect(page.get_by_text(said.thanks)).to_be_visible()
    assert place.centre.sent == []


@pytest.mark.parametrize("language", LANGUAGES)
@each_trouble
def test_the_ticket_arrives_whatever_befalls_the_service(
    place: Place, visitor: Visitor, language: str, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    page = visitor.open(f"{place.centre.address}/contact/{language}", locale=language)
    page.locator("triagem-help").wait_for(state="attached")
    place.station.turn(trouble)
    write(page, SAID[language].problem)
    page.wait_for_timeout(600)
    assert page.locator("triagem-help section").first.is_hidden()
    arrives(page, place, SAID[language].problem, lambda: page.locator("form > button").click())
    place.station.clear(trouble)


@pytest.mark.parametrize("language", LANGUAGES)
@each_trouble
def test_who_sends_anyway_sends_whatever_befalls_the_service_meanwhile(
    place: Place, visitor: Visitor, language: str, trouble: Trouble
) -> None:
    visitor.expects("Failed to load resource")
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", locale=language)
    page.locator("textarea").fill(said.problem)
    page.get_by_role("button", name=said.article).wait_for()
    place.station.turn(trouble)
    arrives(page, place, said.problem, page.get_by_role("button", name=said.anyway).click)
    place.station.clear(trouble)


def arrives(page: Page, place: Place, problem: str, press: Callable[[], None]) -> None:
    """The company's own server gets the form at once, and once."""
    started = time.monotonic()
    press()
    page.get_by_role("heading", name="Received").wait_for()
    assert time.monotonic() - started < 6
    assert [form["message"] for form in place.centre.sent] == [problem]


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_facts_disappear_as_they_are_typed_and_a_hard_word_gets_a_kind_notice(
    place: Place, visitor: Visitor, language: str
) -> None:
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", width=Width.PHONE, locale=language)
    write(page, said.fault)
    page.get_by_text(said.asked).wait_for()
    write(page, said.told)
    page.get_by_text(said.asked_no_more).wait_for(state="detached")
    assert page.locator(".notice").is_hidden()
    write(page, said.insult)
    page.locator(".notice").wait_for()
    screenshot(page, f"form-{language}-facts-phone")
    assert barriers(page) == []


def test_where_nothing_helps_no_article_is_shown(place: Place, visitor: Visitor) -> None:
    page = visitor.open(f"{place.centre.address}/contact/pt-BR")
    write(page, "qual a previsão do tempo para o fim de semana em Gramado?")
    page.get_by_text("Você deve receber uma resposta").wait_for()
    assert page.locator("triagem-help li .title").count() == 0
    assert page.get_by_role("button", name="Isto resolveu").is_hidden()
    page.locator("textarea").fill("")
    page.locator("triagem-help section").first.wait_for(state="hidden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_alone_is_enough(place: Place, visitor: Visitor, language: str) -> None:
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/contact/{language}", locale=language)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(said.problem, delay=KEY_MS)
    page.get_by_role("button", name=said.article).wait_for()
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=said.article)).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("region", name=said.article).wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name=said.article)).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") == said.solved:
            break
    page.keyboard.press("Enter")
    expect(page.locator("triagem-help section:focus")).to_contain_text(said.thanks)


def test_what_appears_is_told_to_who_cannot_see_it_and_only_when_it_changes(place: Place, visitor: Visitor) -> None:
    page = visitor.open(f"{place.centre.address}/contact/en", locale="en")
    heard = page.locator("triagem-help [aria-live=polite]")
    write(page, SAID["en"].problem)
    expect(heard).to_have_text(re.compile(r"^\d articles? may help$"))
    page.evaluate(
        "const heard = document.querySelector('triagem-help').shadowRoot.querySelector('[aria-live]');"
        "window.told = 0; new MutationObserver(() => window.told++).observe(heard, {childList: true})"
    )
    write(page, ".")
    page.wait_for_timeout(800)
    assert page.evaluate("window.told") == 0


@pytest.mark.parametrize("width", list(Width))
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "language"), [("contact", "pt-BR"), ("ask", "en")])
def test_nobody_is_kept_out_and_nothing_is_cut(
    place: Place, visitor: Visitor, width: Width, scheme: str, name: str, language: str
) -> None:
    said = SAID[language]
    address = f"{place.centre.address}/{name}/{language}"
    page = visitor.open(address, width=width, locale=language, color_scheme=scheme)
    write(page, said.problem)
    page.get_by_role("button", name=said.article).click()
    page.get_by_role("region", name=said.article).get_by_role("paragraph").first.wait_for()
    assert barriers(page) == []
    assert overflowing(page) == 0
    screenshot(page, f"form-{name}-{language}-{width.name.lower()}-{scheme}")


def test_one_request_at_a_time_and_never_one_per_key(place: Place, visitor: Visitor) -> None:
    place.service.weather.delay_s = 0.3
    page = visitor.open(f"{place.centre.address}/contact/pt-BR")
    page.evaluate(
        "window.flying = window.most = window.made = 0; const plain = window.fetch;"
        "window.fetch = async (address, options) => {"
        "  if (!String(address).endsWith('/v1/suggest')) return plain(address, options);"
        "  window.made += 1; window.flying += 1; let over = false;"
        "  const end = () => { if (!over) { over = true; window.flying -= 1; } };"
        "  options.signal.addEventListener('abort', end);"
        "  window.most = Math.max(window.most, window.flying);"
        "  try { return await plain(address, options); } finally { end(); } }; null"
    )
    text = SAID["pt-BR"].problem[:16]
    for rhythm_ms in (10, 180, 450):
        page.locator("textarea").fill("")
        page.evaluate("window.made = 0")
        page.locator("textarea").press_sequentially(text, delay=rhythm_ms, timeout=60_000)
        page.wait_for_timeout(700)
        assert page.evaluate("window.most") == 1
        assert 1 <= page.evaluate("window.made") <= len(text) / 3, rhythm_ms


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_form_sends_a_ticket_that_agents_see(place: Place, visitor: Visitor, language: str) -> None:
    said = SAID[language]
    page = visitor.open(f"{place.centre.address}/ask/{language}", locale=language)
    write(page, said.problem)
    page.get_by_role("button", name=said.article).wait_for()
    expect(page.get_by_role("button", name=re.compile("Enviar|Send"))).to_have_count(1)
    page.get_by_role("button", name=said.send, exact=True).click()
    page.get_by_text("F-").wait_for()
    screenshot(page, f"form-{language}-sent")
    database = Database(place.service.data_dir)
    with database.read() as connection:
        newest = tickets.newest_open(connection, "main", limit=1)[0].ticket
    database.close()
    assert (newest.description, newest.channel) == (said.problem, "form")
    expect(page.get_by_text(newest.id)).to_be_visible()
    eventually(lambda: {"rejected", "submitted"} <= set(place.reported(session_of(page))))


@pytest.mark.parametrize(("language", "mark"), [("pt-BR", "(em inglês)"), ("en", "(in Portuguese)")])
def test_an_article_in_another_language_than_the_forms_says_so(
    place: Place, visitor: Visitor, language: str, mark: str
) -> None:
    own, other = (SAID[one] for one in (LANGUAGES if language == "pt-BR" else LANGUAGES[::-1]))
    page = visitor.open(f"{place.centre.address}/ask/{language}", locale=language)
    page.locator("textarea").fill(other.problem)
    title = page.get_by_role("button", name=f"{other.article} {mark}")
    title.wait_for()
    expect(title.locator("span")).to_have_attribute("lang", language)
    screenshot(page, f"form-{language}-foreign")
    assert barriers(page) == []
    page.locator("textarea").fill(own.problem)
    expect(page.get_by_role("button", name=own.article)).to_have_text(own.article)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_form_keeps_the_text_until_the_service_has_it(place: Place, visitor: Visitor, language: str) -> None:
    visitor.expects("Failed to load resource")
    said = SAID[language]
    place.service.weather.overloaded = True
    page = visitor.open(f"{place.centre.address}/ask/{language}", locale=language)
    write(page, said.problem)
    page.get_by_role("button", name=said.send, exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("texto" if language == "pt-BR" else "text is still here")
    screenshot(page, f"form-{language}-not-sent")
    page.reload()
    expect(page.locator("textarea")).to_have_value(said.problem)
    place.service.weather.overloaded = False
    page.get_by_role("button", name=said.send, exact=True).click()
    page.get_by_text("F-").wait_for()
    page.reload()
    expect(page.locator("textarea")).to_have_value("")


CLIPBOARD = ["clipboard-read", "clipboard-write"]
TROUBLES = {
    "pt-BR": ("Escreva o que aconteceu", "Cabem aqui 20.000 caracteres, e este texto tem 20.003."),
    "en": ("Say what happened", "There is room for 20,000 characters here, and this text has 20,003."),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_form_misses_is_said_until_somebody_writes(place: Place, visitor: Visitor, language: str) -> None:
    said, (empty, _) = SAID[language], TROUBLES[language]
    page = visitor.open(f"{place.centre.address}/ask/{language}", locale=language)
    alert = page.locator("triagem-help").get_by_role("alert")
    page.get_by_role("button", name=said.send, exact=True).click()
    expect(alert).to_contain_text(empty)
    page.locator("textarea").press_sequentially("o")
    expect(alert).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_is_too_long_is_kept_whole_and_not_sent(place: Place, visitor: Visitor, language: str) -> None:
    said, (_, too_long) = SAID[language], TROUBLES[language]
    page = visitor.open(f"{place.centre.address}/ask/{language}", locale=language, permissions=CLIPBOARD)
    box, help_ = page.locator("textarea"), page.locator("triagem-help")
    page.evaluate("navigator.clipboard.writeText('😀' + 'a'.repeat(19_999) + 'fim')")
    box.press("Control+v")
    expect(help_).to_contain_text(too_long)
    assert box.input_value().endswith("fim")
    expect(box).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name=said.send, exact=True).click()
    expect(box).to_be_focused()
    screenshot(page, f"form-{language}-too-long")
    assert barriers(page) == []
    assert "POST /v1/requests" not in place.service.weather.calls
    for _ in "fim":
        box.press("Backspace")
    expect(help_).not_to_contain_text(too_long)
    page.get_by_role("button", name=said.send, exact=True).click()
    page.get_by_text("F-").wait_for()
    database = Database(place.service.data_dir)
    with database.read() as connection:
        newest = tickets.newest_open(connection, "main", limit=1)[0].ticket
    database.close()
    assert len(newest.description) == 20_000


def test_without_the_script_the_pages_own_words_stand_there(place: Place, visitor: Visitor) -> None:
    page = visitor.open(f"{place.centre.address}/ask/pt-BR", java_script_enabled=False)
    expect(page.get_by_text("0800 000 000")).to_be_visible()


def test_a_key_of_another_page_leaves_the_form_as_it_is(place: Place, visitor: Visitor) -> None:
    visitor.expects("Failed to load resource")
    visitor.expects("blocked by CORS policy")
    right, place.centre.key = place.centre.key, form_key(place.service.data_dir, "https://elsewhere.example")
    page = visitor.open(f"{place.centre.address}/contact/pt-BR")
    place.centre.key = right
    write(page, SAID["pt-BR"].problem)
    page.wait_for_timeout(500)
    page.locator("form > button").click()
    page.get_by_role("heading", name="Received").wait_for()
    assert [form["message"] for form in place.centre.sent] == [SAID["pt-BR"].problem]
