"""The first page: a newcomer is walked through the three faces with something to type."""

import pytest
from playwright.sync_api import expect

from tests.browser.bench import Running, Visitor, Width, barriers, overflowing, screenshot
from triagem.store import keys
from triagem.store.database import Database
from triagem.store.keys import Scope

HEADINGS = {"pt-BR": "Triagem em três páginas", "en": "Triagem in three pages"}
DEVICE = {"pt-BR": " no Android 14", "en": " on Android 14"}
NEXT_FACT = {"pt-BR": "Qual é a versão", "en": "Which version"}
FOUND = {"pt-BR": "Não consigo entrar depois de trocar a senha", "en": "Can't sign in after changing your password"}


@pytest.mark.parametrize("language", list(HEADINGS))
@pytest.mark.parametrize("width", list(Width))
def test_the_examples_do_what_the_tour_promises(desk: Running, visitor: Visitor, language: str, width: Width) -> None:
    page = visitor.open(desk.address, width=width, locale=language)
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS[language])
    known, facts, stranger = page.locator(".example").all()
    known.click()
    page.get_by_role("button", name=FOUND[language]).wait_for()
    assert barriers(page) == []
    assert overflowing(page) == 0
    screenshot(page, f"tour-{language}-{width.name.lower()}")
    facts.click()
    expect(page.get_by_text("Android, iPhone, Windows")).to_be_visible()
    typed = page.locator("triagem-help textarea")
    typed.fill(typed.input_value() + DEVICE[language])
    expect(page.get_by_text("Android, iPhone, Windows")).to_have_count(0)
    expect(page.get_by_text(NEXT_FACT[language])).to_be_visible()
    stranger.click()
    page.get_by_role("button", name=FOUND[language]).wait_for(state="detached")
    expect(page.locator("triagem-help .title")).to_have_count(0)


def test_what_is_sent_on_the_tour_is_found_at_the_agents(desk: Running, visitor: Visitor) -> None:
    page = visitor.open(desk.address, locale="en")
    page.locator(".example").first.click()
    page.get_by_role("button", name="Send", exact=True).click()
    number = page.get_by_text("F-").inner_text().split("F-")[1][:10]
    page.get_by_role("link", name="Go to the agent's page").click()
    page.wait_for_url("**/agent?order=newest")
    assert f"F-{number}" in page.content()


def test_the_switch_changes_the_language_and_is_remembered(desk: Running, visitor: Visitor) -> None:
    page = visitor.open(desk.address, locale="pt-BR")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS["en"])
    page.goto(desk.address)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("triagem-help").get_by_text("What happened?")).to_be_visible()


@pytest.mark.parametrize("where", ["/agent", "/admin", "/docs"])
def test_the_tour_leads_to_every_other_page(desk: Running, visitor: Visitor, where: str) -> None:
    page = visitor.open(desk.address, locale="pt-BR")
    page.locator(f"main a[href^='{where}'].button").click()
    page.wait_for_url(f"**{where}**")
    expect(page.locator("h1, h2").first).to_be_visible()


def test_with_keys_the_tour_says_how_a_form_gets_its_own(own_desk: Running, visitor: Visitor) -> None:
    database = Database(own_desk.data_dir)
    with database.write() as connection:
        keys.create(connection, "main", name="form", scopes=[Scope.ADMIN], actor="a test")
    database.close()
    page = visitor.open(own_desk.address, locale="pt-BR")
    expect(page.get_by_text(f"triagem keys create --scope suggest --origin {own_desk.address}")).to_be_visible()
    assert page.locator("triagem-help").count() == 0
    assert barriers(page) == []
