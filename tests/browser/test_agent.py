"""An agent at the queue: by mouse, by keyboard alone, and without any script."""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import Running, Visitor, Width, barriers, overflowing, screenshot
from tests.browser.words import BOTH, Words
from triagem.store import events, tickets
from triagem.store.database import Database
from triagem.store.events import EventKind
from triagem.triage.learnable import learnable
from triagem.types import Language

PIX = {"subject": "Pix", "description": "paguei no pix ontem e o pedido ta pendente ainda, aparece PAG-203"}
CARD = {"subject": "Charged twice", "description": "My card was charged twice for the same order this month."}
each_language = pytest.mark.parametrize("words", BOTH, ids=lambda words: words.language.value)


def sent(running: Running, request: dict[str, str], **also: str) -> str:
    """The ticket's id of a request that came through the form."""
    body = json.dumps({**request, **also}).encode()
    asked = urllib.request.Request(
        f"{running.address}/v1/requests", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        ticket_id: str = json.load(answer)["ticket_id"]
    return ticket_id


def learned_labels(running: Running, ticket_id: str) -> dict[str, str | None]:
    """What the next training would learn of a ticket."""
    database = Database(running.data_dir)
    with database.read() as connection:
        found = [one.ticket for one in learnable(connection, "main").tickets if one.ticket.id == ticket_id]
    database.close()
    return {"category": found[0].category, "team": found[0].team} if found else {}


def triages_of(running: Running, ticket_id: str) -> int:
    database = Database(running.data_dir)
    with database.read() as connection:
        said = events.newest(connection, "main", kind=EventKind.TRIAGE, limit=1000)
    database.close()
    return sum(one.subject_id == ticket_id for one in said)


def field(page: Page, name: str) -> Any:
    return page.locator(f"#field-{name}")


@each_language
def test_a_corrected_category_is_in_the_next_training_set(desk: Running, visitor: Visitor, words: Words) -> None:
    request = PIX if words.language is Language.PT else CARD
    ticket_id = sent(desk, request)
    page = visitor.open(f"{desk.address}/agent?need=undecided", locale=words.locale)
    page.get_by_role("link", name=request["subject"], exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(request["subject"])
    expect(field(page, "category")).to_contain_text("billing")
    assert learned_labels(desk, ticket_id) == {}
    page.get_by_label(words("ticket.right_value", field=words("field.category"))).select_option("orders")
    field(page, "category").get_by_role("button", name=words("ticket.correct")).last.click()
    expect(page.get_by_role("status")).to_have_text(words("done.corrected"))
    expect(field(page, "category")).to_contain_text(words("mode.decided"))
    assert learned_labels(desk, ticket_id) == {"category": "orders", "team": None}


@each_language
def test_the_keyboard_alone_is_enough(desk: Running, visitor: Visitor, words: Words) -> None:
    ticket_id = sent(desk, PIX if words.language is Language.PT else CARD, requester="r-0171")
    page = visitor.open(f"{desk.address}/agent", locale=words.locale)
    page.get_by_role("link", name=words("order.newest")).press("Enter")
    expect(page.get_by_role("link", name=words("order.newest"))).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text(ticket_id)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("1")
    expect(page.get_by_role("status")).to_have_text(words("done.accepted"))
    page.keyboard.press("r")
    expect(page.locator("#value-team")).to_be_focused()
    page.keyboard.type("log")  # a list opens its value that begins so
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(words("done.corrected"))
    assert learned_labels(desk, ticket_id) == {"category": "billing", "team": "logistics"}
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_contain_text(words("queue.title"))
    page.keyboard.press("/")
    page.keyboard.type(ticket_id)
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)


@each_language
def test_three_keys_close_a_ticket_with_the_article_that_solved_it(
    desk: Running, visitor: Visitor, words: Words
) -> None:
    ticket_id = sent(desk, PIX if words.language is Language.PT else CARD)
    for width in Width:
        page = visitor.open(f"{desk.address}/agent/tickets/{ticket_id}", locale=words.locale, width=width)
        expect(page.get_by_role("group", name=words("ticket.solved_by"))).to_be_visible()
        assert (overflowing(page), barriers(page)) == (0, [])
        screenshot(page, f"closing-{words.language.value}-{width.name.lower()}")
    first = page.get_by_role("group", name=words("ticket.solved_by")).get_by_role("checkbox").first
    title, article_id = first.locator("xpath=..").inner_text().strip(), first.get_attribute("value")
    page.keyboard.press("s")
    expect(first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(words("done.closed"))
    expect(page.get_by_role("heading", name=words("ticket.solved_by"))).to_be_visible()
    expect(page.locator("article")).to_contain_text(title)
    screenshot(page, f"closed-{words.language.value}")
    database = Database(desk.data_dir)
    with database.read() as connection:
        stored = tickets.get(connection, "main", ticket_id)
    database.close()
    assert stored is not None and stored.article_ids == (article_id,)


def test_shortcuts_are_silent_while_somebody_types_and_when_they_are_switched_off(
    desk: Running, visitor: Visitor
) -> None:
    ticket_id = sent(desk, PIX)
    page = visitor.open(f"{desk.address}/agent/tickets/{ticket_id}")
    page.get_by_label("O que resolveu").press_sequentially("a1")
    assert page.get_by_label("O que resolveu").input_value() == "a1"
    assert learned_labels(desk, ticket_id) == {}
    page.get_by_role("button", name="Atalhos").click()
    page.get_by_label("Atalhos de uma tecla ligados").uncheck()
    page.get_by_role("button", name="Fechar").click()
    page.locator("h1").click()
    page.keyboard.press("1")
    page.reload()
    page.keyboard.press("1")
    assert learned_labels(desk, ticket_id) == {}


@each_language
def test_without_a_script_everything_works_as_plain_forms(desk: Running, visitor: Visitor, words: Words) -> None:
    ticket_id = sent(desk, PIX if words.language is Language.PT else CARD)
    page = visitor.open(f"{desk.address}/agent/tickets/{ticket_id}", locale=words.locale, java_script_enabled=False)
    page.get_by_role("button", name=words("ticket.accept_all")).click()
    expect(page.get_by_role("status")).to_have_text(words("done.accepted"))
    assert learned_labels(desk, ticket_id)["category"] == "billing"
    field(page, "category").get_by_role("link", name=words("ticket.why")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words("evidence.title"))
    expect(page.locator("#evidence")).to_contain_text("billing")
    page.go_back()
    page.get_by_label(words("ticket.resolution_label")).fill("Payment found, order released.")
    page.get_by_role("button", name=words("ticket.close_now")).click()
    expect(page.get_by_role("status")).to_have_text(words("done.closed"))
    page.goto(f"{desk.address}/agent?q={ticket_id}")
    expect(page.get_by_text(words("queue.nothing"))).to_be_visible()
    assert learned_labels(desk, ticket_id)["category"] == "billing"
    page.get_by_role("link", name=ticket_id).click()
    page.get_by_role("button", name=words("ticket.reopen")).click()
    expect(page.get_by_role("status")).to_have_text(words("done.ticket_reopened"))
    page.goto(f"{desk.address}/agent?q={ticket_id}")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_box_that_was_made_larger_breaks_no_policy_when_the_page_is_exchanged(
    desk: Running, visitor: Visitor
) -> None:
    page = visitor.open(f"{desk.address}/agent/tickets/{sent(desk, PIX)}")
    # What a browser does when somebody drags the box's corner.
    page.locator("#resolution").evaluate("box => { box.style.height = '300px' }")
    page.keyboard.press("1")
    expect(page.get_by_role("status")).to_have_text("Aceito. Conta como exemplo no próximo treino.")


def test_the_question_is_in_the_requesters_language_and_copied_with_one_key(desk: Running, visitor: Visitor) -> None:
    fault = {"subject": "App closes", "description": "The app closes by itself when I open the camera, it is broken."}
    ticket_id = sent(desk, fault, language="en")
    page = visitor.open(f"{desk.address}/agent/tickets/{ticket_id}", permissions=["clipboard-read", "clipboard-write"])
    question = page.get_by_label("Pergunta pronta").input_value()
    assert question.startswith("Hello, and thank you for writing.")
    assert "?" in question
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Copiado")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == question


def test_why_is_told_in_place_and_looking_twice_is_one_triage(desk: Running, visitor: Visitor) -> None:
    ticket_id = sent(desk, PIX, requester="r-0171")
    page = visitor.open(f"{desk.address}/agent/tickets/{ticket_id}")
    field(page, "category").get_by_role("link", name="Por quê?").click()
    expect(page.locator("#evidence-category")).to_contain_text("O mais provável é billing")
    assert page.url.endswith(ticket_id)
    expect(page.locator("section", has=page.locator("#history")).get_by_role("listitem").first).to_be_visible()
    expect(page.locator("section", has=page.locator("#similar")).get_by_role("listitem").first).to_be_visible()
    page.reload()
    assert triages_of(desk, ticket_id) == 1


def test_the_queue_is_narrowed_by_team_need_and_words(desk: Running, visitor: Visitor) -> None:
    page = visitor.open(f"{desk.address}/agent", width=Width.PHONE)
    every = page.locator("[data-row]").count()
    page.get_by_label("Equipe").select_option("finance")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"de {every} em aberto")
    finance = page.locator("[data-row]").count()
    assert 0 < finance < every
    page.get_by_role("searchbox").fill("BOLETO não")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row]")).to_have_text("boleto pago nao compensou")
