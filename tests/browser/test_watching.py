"""An administrator looks after what answers: what corrections closed, what would change, what failed."""

import pytest
from playwright.sync_api import expect

from tests.browser.bench import Running, Visitor, Width, barriers, overflowing, screenshot
from tests.browser.test_agent import each_language
from tests.browser.words import Words
from triagem.errors import Failure, InvalidInput
from triagem.store import choices, runs
from triagem.store.choices import Choice
from triagem.store.database import Database
from triagem.store.runs import RunKind, Worker


def close_by_hand(running: Running, names: list[str]) -> None:
    """Closes categories of v1, as the watch over corrections does."""
    database = Database(running.data_dir)
    with database.write() as connection:
        choices.put(connection, "main", Choice.CLOSED, {"v1": {"category": {"auto": names}}})
    database.close()


@each_language
def test_what_corrections_closed_is_opened_again_with_a_reason(
    own_desk: Running, visitor: Visitor, words: Words
) -> None:
    close_by_hand(own_desk, ["account", "billing"])
    for width in Width:
        page = visitor.open(f"{own_desk.address}/admin/quality", width=width, locale=words.locale)
        screenshot(page, f"quality-closed-{words.language.value}-{width.name.lower()}")
        assert (barriers(page), overflowing(page)) == ([], 0)
    card = page.locator("section", has=page.locator("#q-category"))
    expect(card).to_contain_text("account, billing")
    card.get_by_label(words("models.why")).fill("Corrected by mistake")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(words("done.reopened"))
    expect(card).not_to_contain_text("account, billing")
    page.goto(f"{own_desk.address}/admin/log")
    expect(page.locator("main")).to_contain_text(words("action.reopen_class"))
    expect(page.locator("main")).to_contain_text("Corrected by mistake")


@each_language
def test_what_another_target_would_change_is_seen_ticket_by_ticket(
    desk: Running, visitor: Visitor, words: Words
) -> None:
    page = visitor.open(f"{desk.address}/admin/targets/category?auto=85&preselect=70", locale=words.locale)
    page.get_by_role("link", name=words("replay.open")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words("replay.title"))
    page.get_by_label(words("replay.last")).select_option("50")
    page.get_by_role("button", name=words("replay.go")).click()
    page.wait_for_url("**last=50**")
    changed = page.locator("section", has=page.locator("#changes")).locator("li")
    expect(changed.first).to_contain_text(words("replay.label"))
    subject = changed.first.get_by_role("link").inner_text()
    changed.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)


def test_a_run_that_failed_says_what_to_do_before_it_speaks_english(own_desk: Running, visitor: Visitor) -> None:
    database = Database(own_desk.data_dir)
    with database.write() as connection:
        run = runs.queue(connection, "main", kind=RunKind.AUDIT, parameters={})
    with pytest.raises(InvalidInput), Worker(database, "main", run):
        raise InvalidInput("Desk 'main' has no labelled tickets to look at.", failure=Failure.NOTHING_LABELLED)
    database.close()
    for width in Width:
        page = visitor.open(f"{own_desk.address}/admin/runs/{run.id}", width=width)
        screenshot(page, f"run-failed-{width.name.lower()}")
        assert (barriers(page), overflowing(page)) == ([], 0)
    expect(page.locator("main .notice")).to_contain_text("Importe chamados já atendidos")
    expect(page.locator("main [lang=en]")).to_have_text("Desk 'main' has no labelled tickets to look at.")
