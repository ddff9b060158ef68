"""What the pages do with a desk, asked over HTTP: tickets, articles, keys, files."""

import re

import pytest
from starlette.testclient import TestClient

from service import uploads
from tests.library.triage.handmade import handmade, publish
from tests.waiting import eventually
from tests.web.conftest import LOOPBACK, Site
from tests.web.pages.browse import Reader, text_of
from triagem.search.records import ARTICLE_FIELDS, TICKET_FIELDS
from triagem.store import audit, keys, tickets
from triagem.store.audit import Action
from triagem.store.database import Database
from triagem.triage.learnable import learnable
from triagem.types import Provenance, Ticket

TICKET = "/agent/tickets/T-2"


def _triage_of(reader: Reader) -> str:
    found = re.search(r'name="triage" value="([0-9a-f]+)"', reader.get(TICKET).text)
    assert found is not None
    return found.group(1)


def _learned(site: Site) -> dict[str, str | None]:
    with Database(site.data_dir).read() as connection:
        return {one.ticket.id: one.ticket.category for one in learnable(connection, "main").tickets}


def test_why_names_each_word_with_what_the_odds_are_divided_by(client: TestClient, open_site: Site) -> None:
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade())
    database.close()
    ticket = {
        "subject": "Good morning",
        "description": "Sadly my invoice is wrong.",
        "created_at": "2026-01-05T10:00:00Z",
    }
    assert client.put("/v1/tickets/T-9", json=ticket).status_code == 201
    told = text_of(Reader(client).get("/agent/tickets/T-9/evidence/category"))
    assert re.search(r"sem cada uma:\s+(invoice|wrong)\s+÷ \d,\d", told)
    assert re.search(r"Sadly my invoice is wrong\.\s+÷ \d+", told)


def test_a_correction_is_learned_and_closing_the_ticket_keeps_it(client: TestClient, open_site: Site) -> None:
    reader = Reader(client)
    triage = _triage_of(reader)
    corrected = reader.send(f"{TICKET}/correct", {"triage": triage, "field": "category", "value": "billing"}, of=TICKET)
    assert corrected.headers["location"] == f"{TICKET}?done=corrected"
    assert _learned(open_site)["T-2"] == "billing"
    reader.send(f"{TICKET}/close", {"triage": triage, "resolution": "Cobrado de novo."}, of=TICKET)
    with Database(open_site.data_dir).read() as connection:
        closed = tickets.get(connection, "main", "T-2")
    assert closed is not None and closed.closed_at is not None
    assert (closed.category, closed.resolution, closed.provenance) == (
        "billing",
        "Cobrado de novo.",
        Provenance.HUMAN,
    )
    assert _learned(open_site)["T-2"] == "billing"
    assert "T-2" not in reader.get("/agent").text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"triage": "unknown", "field": "category", "value": "x"}, 404),
        ({"triage": "unknown", "field": "colour", "value": "x"}, 422),
        ({"triage": "unknown", "field": "category", "value": ""}, 422),
        ({"field": "category", "value": "x" * 300}, 422),
    ],
)
def test_what_cannot_be_a_correction_is_refused_in_the_pages_language(
    client: TestClient, open_site: Site, fields: dict[str, str | list[str]], status: int
) -> None:
    answer = Reader(client).send(f"{TICKET}/correct", fields, of=TICKET)
    assert answer.status_code == status
    assert "Não deu certo" in text_of(answer)
    assert _learned(open_site)["T-2"] == "account"


def test_without_a_model_each_field_says_so_and_may_still_be_decided(client: TestClient) -> None:
    client.post("/v1/requests", json={"subject": "Wi-Fi", "description": "caiu de novo", "requester": "ana"})
    words = text_of(Reader(client).get("/agent"))
    assert "Wi-Fi" in words
    assert "em aberto" in words


def test_articles_in_one_language_only_are_told_from_those_that_have_a_pair(client: TestClient) -> None:
    alone = Reader(client).get("/admin/knowledge?worry=no_pair").text
    assert all(article in alone for article in ("pt/entrar", "en/signin", "pt/fraude"))
    assert "pt/wifi" not in alone and "en/wifi" not in alone


def test_an_article_opens_as_its_readers_see_it(client: TestClient) -> None:
    body = {
        "title": "Trocar o chip",
        "language": "pt",
        "markdown": "# Trocar o chip\n\n1. Desligue\n\n<script>alert(1)</script>\n\n**Ok**",
    }
    assert client.put("/v1/articles/pt/chip", json=body).status_code in (200, 201)
    reader = Reader(client)
    assert 'href="/admin/knowledge/pt/chip"' in reader.get("/admin/knowledge?q=chip").text
    shown = reader.get("/admin/knowledge/pt/chip").text
    assert "<h1" in shown and "<li>Desligue</li>" in shown and "<strong>Ok</strong>" in shown
    assert "alert(1)" not in shown
    assert shown.count("Trocar o chip</h1>") == 1
    assert reader.get("/admin/knowledge/pt/none").status_code == 404


def test_a_link_in_an_article_leads_to_the_article_it_means_or_is_text(client: TestClient) -> None:
    body = {"title": "Trocar", "language": "pt", "markdown": "[Wi-Fi](../pt/wifi.md), [guia](guia.pdf), ![tela](t.png)"}
    client.put("/v1/articles/pt/trocar", json=body)
    shown = Reader(client).get("/admin/knowledge/pt/trocar").text
    assert '<a rel="noopener noreferrer nofollow" href="/admin/knowledge/pt/wifi">Wi-Fi</a>' in shown
    assert '<a rel="noopener noreferrer nofollow">guia</a>' in shown
    assert '<img alt="tela">' in shown


def test_articles_come_by_pages(client: TestClient) -> None:
    for number in range(30):
        body = {"title": f"Roteador {number}", "language": "pt", "text": f"Reinicie o roteador {number}."}
        client.put(f"/v1/articles/router/{number:02}", json=body)
    reader = Reader(client)
    listed = [
        re.findall(r'href="/admin/knowledge/(router/\d\d)"', reader.get(f"/admin/knowledge?q=router{start}").text)
        for start in ("", "&start=25")
    ]
    assert [len(one) for one in listed] == [25, 5]
    assert (listed[0][0], listed[1][0]) == ("router/00", "router/25")
    assert "Mais →" in reader.get("/admin/knowledge?q=router").text


def test_what_readers_made_of_an_article_is_counted(client: TestClient) -> None:
    reader = Reader(client)
    assert "pt/entrar" in reader.get("/admin/knowledge?worry=never_shown").text
    asked = {"description": "não consigo entrar na minha conta depois de trocar a senha"}
    for _ in range(5):
        answer = client.post("/v1/suggest", json=asked).json()
    shown = [article["article_id"] for article in answer["articles"]]
    assert "pt/entrar" in shown
    eventually(lambda: "pt/entrar" in reader.get("/admin/knowledge?worry=never_useful").text)
    said = {"suggestion_id": answer["suggestion_id"], "event": "opened", "article_id": "pt/entrar"}
    client.post("/v1/feedback", json=said)
    assert "pt/entrar" not in reader.get("/admin/knowledge?worry=never_useful").text
    assert "mostrado 5 · aberto 1 · resolveu 0" in text_of(reader.get("/admin/knowledge?q=entrar"))


def test_the_first_key_made_here_must_be_an_administrators(client: TestClient, open_site: Site) -> None:
    reader = Reader(client)
    refused = reader.send("/admin/keys", {"scope": "triage", "name": "Ana", "origins": ""}, of="/admin/keys")
    assert refused.status_code == 422
    assert "A primeira chave precisa do escopo admin" in text_of(refused)
    made = reader.send("/admin/keys", {"scope": ["admin"], "name": "Ana", "origins": ""}, of="/admin/keys")
    token = re.search(r"trg_[0-9a-f]+_[A-Za-z0-9_-]+", made.text)
    assert made.status_code == 200 and token is not None
    with Database(open_site.data_dir).read() as connection:
        key = keys.verify(connection, token.group())
        written = audit.newest_first(connection, "main", limit=1)[0]
    assert key is not None and key.name == "Ana"
    assert (written.action, written.subject, written.actor) == (Action.KEY_CREATE, key.id, "loopback")


def test_a_contract_is_written_into_a_key_that_sends_requests(client: TestClient, open_site: Site) -> None:
    fields: dict[str, str | list[str]] = {"scope": ["admin", "suggest"], "name": "portal", "contract": "business"}
    made = Reader(client).send("/admin/keys", fields, of="/admin/keys")
    assert (made.status_code, "contrato business" in text_of(made)) == (200, True)
    with Database(open_site.data_dir).read() as connection:
        assert [one.contract for one in keys.each(connection, "main")] == ["business"]


def test_a_contract_without_the_right_to_send_is_refused(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    reader.sign_in(site.tokens["admin"])
    refused = reader.send("/admin/keys", {"scope": "triage", "contract": "business"}, of="/admin/keys")
    assert (refused.status_code, "inclua o escopo suggest" in text_of(refused)) == (422, True)


@pytest.mark.parametrize("origin", ["https://help.example.com/form", "help.example.com", "ftp://help.example.com"])
def test_a_key_is_bound_to_origins_only(client: TestClient, origin: str) -> None:
    fields: dict[str, str | list[str]] = {"scope": ["admin", "suggest"], "name": "form", "origins": origin}
    answer = Reader(client).send("/admin/keys", fields, of="/admin/keys")
    assert answer.status_code == 422
    assert "Uma origem se escreve como" in text_of(answer)


def test_a_refused_key_shows_the_form_again_with_what_was_typed(client: TestClient, open_site: Site) -> None:
    origin = 'ajuda.example.com/"contato"'
    fields: dict[str, str | list[str]] = {"scope": ["admin", "suggest"], "name": "portal", "origins": origin}
    shown = Reader(client).send("/admin/keys", fields, of="/admin/keys").text
    assert re.findall(r'name="(name|origins|contract)" value="([^"]*)"', shown) == [
        ("name", "portal"),
        ("origins", "ajuda.example.com/&#34;contato&#34;"),
        ("contract", ""),
    ]
    assert set(re.findall(r'name="scope" value="(\w+)" checked', shown)) == {"admin", "suggest"}
    with Database(open_site.data_dir).read() as connection:
        assert keys.each(connection, "main") == []


@pytest.mark.parametrize("address", ["/admin/targets", "/admin/replay", "/admin/nope", "/agent/T-0113", "/agent/x/y"])
def test_an_unknown_address_is_a_page_in_the_readers_language(client: TestClient, address: str) -> None:
    missing = Reader(client).get(address)
    assert (missing.status_code, "Esta página não existe." in text_of(missing)) == (404, True)
    assert "There is no such page." in text_of(Reader(client, "en").get(address))


@pytest.mark.parametrize("address", ["/admin/nope", "/agent/x/y", "/admin/log"])
def test_what_is_sent_to_an_address_that_takes_nothing_is_answered_by_the_same_page(
    client: TestClient, address: str
) -> None:
    answer = Reader(client).send(address, {}, of="/admin/keys")
    assert (answer.status_code, "Esta página não existe." in text_of(answer)) == (404, True)


def test_an_unknown_address_tells_a_stranger_no_more_than_a_known_one(keyed: TestClient) -> None:
    for address in ("/admin/nope", "/admin/keys"):
        answer = keyed.get(address, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={address}")


def test_a_slash_at_the_end_of_an_address_leads_to_the_page(client: TestClient) -> None:
    assert client.get("/admin/keys/", follow_redirects=False).headers["location"] == "/admin/keys"


@pytest.mark.parametrize(
    ("what", "name", "words"),
    [
        ("tickets", "tickets.xlsx", "Se é uma planilha, salve-a como CSV (no Excel: CSV UTF-8)."),
        ("articles", "articles.log", "precisa terminar em: .jsonl .ndjson .csv"),
        ("models", "model.jsonl", "Escolha um arquivo"),
    ],
)
def test_a_file_of_another_kind_is_refused(client: TestClient, site: Site, what: str, name: str, words: str) -> None:
    data = {"csrf": Reader(client).proof("/admin/imports"), "what": what, "known_only": "1"}
    answer = client.post(
        "/admin/imports",
        data=data,
        files={"file": (name, b"{}", "application/octet-stream")},
        headers={"Origin": "http://127.0.0.1", "Accept-Language": "pt-BR"},
    )
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert (f'value="{what}" checked' in answer.text) == (what != "models")
    assert 'name="known_only" value="1" checked' in answer.text


def test_the_page_says_which_columns_a_file_may_have(client: TestClient) -> None:
    page = Reader(client).get("/admin/imports")
    named = re.findall(r"<code>(\w+)</code>", page.text)
    assert named == [*TICKET_FIELDS, *ARTICLE_FIELDS]
    assert "Sem closed_at, o chamado está em aberto e aparece no Atendimento." in text_of(page)


def test_a_sent_file_is_read_with_the_order_of_dates_that_was_chosen(client: TestClient, open_site: Site) -> None:
    data = {"csrf": Reader(client).proof("/admin/imports"), "what": "tickets", "dates": "day-first"}
    files = {"file": ("t.csv", b"id;created_at;subject\n1;05/04/2026;Sem acesso\n", "text/csv")}
    assert client.post("/admin/imports", data=data, files=files, headers={"Origin": LOOPBACK}).status_code == 200

    def stored() -> Ticket | None:
        with Database(open_site.data_dir).read() as connection:
            return tickets.get(connection, "main", "1")

    eventually(stored)
    # Midnight of the desk, in São Paulo.
    assert client.get("/v1/tickets/1").json()["created_at"] == "2026-04-05T03:00:00Z"


def test_a_sent_file_loses_columns_that_are_not_known_only_where_that_was_chosen(
    client: TestClient, open_site: Site
) -> None:
    reader = Reader(client)
    content = "id;created_at;subject;Técnico\n1;2026-04-05;Sem acesso;Ana\n".encode()

    def sent(**chosen: str) -> str:
        answer = client.post(
            "/admin/imports",
            data={"csrf": reader.proof("/admin/imports"), "what": "tickets", **chosen},
            files={"file": ("t.csv", content, "text/csv")},
            headers={"Origin": LOOPBACK},
            follow_redirects=False,
        )
        address = answer.headers["location"]
        eventually(lambda: client.get(address.replace("/admin/", "/v1/")).json()["finished_at"])
        return " ".join(text_of(reader.get(address)).split())

    assert "Campos desconhecidos: 'Técnico'." in sent()
    assert client.get("/v1/tickets/1").status_code == 404
    assert "Colunas ou campos que não são conhecidos e ficaram de lado: Técnico" in sent(known_only="1")
    assert client.get("/v1/tickets/1").status_code == 200


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("tickets.csv", "tickets.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\março.csv", "mar_o.csv"),
        ("<img src=x>.csv", "img_src_x_.csv"),
        ("...", "file"),
        ("a" * 300 + ".csv", "a" * 76 + ".csv"),
    ],
)
def test_a_files_name_is_plain_before_it_is_written(name: str, plain: str) -> None:
    assert uploads.plain_name(name) == plain
