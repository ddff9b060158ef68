import time
from pathlib import Path

import pytest

from triagem.errors import InvalidInput
from triagem.phrases import say
from triagem.triage.checklist import Checklist, read_checklist, reports_fault, told
from triagem.triage.cues import Slot
from triagem.types import Language


@pytest.fixture(scope="module")
def shipped() -> Checklist:
    return read_checklist()


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("O app 5.2.1 fecha no Android 13", {Slot.VERSION, Slot.SYSTEM}),
        ("VERSAO 2.4 DO PROGRAMA, NAO ABRE", {Slot.VERSION}),
        ("qdo clico em salvar a tela fica branca", {Slot.STEPS}),
        ("when I click save the screen goes white", {Slot.STEPS}),
        ("erro 4012 no app", {Slot.ERROR_MESSAGE}),
        ('diz que "a sessão expirou"', {Slot.ERROR_MESSAGE}),
        ("paguei e aparece PAG-203", {Slot.ERROR_MESSAGE}),
        ("ja reiniciei o roteador e nada", {Slot.DONE_BEFORE}),
        ("desde que troquei a senha não entra", {Slot.DONE_BEFORE}),
        ("it stopped after the update", {Slot.DONE_BEFORE}),
        ("caiu ontem as 15h", {Slot.WHEN_WHERE}),
        ("faz 3 dias q o pedido nao anda", {Slot.WHEN_WHERE}),
        ("no signal in my bedroom", {Slot.WHEN_WHERE}),
        ("de vez em quando trava", {Slot.RECURRENCE}),
        ("it keeps disconnecting", {Slot.RECURRENCE}),
        ("nao abre, segue o print", {Slot.ATTACHMENT}),
        ("broken, screenshot attached", {Slot.ATTACHMENT}),
        ("não funciona", set()),
        ("it does not work", set()),
        # What only looks like a fact.
        ("Versão:\nSistema:\nPassos:\n1.\n2.\nnão imprime", set()),
        ("o endereço 192.168.0.1 não abre", set()),
        ("cobraram R$ 1.234.567 a mais", set()),
        ("boa tarde, não consigo entrar", set()),
        ("dá um erro estranho", set()),
        ("não consigo anexar o arquivo", set()),
        ("fui transferido ao celular do gerente", set()),
        ("como sempre, um ótimo atendimento", set()),
        ("two windows open at once", set()),
    ],
)
def test_the_facts_that_a_text_tells_are_recognised(text: str, facts: set[Slot]) -> None:
    assert told(text) == facts


def test_accents_change_nothing() -> None:
    assert told("após a atualização, às vezes não liga") == told("apos a atualizacao, as vezes nao liga")


@pytest.mark.parametrize(
    "text", ["o app fecha sozinho", "nao consigo entrar", "the page is blank", "cadê minhas gravações?", "HTTP 500"]
)
def test_a_report_of_a_fault_is_told_from_a_request(text: str) -> None:
    assert reports_fault(text)


@pytest.mark.parametrize(
    "text",
    ["como faço pra mudar o email?", "quero cancelar o plano", "do you ship to Canada?", "Preciso da nota fiscal", ""],
)
def test_a_request_is_no_report_of_a_fault(text: str) -> None:
    assert not reports_fault(text)


def test_at_most_three_facts_are_asked_for_the_most_useful_first(shipped: Checklist) -> None:
    missing = shipped.missing("não funciona", Language.PT)
    assert [one.slot for one in missing] == [Slot.ERROR_MESSAGE, Slot.SYSTEM, Slot.STEPS]
    assert missing[0].question == (
        "Aparece alguma mensagem ou código de erro? Se sim, o que está escrito, palavra por palavra?"
    )


def test_what_is_told_is_not_asked_for(shipped: Checklist) -> None:
    text = "App 4.8.0 on Android 12 shows error 5003 every time I open Alerts. Screenshot attached."
    assert [one.slot for one in shipped.missing(text, Language.EN)] == [Slot.WHEN_WHERE, Slot.DONE_BEFORE]


def test_the_question_is_in_the_requesters_language(shipped: Checklist) -> None:
    english = shipped.missing("it does not work", Language.EN)[0].question
    assert english == "Is there an error message or code? If so, what does it say, word for word?"


@pytest.mark.parametrize("ticket_type", ["question", "service_request", "anything else"])
def test_who_reports_no_fault_is_asked_for_nothing(shipped: Checklist, ticket_type: str) -> None:
    assert shipped.missing("não funciona", Language.PT, ticket_type=ticket_type) == ()
    assert shipped.missing("como mudo meu e-mail?", Language.PT) == ()


def test_the_category_may_change_what_is_asked_for(shipped: Checklist) -> None:
    text = "o site não gera o boleto"
    missing = shipped.missing(text, Language.PT, ticket_type="Incident", category="billing")
    assert [one.slot for one in missing] == [Slot.WHEN_WHERE, Slot.ERROR_MESSAGE, Slot.ATTACHMENT]


@pytest.mark.parametrize(
    "text",
    [
        "I was charged twice on my card",
        "recbi o podido quebrdo e qero troca",
        "preciso da segunda via do boleto",
        "my new camera arrived broken",
        "o roteador veio errado, quero o estorno",
    ],
)
def test_nobody_is_asked_for_the_error_message_of_goods_or_money(shipped: Checklist, text: str) -> None:
    assert shipped.missing(text, Language.PT) == ()
    assert shipped.missing(text, Language.PT, ticket_type="incident") == ()
    known = shipped.missing(text, Language.PT, ticket_type="incident", category="orders")
    assert [one.slot for one in known] == [Slot.ATTACHMENT]


@pytest.mark.parametrize(
    "text",
    [
        "o site não mostra meu pedido",
        "a câmera não grava",
        "erro PAG-203 no boleto",
        "the app shows no refund",
        "router is dead",
    ],
)
def test_what_fails_on_a_screen_or_a_device_is_asked_about(shipped: Checklist, text: str) -> None:
    asked = {one.slot for one in shipped.missing(text, Language.PT, ticket_type="incident")}
    assert Slot.SYSTEM in asked and Slot.STEPS in asked


def test_every_fact_has_its_question_in_both_languages() -> None:
    for slot in Slot:
        assert say(f"missing.{slot.value}", Language.PT).endswith("?")
        assert say(f"missing.{slot.value}", Language.EN).endswith("?")


def test_a_desk_may_have_its_own_file(tmp_path: Path) -> None:
    own = 'ask_at_most = 1\n[[rules]]\ntype = ["Avaria"]\nask = ["attachment", "version"]\n[[rules]]\nask = []\n'
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    checklist = read_checklist(tmp_path / "own.toml")
    missing = checklist.missing("não liga", Language.PT, ticket_type="avaria")
    assert [one.slot for one in missing] == [Slot.ATTACHMENT]
    assert checklist.missing("não liga", Language.PT) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[[rules]]\nask = ["shoe_size"]', "rules.0.ask.0"),
        ('[[rules]]\ntype = ["incident"]\nask = []', "the last rule must have no conditions"),
        ("[[rules]]\ntechnical = true\nask = []", "the last rule must have no conditions"),
        ("rules = []", "rules"),
        ("ask_at_most = 99\n[[rules]]\nask = []", "ask_at_most"),
        ("[[rules]]\nask = []\nasks = []", "rules.0.asks"),
        ("rules", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as raised:
        read_checklist(tmp_path / "own.toml")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "piece", ["a", " ", "\n", ".\t", "\n\t", "1.", "quando ", '"', "erro ", "at the ", "9:", "v1."]
)
def test_no_text_takes_long(shipped: Checklist, piece: str) -> None:
    begun = time.process_time()
    shipped.missing(piece * (20_000 // len(piece)), Language.PT, ticket_type="incident")
    assert time.process_time() - begun < 0.5
