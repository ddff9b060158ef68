"""A request sent through a form becomes an open ticket."""

from starlette.testclient import TestClient

from tests.web.conftest import Site
from triagem.store import keys, tickets
from triagem.store.database import Database
from triagem.store.keys import Scope

SENT = {"subject": "Wi-Fi", "description": "O wifi da sala caiu. Meu CPF é 529.982.247-25.", "requester": "ana"}


def test_a_sent_request_is_an_open_ticket_that_nobody_has_labelled(client: TestClient, open_site: Site) -> None:
    answer = client.post("/v1/requests", json=SENT)
    assert answer.status_code == 201
    assert "resposta até" in answer.json()["expected_response"]
    with Database(open_site.data_dir).read() as connection:
        newest = tickets.newest_open(connection, "main", limit=1)[0].ticket
    assert (newest.id, newest.subject, newest.channel, newest.requester) == (
        answer.json()["ticket_id"],
        "Wi-Fi",
        "form",
        "ana",
    )
    assert newest.closed_at is None and newest.category is None
    assert "529.982.247-25" not in newest.description


def test_the_forms_public_key_may_send_and_an_agents_may_not(keyed: TestClient, site: Site) -> None:
    assert keyed.post("/v1/requests", json=SENT, headers=site.auth("form")).status_code == 201
    assert keyed.post("/v1/requests", json=SENT, headers=site.auth("agent")).status_code == 403
    assert keyed.post("/v1/requests", json=SENT).status_code == 401


def test_the_contract_of_a_request_is_that_of_its_key_whatever_a_page_says(keyed: TestClient, site: Site) -> None:
    database = Database(site.data_dir)
    with database.write() as connection:
        scopes = [Scope.SUGGEST]
        _, token = keys.create(connection, "main", name="portal", scopes=scopes, contract="business", actor="a test")
    business = {"Authorization": f"Bearer {token}"}
    sent, plain = (keyed.post("/v1/requests", json=SENT, headers=one).json() for one in (business, site.auth("form")))
    with database.read() as connection:
        stored = {one.ticket.id: one.ticket.contract for one in tickets.newest_open(connection, "main", limit=9)}
    database.close()
    assert (stored[sent["ticket_id"]], stored[plain["ticket_id"]]) == ("business", None)
    # Four working hours instead of nine, told before and after sending.
    assert sent["expected_response"] != plain["expected_response"]
    told = [
        keyed.post("/v1/suggest", json={"description": "o wifi caiu"}, headers=one).json()["expected_response"]
        for one in (business, site.auth("form"))
    ]
    assert told[0] != told[1]
    claimed = keyed.post("/v1/requests", json={**SENT, "contract": "business"}, headers=site.auth("form"))
    assert claimed.status_code == 422


def test_a_request_that_says_nothing_is_refused(client: TestClient) -> None:
    assert client.post("/v1/requests", json={"subject": "  ", "description": ""}).status_code == 422


def test_the_same_request_sent_twice_is_one_ticket_and_stays_as_it_was(client: TestClient, open_site: Site) -> None:
    first = client.post("/v1/requests", json={**SENT, "request_id": "0" * 32})
    again = client.post("/v1/requests", json={**SENT, "subject": "Outro", "request_id": "0" * 32})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["ticket_id"] == first.json()["ticket_id"]
    with Database(open_site.data_dir).read() as connection:
        stored = tickets.get(connection, "main", first.json()["ticket_id"])
    assert stored is not None and stored.subject == "Wi-Fi"
    assert client.post("/v1/requests", json={**SENT, "request_id": "F-1"}).status_code == 422
