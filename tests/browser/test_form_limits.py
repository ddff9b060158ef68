"""A form whose key has a contract and a pace: what it sends is under that contract, and too much is kept back."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.bench import Visitor, barriers, screenshot, serve
from tests.browser.help_centre import HelpCentre, help_centre
from triagem.store import keys, tickets
from triagem.store.database import Database
from triagem.store.keys import Scope

SAID = {
    "pt-BR": ("o wifi da filial caiu", "Enviar", "Recebemos", "Escrever outro", "Seu texto continua aqui"),
    "en": ("the branch office has no wifi", "Send", "We have got", "Write another", "Your text is still here"),
}


@pytest.fixture
def portal(sample_desk: Path, tmp_path: Path) -> Iterator[tuple[HelpCentre, Path]]:
    """A customers' portal under the contract `business`, from which one request a minute may be sent."""
    data_dir = tmp_path / "data"
    shutil.copytree(sample_desk, data_dir)
    with ExitStack() as stack:
        centre = stack.enter_context(help_centre())
        database = Database(data_dir)
        with database.write() as connection:
            _, centre.key = keys.create(
                connection,
                "main",
                name="portal",
                scopes=[Scope.SUGGEST],
                origins=[centre.address],
                contract="business",
                actor="a test",
            )
        database.close()
        centre.service = stack.enter_context(serve(data_dir, form_sends_per_minute=1)).address
        yield centre, data_dir


@pytest.mark.parametrize("language", SAID)
def test_the_contract_is_the_keys_and_what_is_too_much_stays_in_the_form(
    portal: tuple[HelpCentre, Path], visitor: Visitor, language: str
) -> None:
    centre, data_dir = portal
    problem, send, received, another, kept = SAID[language]
    visitor.expects("429")
    page = visitor.open(f"{centre.address}/ask/{language}", locale=language)
    page.locator("textarea").fill(problem)
    page.get_by_role("button", name=send, exact=True).click()
    expect(page.locator("triagem-help section:focus")).to_contain_text(received)
    page.get_by_role("button", name=another).click()
    page.locator("textarea").fill(f"{problem} 2")
    page.get_by_role("button", name=send, exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(kept)
    assert page.locator("textarea").input_value() == f"{problem} 2"
    screenshot(page, f"form-too-fast-{language}")
    assert barriers(page) == []
    database = Database(data_dir)
    with database.read() as connection:
        newest = [one.ticket for one in tickets.newest_open(connection, "main", limit=2)]
    database.close()
    assert (newest[0].description, newest[0].contract) == (problem, "business")
    assert newest[1].description != f"{problem} 2"
