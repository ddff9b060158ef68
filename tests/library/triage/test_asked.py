"""What agents had to ask for is read from what closed tickets keep, in Portuguese and English."""

from datetime import UTC, datetime

import pytest

from triagem.triage.asked import asked_in, asked_of
from triagem.triage.cues import Slot
from triagem.types import Ticket


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Pedi a versão do app e um print da tela; era a 4.2 antiga.", {Slot.VERSION, Slot.ATTACHMENT}),
        ("Solicitamos a mensagem de erro completa. Resolvido reiniciando o modem.", {Slot.ERROR_MESSAGE}),
        ("Perguntei desde quando acontecia e com que frequência.", {Slot.WHEN_WHERE, Slot.RECURRENCE}),
        ("Faltava o passo a passo; com ele reproduzimos e corrigimos.", {Slot.STEPS}),
        ("Por favor, informe em qual navegador isso aparece.", {Slot.SYSTEM}),
        ("Poderia nos dizer o que já tentou fazer?", {Slot.DONE_BEFORE}),
        ("Qual é a versão do firmware?", {Slot.VERSION}),
        ("Asked for a screenshot and the exact error; the cache was full.", {Slot.ATTACHMENT, Slot.ERROR_MESSAGE}),
        ("Had to ask which browser she used.", {Slot.SYSTEM}),
        ("Could you please send us the logs and the steps to reproduce it?", {Slot.ATTACHMENT, Slot.STEPS}),
        ("Asked the customer to send photos of the label.", {Slot.ATTACHMENT}),
        ("When did it start to happen?", {Slot.WHEN_WHERE}),
    ],
)
def test_a_fact_that_was_asked_for_is_recognised(text: str, slots: set[Slot]) -> None:
    assert asked_in(text) == asked_in(text.upper())
    assert asked_in(text).slots == slots


@pytest.mark.parametrize(
    "text",
    [
        "Pedimos desculpas pela foto, que será trocada.",
        "Pedi para encerrar as sessões pelo navegador e entrar outra vez.",
        "Atualizamos para a versão 4.2 e o erro sumiu.",
        "Recebemos o comprovante e liberamos o pedido.",
        "Cancelado com reembolso, a pedido da cliente.",
        "Access removed and clips deleted as requested in the photo.",
        "Asked her to restart the device; it works.",
        "Please restart the browser.",
        "",
    ],
)
def test_what_was_done_or_received_was_not_asked_for(text: str) -> None:
    assert asked_in(text).slots == frozenset()


def test_what_no_fact_stands_for_is_told_apart() -> None:
    asked = asked_in("Pedimos o número do pedido por mensagem direta.")
    assert (asked.slots, asked.something_else) == (frozenset(), True)
    assert asked_in("Trocamos o cabo.").something_else is False


def test_an_agents_question_is_found_below_the_answer_to_it() -> None:
    description = (
        "É a 4.2, no Android.\n\n"
        "Em seg., 5 de jan. de 2026 às 10:12, Suporte <s@x.example> escreveu:\n"
        "> Olá! Qual a versão do aplicativo?\n> Obrigado.\n"
    )
    ticket = Ticket("T-1", datetime(2026, 1, 5, tzinfo=UTC), description=description)
    assert asked_of(ticket).slots == {Slot.VERSION}


def test_a_question_of_the_author_is_no_question_of_an_agent() -> None:
    ticket = Ticket("T-1", datetime(2026, 1, 5, tzinfo=UTC), description="Qual a versão que funciona no Android?")
    assert asked_of(ticket).slots == frozenset()
