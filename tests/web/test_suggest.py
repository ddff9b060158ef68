"""What the form gets for a request that somebody is typing."""

import re

from starlette.testclient import TestClient

from service.app import create_app
from tests.web.conftest import FORM_ORIGIN, LOOPBACK, Site
from triagem.text.language import detect
from triagem.types import Language

QUESTION = "nao consigo entrar na minha conta depois de trocar a senha"


def test_a_request_in_portuguese_gets_the_article_that_answers_it(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": QUESTION}).json()
    first = answer["articles"][0]
    assert first["article_id"] == "pt/entrar"
    assert first["title"] == "Não consigo entrar depois de trocar a senha"
    assert first["url"] == "https://help.example.com/pt/entrar"
    assert first["language"] == "pt"
    assert 0.5 <= first["relevance"] <= 1
    assert first["passage"]


def test_an_answer_has_exactly_the_fields_of_the_contract(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": QUESTION}).json()
    assert set(answer) == {
        "suggestion_id",
        "articles",
        "missing",
        "expected_response",
        "notices",
        "index_generation",
    }
    named = {"article_id", "title", "url", "language", "passage", "heading", "start", "end"}
    assert set(answer["articles"][0]) == named | {"relevance", "highlights"}


def test_what_a_report_of_a_fault_lacks_is_asked_for_in_its_language(shared: TestClient) -> None:
    missing = shared.post("/v1/suggest", json={"description": "o aplicativo fecha sozinho toda hora"}).json()["missing"]
    assert [(one["slot"], one["question"].startswith(("Aparece", "Em que", "O que"))) for one in missing] == [
        ("error_message", True),
        ("system", True),
        ("steps", True),
    ]
    text = "the app closes by itself on Android 14, version 3.2, when I open the camera: error 5003"
    english = shared.post("/v1/suggest", json={"description": text}).json()["missing"]
    assert english[0]["question"] == "When did this start, and where does it happen?"


def test_who_asks_a_question_is_asked_for_nothing(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": "como faço para mudar o meu e-mail?"}).json()
    assert answer["missing"] == []


def test_the_requester_is_told_by_when_to_expect_a_response(shared: TestClient) -> None:
    portuguese = shared.post("/v1/suggest", json={"description": QUESTION}).json()["expected_response"]
    assert re.fullmatch(r"Você deve receber uma resposta até .+ às? \d+h\d* \(horário de Brasília\)\.", portuguese)
    text = "I cannot sign in to my account since I changed the password"
    english = shared.post("/v1/suggest", json={"description": text}).json()["expected_response"]
    assert re.fullmatch(r"You should hear from us by .+ at \d\d:\d\d \(Brasília time\)\.", english)


def test_a_text_that_may_hurt_gets_a_kind_notice_and_a_civil_one_none(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": "vocês são uns idiotas, o wifi caiu de novo"}).json()
    assert len(answer["notices"]) == 1 and "não muda a prioridade" in answer["notices"][0]
    assert shared.post("/v1/suggest", json={"description": QUESTION}).json()["notices"] == []


def test_who_writes_no_known_language_is_spoken_to_in_the_desks(open_site: Site) -> None:
    settings = open_site.settings.model_copy(update={"language": Language.EN})
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        answer = client.post("/v1/suggest", json={"description": "4012"}).json()
    assert answer["expected_response"].startswith("You should hear")


# Italian as well as Portuguese by its looks.
UNTOLD = "wifi lento wi-fi lento wifi lento"


def test_where_the_language_cannot_be_told_the_forms_own_counts(shared: TestClient) -> None:
    assert detect(UNTOLD) is Language.UND

    def shown(**said: str) -> list[str]:
        answer = shared.post("/v1/suggest", json={"description": UNTOLD, **said}).json()
        return [article["language"] for article in answer["articles"]]

    assert shown() == shown(language="pt-BR") == ["pt"]
    assert shown(language="en") == ["pt", "en"]  # the words are found in both, and both stand first in their language


def test_nothing_is_shown_when_nothing_helps(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": "qual o horário do zoológico municipal?"}).json()
    assert answer["articles"] == []


def test_an_internal_article_never_reaches_the_form(shared: TestClient) -> None:
    text = "fraude na conta senha trocada por outra pessoa bloqueie a conta e avise a segurança"
    shown = shared.post("/v1/suggest", json={"description": text, "limit": 5}).json()["articles"]
    assert "pt/fraude" not in [article["article_id"] for article in shown]


def test_no_more_articles_are_shown_than_were_asked_for(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"description": QUESTION, "limit": 1}).json()
    assert len(answer["articles"]) == 1


def test_the_subject_alone_is_enough(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest", json={"subject": "Wi-Fi lento", "language": "pt-BR", "channel": "form"})
    assert [article["article_id"] for article in answer.json()["articles"]][:1] == ["pt/wifi"]


def test_a_language_that_is_not_served_is_no_error(shared: TestClient) -> None:
    assert shared.post("/v1/suggest", json={"description": "Wi-Fi lento", "language": "es-MX"}).status_code == 200


def test_a_desk_without_articles_suggests_nothing(keyed: TestClient, site: Site) -> None:
    for article_id in ("pt/entrar",):
        assert keyed.delete(f"/v1/articles/{article_id}", headers=site.auth("other")).status_code == 204
    answer = keyed.post("/v1/suggest", json={"description": QUESTION}, headers=site.auth("other")).json()
    assert (answer["articles"], answer["index_generation"]) == ([], None)


def test_the_form_of_a_bound_page_may_read_the_answer(keyed: TestClient, site: Site) -> None:
    answer = keyed.post("/v1/suggest", json={"description": QUESTION}, headers=site.auth("form"))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == FORM_ORIGIN


def test_a_link_in_an_article_names_the_public_article_that_it_means(client: TestClient) -> None:
    body = "[Entrar](entrar.md), [Wi-Fi](wifi), [fraude](fraude), [guia](guia.pdf) e [site](https://a.example/)"
    article = {"title": "Ligações", "language": "pt", "markdown": body}
    client.put("/v1/articles/pt/ligacoes", json=article)
    html = client.get("/v1/suggest/articles/pt/ligacoes").json()["html"]
    rel = 'rel="noopener noreferrer nofollow"'
    assert f'<a {rel} href="https://help.example.com/pt/entrar" data-article="pt/entrar">Entrar</a>' in html
    assert f'<a {rel} data-article="pt/wifi">Wi-Fi</a>' in html
    assert f"<a {rel}>fraude</a>" in html  # only for agents: its id is not told either
    assert f"<a {rel}>guia</a>" in html
    assert f'<a href="https://a.example/" {rel}>site</a>' in html
