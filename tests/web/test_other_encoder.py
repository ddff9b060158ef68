"""Another encoder takes over: its index is built aside, the service answers meanwhile and until it is restarted."""

from fastapi.testclient import TestClient

from service.app import create_app
from tests.web.conftest import LOOPBACK, Site
from triagem.encoder.open import open_encoder
from triagem.search.build import build_generation
from triagem.store import generations
from triagem.store.database import Database

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
        assert answered(client) == ([], None)
    assert ready.status_code == 503
    assert ready.json()["reasons"] == [
        "The index of desk 'main' was built with another encoder. Build it anew: triagem index --rebuild"
    ]
