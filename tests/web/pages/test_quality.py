"""The quality page, where what corrections have closed is opened again, and the page of what the form spared."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.library.triage.handmade import ENCODER, handmade, publish
from tests.library.triage.proof import evidence
from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import audit, choices
from triagem.store.audit import Action
from triagem.store.choices import Choice
from triagem.store.database import Database
from triagem.triage.targets import closed_classes
from triagem.triage.triager import Triager
from triagem.triage.watch import close_broken

INVOICE = {"subject": "the invoice is wrong"}
PAGE = "/admin/quality"


@pytest.fixture
def closed(client: TestClient, open_site: Site) -> Iterator[Database]:
    """A desk whose class `billing` is filled no more, because three of five answers were corrected."""
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade(evidence=evidence()))
    for value in ("network", "billing", "network", "billing", "network"):
        triage_id = client.post("/v1/triage", json=INVOICE).json()["triage_id"]
        said = {"triage_id": triage_id, "event": "corrected", "actor": "ana", "field": "category", "value": value}
        client.post("/v1/feedback", json=said)
    assert [one.name for one in close_broken(database, Triager(database, ENCODER), "main")] == ["billing"]
    yield database
    database.close()


@pytest.mark.parametrize(
    ("locale", "value"),
    [("pt-BR", "1 opção fechada pelas correções."), ("en", "1 value closed by corrections.")],
)
def test_what_was_closed_stands_among_what_needs_attention_until_it_is_reopened(
    client: TestClient, closed: Database, locale: str, value: str
) -> None:
    reader = Reader(client, locale)

    def told() -> list[str]:
        return re.findall(r'<a href="/admin/quality">([^<]*\.)</a>', reader.get("/admin").text)

    assert told() == [value]
    # A class that is closed in both modes is one class.
    with closed.write() as connection:
        both = {"auto": ["billing"], "preselect": ["billing"]}
        choices.put(connection, "main", Choice.CLOSED, {"v1": {"category": both}})
    assert told() == [value]
    reader.send(f"{PAGE}/category/reopen", {"why": "Ana testava o botão"}, of=PAGE)
    assert told() == []


def test_a_closed_class_is_reopened_with_a_reason_that_the_log_keeps(client: TestClient, closed: Database) -> None:
    reader = Reader(client)
    assert "Fechadas pelas correções (Preenchido): billing" in text_of(reader.get(PAGE))
    done = reader.send(f"{PAGE}/category/reopen", {"why": "Ana testava o botão"}, of=PAGE)
    assert (done.status_code, done.headers["location"]) == (303, "/admin/quality?done=reopened")
    after = text_of(reader.get(done.headers["location"]))
    assert "Reaberto: vale a partir do próximo pedido." in after
    assert "Fechadas pelas correções" not in after
    assert client.post("/v1/triage", json=INVOICE).json()["fields"]["category"]["mode"] == "auto"
    with closed.read() as connection:
        entry = audit.newest_first(connection, "main", limit=1)[0]
    assert (entry.actor, entry.action, entry.subject) == ("loopback", Action.REOPEN_CLASS, "category")
    assert entry.why == "Ana testava o botão"
    reader.send(f"{PAGE}/category/reopen", {"why": "Ana testava o botão"}, of="/admin/keys")
    with closed.read() as connection:
        assert audit.newest_first(connection, "main", limit=1)[0].id == entry.id


def test_what_one_person_alone_speaks_against_is_named_and_stays_open(client: TestClient, open_site: Site) -> None:
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade(evidence=evidence()))
    for actor in ("bia", *["mallory"] * 8):
        triage_id = client.post("/v1/triage", json=INVOICE).json()["triage_id"]
        said = {"triage_id": triage_id, "event": "corrected", "actor": actor, "field": "category", "value": "network"}
        client.post("/v1/feedback", json=said)
    assert close_broken(database, Triager(database, ENCODER), "main") == []
    database.close()
    assert client.get("/v1/insights/quality").json()["fields"][0]["alarms"] == ["doubted"]
    shown = text_of(Reader(client).get(PAGE))
    assert "Postas em dúvida (Preenchido): billing" in shown
    assert "dependem do que uma só pessoa disse" in shown


def test_without_a_reason_nothing_is_reopened(client: TestClient, closed: Database) -> None:
    refused = Reader(client).send(f"{PAGE}/category/reopen", {"why": "  "}, of=PAGE)
    assert refused.status_code == 422
    assert "Diga o motivo" in text_of(refused)
    assert f'action="{PAGE}/category/reopen"' in refused.text
    assert "Fechadas pelas correções (Preenchido): billing" in text_of(refused)
    assert f'href="{PAGE}?lang=en"' in refused.text
    with closed.read() as connection:
        assert closed_classes(connection, "main") == {"v1": {"category": {"auto": ["billing"]}}}


def test_the_bars_of_what_became_of_sessions_add_up_to_all_of_them(client: TestClient) -> None:
    for session, said in [("a", "solved"), ("b", "submitted"), ("c", "opened"), ("d", "shown"), ("e", "shown")]:
        asked = {"description": "nao consigo entrar na minha conta depois de trocar a senha", "session_id": session}
        answer = client.post("/v1/suggest", json=asked).json()
        client.post("/v1/feedback", json={"suggestion_id": answer["suggestion_id"], "event": said})
    shown = Reader(client).get("/admin/deflection").text
    bars = re.findall(r'<text class="name"[^>]*>([^<]+)</text><rect[^>]*/><text[^>]*>(\d+) \((\d+)%\)', shown)
    assert bars == [
        ("Resolvidas, como dito", "1", "20"),
        ("Resolvidas, ao que parece", "0", "0"),
        ("Desmentidas", "0", "0"),
        ("Enviaram o pedido", "1", "20"),
        ("Saíram sem abrir nem enviar", "0", "0"),
        ("Ainda podem enviar", "3", "60"),
    ]
