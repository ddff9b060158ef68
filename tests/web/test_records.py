"""Articles and tickets, put, read and taken out one at a time."""

from datetime import UTC, datetime

from starlette.testclient import TestClient

from tests.web.conftest import Site
from triagem.encoder.hashing import HashingEncoder
from triagem.search.ingest import Incoming, Ingest
from triagem.store import articles, tickets
from triagem.store.database import Database
from triagem.types import Article, Ticket

TICKET = {"created_at": "2026-02-01T10:00:00-03:00", "subject": "Câmera offline", "category": "devices"}


def test_an_article_is_in_the_very_next_answer(client: TestClient) -> None:
    body = {"title": "Fatura em duplicidade", "markdown": "Pedimos o estorno da fatura cobrada duas vezes."}
    assert client.put("/v1/articles/pt/fatura", json=body).status_code == 201
    shown = client.post("/v1/suggest", json={"description": "fatura cobrada duas vezes, em duplicidade"}).json()
    assert shown["articles"][0]["article_id"] == "pt/fatura"


def test_an_article_comes_back_as_it_was_put(client: TestClient) -> None:
    body = {
        "title": "Nota fiscal",
        "html": "<p>Baixe a nota no site.</p>",
        "language": "pt-BR",
        "kind": "faq",
        "audience": "internal",
        "category": "billing",
        "tags": ["nota", "fiscal"],
        "url": "https://help.example.com/nota",
        "updated_at": "2026-01-02T03:04:05Z",
    }
    client.put("/v1/articles/nota", json=body)
    stored = client.get("/v1/articles/nota").json()
    assert stored == {
        **body,
        "language": "pt",
        "id": "nota",
        "markdown": None,
        "text": None,
        "plain": "Baixe a nota no site.",
    }


def test_putting_the_same_article_again_changes_nothing(client: TestClient) -> None:
    body = {"title": "A", "text": "Um texto."}
    assert client.put("/v1/articles/a", json=body).json() == {"id": "a", "outcome": "added"}
    assert client.put("/v1/articles/a", json=body).json() == {"id": "a", "outcome": "unchanged"}
    second = client.put("/v1/articles/a", json={**body, "text": "Outro texto."})
    assert (second.status_code, second.json()["outcome"]) == (200, "updated")


def test_a_deleted_article_is_gone_from_the_very_next_answer(client: TestClient) -> None:
    assert client.delete("/v1/articles/pt/entrar").status_code == 204
    assert client.get("/v1/articles/pt/entrar").status_code == 404
    hits = client.get("/v1/search", params={"q": "não consigo entrar senha"}).json()["hits"]
    assert "pt/entrar" not in [hit["id"] for hit in hits]
    assert client.delete("/v1/articles/pt/entrar").status_code == 404


def test_a_ticket_is_put_read_and_taken_out(client: TestClient) -> None:
    assert client.put("/v1/tickets/T-9", json=TICKET).status_code == 201
    stored = client.get("/v1/tickets/T-9").json()
    assert (stored["subject"], stored["category"], stored["type"]) == ("Câmera offline", "devices", None)
    assert stored["created_at"] == "2026-02-01T13:00:00Z"
    assert client.delete("/v1/tickets/T-9").status_code == 204
    assert client.get("/v1/tickets/T-9").status_code == 404


def test_a_time_without_an_offset_is_the_desks(client: TestClient) -> None:
    client.put("/v1/tickets/T-9", json={**TICKET, "created_at": "2026-02-01T10:00:00"})
    assert client.get("/v1/tickets/T-9").json()["created_at"] == "2026-02-01T13:00:00Z"
    client.put("/v1/articles/a", json={"title": "A", "text": "Um texto.", "updated_at": "2026-04-09"})
    assert client.get("/v1/articles/a").json()["updated_at"] == "2026-04-09T03:00:00Z"


def test_a_ticket_closed_before_it_was_opened_is_refused(client: TestClient) -> None:
    answer = client.put("/v1/tickets/T-9", json={**TICKET, "closed_at": "2026-01-31T10:00:00Z"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "closed_at lies before created_at.")


def test_personal_data_of_a_ticket_is_not_kept(client: TestClient) -> None:
    client.put("/v1/tickets/T-9", json={**TICKET, "description": "Meu e-mail é ana@example.com"})
    assert "ana@example.com" not in client.get("/v1/tickets/T-9").text


def test_an_article_of_nearly_one_mebibyte_is_taken(client: TestClient) -> None:
    body = {"title": "Longo", "text": "palavra comum. " * 60_000}
    assert client.put("/v1/articles/longo", json=body).status_code == 201


def test_an_id_may_hold_slashes_and_accents(client: TestClient) -> None:
    assert client.put("/v1/articles/pt/conta/redefinição", json={"title": "A", "text": "B"}).status_code == 201
    assert client.get("/v1/articles/pt/conta/redefinição").json()["id"] == "pt/conta/redefinição"


def test_an_id_is_one_however_its_accents_are_spelt(client: TestClient) -> None:
    composed, decomposed = "guia/caf\u00e9", "guia/cafe\u0301"
    body = {"title": "Café", "text": "Como fazer café."}
    assert client.put(f"/v1/articles/{decomposed}", json=body).json() == {"id": composed, "outcome": "added"}
    assert client.put(f"/v1/articles/{composed}", json=body).json() == {"id": composed, "outcome": "unchanged"}
    assert client.get(f"/v1/articles/{decomposed}").json()["id"] == composed
    ticket = {"created_at": "2026-01-05T10:00:00Z", "subject": "Café frio", "article_ids": [decomposed]}
    assert client.put(f"/v1/tickets/{decomposed}", json=ticket).json()["id"] == composed
    assert client.get(f"/v1/tickets/{composed}").json()["article_ids"] == [composed]
    assert client.delete(f"/v1/articles/%20{decomposed}").status_code == 204
    assert client.get(f"/v1/articles/{composed}").status_code == 404


def test_what_was_stored_before_ids_were_composed_can_be_read_replaced_and_taken_out(
    client: TestClient, open_site: Site
) -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    ingest = Ingest(Database(open_site.data_dir), HashingEncoder(), desk="main")
    ingest.put_articles([Incoming(Article(decomposed, "Café", "Como fazer café."))])
    ingest.put_tickets([Ticket(decomposed, datetime(2026, 1, 5, tzinfo=UTC), subject="Café frio")])
    assert client.get(f"/v1/articles/{composed}").json()["title"] == "Café"
    assert client.get(f"/v1/tickets/{composed}").json()["id"] == decomposed
    assert client.delete(f"/v1/tickets/{composed}").status_code == 204
    body = {"title": "Café", "text": "Como fazer café."}
    assert client.put(f"/v1/articles/{composed}", json=body).status_code == 201
    with Database(open_site.data_dir).read() as connection:
        assert decomposed not in articles.ids(connection, "main")
        assert decomposed not in tickets.ids(connection, "main")


def test_a_date_of_two_readings_is_refused_and_one_of_a_single_reading_taken(client: TestClient) -> None:
    lines = "".join(f'{{"id": "T-{day}", "created_at": "{day}/04/2026", "subject": "Oi"}}\n' for day in ("05", "25"))
    answer = client.post(
        "/v1/tickets:import", content=lines.encode(), headers={"Content-Type": "application/x-ndjson"}
    ).json()
    assert (answer["added"], answer["errors"][0]["line"]) == (1, 1)
    assert "can be read with the day or the month first" in answer["errors"][0]["reason"]
    assert client.get("/v1/tickets/T-25").json()["created_at"] == "2026-04-25T03:00:00Z"
