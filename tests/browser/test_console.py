"""An administrator at the console: models, keys, imports, targets."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

from playwright.sync_api import Page, expect

from tests.browser.bench import Running, Visitor
from tests.browser.test_agent import each_language
from tests.browser.words import Words
from tests.waiting import eventually
from triagem.store import models, tickets
from triagem.store.database import Database
from triagem.types import Language

# A training of the sample on a busy machine.
PATIENCE_MS = 90_000


def answering(running: Running) -> dict[str, str]:
    database = Database(running.data_dir)
    with database.read() as connection:
        current = models.in_force(connection, "main")
    database.close()
    return current.assignments if current else {}


def go(page: Page, words: Words, room: str) -> None:
    page.get_by_role("link", name=words(f"room.{room}"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words(f"room.{room}"))


@each_language
def test_a_model_is_trained_compared_promoted_and_taken_back(own_desk: Running, visitor: Visitor, words: Words) -> None:
    before = answering(own_desk)
    page = visitor.open(f"{own_desk.address}/admin", locale=words.locale)
    go(page, words, "models")
    page.get_by_role("button", name=words("models.train")).click()
    page.wait_for_url("**/admin/runs/*")
    expect(page.get_by_role("status")).to_contain_text(words("run.done"), timeout=PATIENCE_MS)
    page.get_by_role("link", name="v2").click()
    verdicts = page.locator("#gate-card")
    expect(verdicts).to_contain_text(words("gate.passes"), timeout=PATIENCE_MS)
    page.get_by_role("link", name=words("models.report")).click()
    expect(page.locator(".report svg.chart").first).to_be_visible()
    page.go_back()
    page.get_by_label(words("models.why")).fill("Learned from <b>this</b> month's tickets")
    page.get_by_role("button", name=words("models.promote_go")).click()
    expect(page.get_by_role("status")).to_have_text(words("done.promoted"), timeout=PATIENCE_MS)
    assert set(answering(own_desk).values()) == {"v2"}
    page.goto(f"{own_desk.address}/admin/models/v2")
    expect(page.get_by_role("heading", level=1)).to_contain_text("v2")
    expect(page.get_by_text(words("gate.passes"))).to_have_count(0)  # what passed answers already
    go(page, words, "models")
    page.get_by_label(words("models.why")).fill("Too soon")
    page.get_by_role("button", name=words("models.rollback")).click()
    expect(page.get_by_role("status")).to_have_text(words("done.rolled_back"))
    assert answering(own_desk) == before
    go(page, words, "log")
    expect(page.locator("main")).to_contain_text("Too soon")
    expect(page.locator("main")).to_contain_text("Learned from <b>this</b> month's tickets")


def twin_of_the_model(running: Running, *, tickets_left: int) -> None:
    """Adds v2, the same as v1, and leaves so few tickets to compare them on."""
    folder = running.data_dir / "models" / "main"
    copytree(folder / "v1", folder / "v2")
    database = Database(running.data_dir)
    with database.write() as connection:
        models.add(connection, "main", replace(models.get(connection, "main", "v1"), version="v2"))
        tickets.remove(connection, "main", tickets.ids(connection, "main")[tickets_left:])
    database.close()


def test_a_promotion_that_nothing_proves_is_refused_and_the_reason_shown(own_desk: Running, visitor: Visitor) -> None:
    twin_of_the_model(own_desk, tickets_left=10)
    before = answering(own_desk)
    visitor.expects("409")
    page = visitor.open(f"{own_desk.address}/admin/models/v2")
    expect(page.locator("#gate-card")).to_contain_text("são necessários 30", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Promover esta versão").click()
    expect(page.get_by_role("alert")).to_contain_text("Não foi promovido")
    assert answering(own_desk) == before
    page.get_by_label("Mesmo sem prova").check()
    page.get_by_label("Motivo (fica no registro)").fill("Decisão da coordenação")
    page.get_by_role("button", name="Promover esta versão").click()
    expect(page.get_by_role("status")).to_have_text("Promovido: responde a partir do próximo pedido.")
    assert answering(own_desk)["category"] == "v2"


@each_language
def test_a_key_is_shown_once_opens_the_pages_and_is_revoked(own_desk: Running, visitor: Visitor, words: Words) -> None:
    page = visitor.open(f"{own_desk.address}/admin/keys", locale=words.locale)
    page.get_by_label(words("keys_room.name")).fill("Ana")
    page.get_by_role("checkbox", name="admin").check()
    page.get_by_role("button", name=words("keys_room.make_go")).click()
    token = page.get_by_label(words("sign_in.key"), exact=True).input_value()
    assert token.startswith("trg_")
    page.wait_for_timeout(2_100)  # so long the service remembers that there was no key
    page.goto(f"{own_desk.address}/admin/keys")
    page.wait_for_url("**/sign-in?next=/admin/keys")
    expect(page.get_by_label(words("sign_in.key"), exact=True)).to_be_focused()
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("room.keys"))
    assert token not in page.content()
    page.get_by_label(words("keys_room.name")).fill("Bia")
    page.get_by_role("checkbox", name="triage").check()
    page.get_by_role("button", name=words("keys_room.make_go")).click()
    agents = page.get_by_label(words("sign_in.key"), exact=True).input_value()
    page.get_by_role("button", name=words("keys_room.revoke")).click()
    expect(page.get_by_text(words("keys_room.revoke"), exact=True)).to_have_count(0)
    page.get_by_role("button", name=words("frame.sign_out")).click()
    page.wait_for_url("**/sign-in")
    visitor.expects("403")
    page.get_by_label(words("sign_in.key"), exact=True).fill(agents)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(words("sign_in.unknown"))


@each_language
def test_a_file_is_imported_line_by_line_under_the_administrators_eyes(
    own_desk: Running, visitor: Visitor, words: Words, tmp_path: Path
) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.csv"
    file.write_text(
        "id,created_at,subject,description,category\n"
        "N-1,2026-11-01T10:00:00Z,Sem sinal,A internet caiu de novo,network\n"
        "N-2,not a date,Sem data,Esta linha tem um erro,network\n",
        encoding="utf-8",
    )
    page = visitor.open(f"{own_desk.address}/admin/imports", locale=words.locale)
    page.get_by_label(words("imports.file"), exact=True).set_input_files(file)
    page.get_by_role("button", name=words("imports.go")).click()
    page.wait_for_url("**/admin/runs/*")
    expect(page.get_by_role("status")).to_contain_text(words("run.partly"), timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text(words("run.counts", added=1, updated=0, unchanged=0, refused=1))
    expect(page.locator("main")).to_contain_text(words("run.line", number=3))
    said = "created_at precisa ser uma data como" if words.language is Language.PT else "must be an ISO 8601 date"
    expect(page.locator("main")).to_contain_text(said)
    # Deleted once the process that read it has ended.
    eventually(lambda: not any((own_desk.data_dir / "uploads").iterdir()))
    page.goto(f"{own_desk.address}/agent/tickets/N-1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sem sinal")


@each_language
def test_the_effect_of_a_target_is_seen_before_it_is_set(own_desk: Running, visitor: Visitor, words: Words) -> None:
    page = visitor.open(f"{own_desk.address}/admin/targets/category", locale=words.locale)
    expect(page.locator("svg.chart")).to_be_visible()
    expect(page.get_by_label(words("targets.auto"))).to_have_value("95")
    page.get_by_label(words("targets.auto")).fill("85")
    page.get_by_label(words("targets.preselect")).fill("70")
    page.get_by_role("button", name=words("targets.preview")).click()
    expect(page.get_by_role("heading", name=words("targets.effect"))).to_be_visible()
    page.get_by_label(words("models.why")).fill("Agents check everything this week")
    page.get_by_role("button", name=words("targets.apply")).click()
    page.wait_for_url("**/admin/targets/category")
    expect(page.locator("main")).to_contain_text(words("targets.now", auto="85%", preselect="70%"))


def test_the_labels_are_looked_at_and_lead_to_the_tickets(own_desk: Running, visitor: Visitor) -> None:
    page = visitor.open(f"{own_desk.address}/admin/labels")
    page.get_by_role("button", name="Examinar agora").click()
    page.wait_for_url("**/admin/runs/*")
    expect(page.get_by_role("status")).to_contain_text("concluído", timeout=PATIENCE_MS)
    page.goto(f"{own_desk.address}/admin/labels")
    doubts = page.locator("section", has=page.locator("#l-category")).locator("details").first
    doubts.locator("summary").click()
    doubts.get_by_role("link").first.click()
    expect(page.locator("#fields")).to_be_visible()


def test_a_run_is_cancelled_while_it_goes_on(own_desk: Running, visitor: Visitor) -> None:
    page = visitor.open(f"{own_desk.address}/admin/models")
    page.get_by_role("button", name="Treinar").click()
    page.wait_for_url("**/admin/runs/*")
    page.get_by_role("button", name="Cancelar").click()
    expect(page.get_by_role("status")).to_contain_text("cancelado", timeout=PATIENCE_MS)
    assert "v2" not in answering(own_desk).values()
