"""Another encoder takes over: its index is built aside, the service answers meanwhile and until it is restarted."""

from pathlib import Path

from fastapi.testclient import TestClient

from service.app import create_app
from tests.web.conftest import LOOPBACK, Site
from triagem.encoder.open import open_encoder
from triagem.search.build import build_generation
from triagem.store import generations
from triagem.store.database import Database

FOREIGN = "The index of desk 'main' was built with another encoder. Build it anew: triagem --desk main index --rebuild"
QUESTION = {"description": "nao consigo entrar na minha conta depois de trocar a senha"}


def answered(client: TestClient, question: dict[str, str] = QUESTION) -> tuple[list[str], str | None]:
    """What the form is shown, and by which generation."""
    answer = client.post("/v1/suggest", json=question).json()
    return [article["article_id"] for article in answer["articles"]], answer["index_generation"]


def test_the_old_index_answers_while_the_new_one_is_built_and_until_the_restart(
    client: TestClient, open_site: Site
) -> None:
    before = answered(client)
    assert before[0][0] == "pt/entrar"
    meanwhile: list[tuple[list[str], str | None]] = []
    other = Database(open_site.data_dir)
    published = build_generation(
        other, open_encoder("default"), desk="main", on_progress=lambda *_: meanwhile.append(answered(client))
    )
    assert meanwhile and set(map(str, meanwhile)) == {str(before)}
    assert answered(client) == before
    assert client.get("/readyz").json() == {
        "ready": True,
        "reasons": ["The index was built anew with another encoder: restart the service with that one."],
    }

    # Until the restart what is written is found, and nobody builds the other encoder's index away.
    router = {"title": "Trocar o roteador", "language": "pt", "text": "Desligue o roteador e ligue o novo."}
    assert client.put("/v1/articles/pt/roteador", json=router).status_code in (200, 201)
    assert answered(client, {"description": "como trocar o roteador velho pelo novo"})[0][0] == "pt/roteador"
    with other.read() as connection:
        assert generations.published(connection, "main") == published
    other.close()

    restarted = open_site.settings.model_copy(update={"encoder": "default"})
    with TestClient(create_app(restarted), base_url=LOOPBACK, client=("127.0.0.1", 50001)) as new:
        assert new.get("/readyz").json() == {"ready": True, "reasons": []}
        found = answered(new)
    assert (found[0][0], found[1]) == ("pt/entrar", published.id)


def test_a_service_that_starts_with_the_wrong_encoder_says_which_command_builds_the_index(open_site: Site) -> None:
    wrong = open_site.settings.model_copy(update={"encoder": "default"})
    with TestClient(create_app(wrong), base_url=LOOPBACK, client=("127.0.0.1", 50002)) as client:
        ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["reasons"] == [FOREIGN]


def test_with_the_wrong_encoder_a_search_says_why_not_and_a_form_and_a_triage_go_on_without_articles(
    open_site: Site,
) -> None:
    wrong = open_site.settings.model_copy(update={"encoder": "default"})
    with TestClient(create_app(wrong), base_url=LOOPBACK, client=("127.0.0.1", 50003)) as client:
        refused = client.get("/v1/search", params={"q": "senha"})
        suggested = client.post("/v1/suggest", json=QUESTION)
        triaged = client.post("/v1/triage", json=QUESTION).json()
        page = client.get("/agent/tickets/T-1").text
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert (refused.json()["type"], refused.json()["detail"]) == ("urn:triagem:problem:foreign-index", FOREIGN)
    assert (suggested.status_code, suggested.json()["articles"]) == (200, [])
    assert suggested.json()["expected_response"]
    assert (triaged["articles"], triaged["similar"], triaged["not_searched"]) == ([], [], FOREIGN)
    assert list(triaged["fields"]) == ["category", "type", "priority", "team"]
    assert "Não foi possível pesquisar artigos nem chamados" in page
    assert "Nenhum artigo parece ajudar" not in page and "Nenhum chamado resolvido" not in page


def test_a_desk_with_nothing_to_search_answers_a_search_with_nothing(tmp_path: Path) -> None:
    empty = Site(tmp_path / "empty", {}).settings
    with TestClient(create_app(empty), base_url=LOOPBACK, client=("127.0.0.1", 50004)) as client:
        found = client.get("/v1/search", params={"q": "senha"})
        triaged = client.post("/v1/triage", json=QUESTION).json()
    assert (found.status_code, found.json()["hits"]) == (200, [])
    assert triaged["not_searched"] == (
        "Desk 'main' has no articles yet. Index some with: triagem --desk main index PATH"
    )
