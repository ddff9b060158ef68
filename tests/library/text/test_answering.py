import pytest

from triagem.text.answering import leaning


@pytest.mark.parametrize(
    "heading",
    [
        *("Solução", "O que fazer, nesta ordem", "Como resolver", "Passo a passo", "Se ainda fechar > Faça assim"),
        *("Solution", "Workaround", "How to fix it", "What to do?", "Steps", "Try these in order"),
    ],
)
def test_a_heading_may_announce_what_to_do(heading: str) -> None:
    assert leaning(heading, "Reinicie o celular.") > 0


@pytest.mark.parametrize(
    "heading", ["", "Causa", "Why it happens", "Passou de uma hora?", "Como troco o cartão?", "Compasso", "Entry"]
)
def test_other_headings_and_questions_announce_nothing(heading: str) -> None:
    assert leaning(heading, "O cartão venceu.") == 0


@pytest.mark.parametrize("heading", ["Veja também", "Leia também", "See also", "Related reading", "Saiba mais"])
def test_a_list_of_links_answers_nothing_however_like_the_question_it_is(heading: str) -> None:
    assert leaning(heading, "- Trocou a senha e continua sem entrar? Leia Não consigo entrar.") <= -0.5


@pytest.mark.parametrize("heading", ["Ainda não entrou?", "Fale com a equipe do app", "Still locked out?", "Contact"])
def test_writing_to_people_is_the_last_resort(heading: str) -> None:
    assert -0.5 < leaning(heading, "Escreva para nós.") < 0


def test_numbered_steps_are_likely_to_answer() -> None:
    assert leaning("", "1. Abra o app.\n2. Toque em Sair.") > leaning("", "Abra o app e toque em Sair.") == 0
