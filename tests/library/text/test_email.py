import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.library.text.cost import at_most_a_second
from triagem.text.email import latest_reply

QUESTION = "O roteador continua piscando.\n\nO que eu faço?"


@pytest.mark.parametrize(
    "history",
    [
        "Em seg., 5 de jan. de 2026 às 10:12, Fulano de Tal <fulano@jatoba.example> escreveu:\n> Reinicie.\n> Obrigado",
        "Em 05/01/2026 10:12, suporte@jatoba.example escreveu:\n\nReinicie o roteador.",
        "Em segunda, 5 de janeiro de 2026 às 10:12 BRT, Suporte\n<suporte@jatoba.example>\nescreveu:\n\nReinicie.",
        "No dia 5/01/2026, às 10:12, Suporte <suporte@jatoba.example> escreveu:\n\n> Reinicie",
        "A 5 de janeiro de 2026 10:12, Suporte escreveu:\n> Reinicie",
        "On Mon, Jan 5, 2026 at 10:12 AM Support <suporte@jatoba.example> wrote:\n\n> Please restart it",
        "On 5 Jan 2026, at 10:12, Support\n<suporte@jatoba.example> wrote:\n\nPlease restart",
        "________________________________\nDe: Suporte <suporte@jatoba.example>\nEnviada em: segunda, 5 de jan.\n"
        "Para: Fulano\nAssunto: RE: roteador\n\nReinicie.",
        "*De:* Suporte\n*Enviado:* 5 de janeiro\n*Para:* Fulano\n*Assunto:* roteador\n\nReinicie.",
        "From: Support\nSent: Monday, January 5\nTo: Someone\nCc: Other\nSubject: RE: router\n\nRestart it.",
        "-----Mensagem original-----\nReinicie.",
        "----- Original Message -----\nRestart.",
        "---------- Forwarded message ---------\nRestart.",
        "> Reinicie o roteador\n> e espere dois minutos.\n",
    ],
)
def test_quoted_history_is_cut(history: str) -> None:
    assert latest_reply(f"{QUESTION}\n\n{history}\n") == QUESTION


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nFulano de Tal\nGerente\n(11) 4000-0000",
        "--\nFulano",
        "Enviado do meu iPhone",
        "Enviado a partir do meu telemóvel",
        "Enviado do Email para Windows",
        "Sent from my Galaxy",
        "Get Outlook for iOS",
        "Atenciosamente,\n\nFulano de Tal\nTransportes Silva Ltda.\nTel. 4000-0000",
        "Att.,\nFulano",
        "Abraços\nMaria",
        "Kind regards,\nJane Doe",
        "Esta mensagem e seus anexos são confidenciais e destinados apenas ao destinatário. Se a recebeu por engano, "
        "apague-a.",
        "Cordialmente,\nFulano\n\nThis email is intended only for the person it is addressed to.",
        "Enviado do meu iPhone\n\nEm seg., 5 de jan. de 2026 às 10:12, Fulano escreveu:\n> Oi",
    ],
)
def test_signatures_are_cut(signature: str) -> None:
    assert latest_reply(f"{QUESTION}\n\n{signature}\n") == QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "Passos:\n- abri o aplicativo\n- toquei em Entrar\n\n-- nada acontece",
        "A mensagem diz:\n> Senha inválida\nO que eu faço?",
        "O erro é este:\n\n> APP-4012",
        "Meu chefe escreveu: troque a senha.\nMas como?",
        "Ontem ele escreveu:\nnão funciona",
        "De: São Paulo\nPara: Rio\nQuero mudar o endereço da entrega.",
        "Assunto: roteador\n\nNão liga.",
        "Enviado pelo correio ontem, e não chegou.",
        "Atenciosamente,\npeço que verifiquem o meu pedido de ontem porque está atrasado. Podem fazer isso?",
        "Abraços",
        "-- \nFulano",
        "> só uma citação\n> de duas linhas",
        "Em 2026, o roteador parou.",
    ],
)
def test_a_text_typed_into_a_form_stays_whole(text: str) -> None:
    assert latest_reply(text) == text


def test_only_what_is_above_the_first_quote_counts() -> None:
    text = "Funcionou!\n\nEm 05/01/2026 10:12, Suporte escreveu:\n> Tente\n\nEm 04/01/2026 09:00, X escreveu:\n> A"
    assert latest_reply(text) == "Funcionou!"


def test_a_message_that_begins_with_the_quote_is_not_emptied() -> None:
    text = "Em 05/01/2026 10:12, Suporte escreveu:\n> Tente de novo\n\nTentei, nada."
    assert "Tentei, nada." in latest_reply(text)


@given(st.text())
def test_the_reply_is_part_of_the_text_and_never_empty(text: str) -> None:
    reply = latest_reply(text)
    assert reply in text
    assert (reply == "") == (text == "")


PIECES = ["Em 2026 x escreveu:\n", "> a\n", "-- \n", "texto\n", "Att,\n", "De: a\n", "Para: b\n", "Assunto: b\n", "\n"]
BOMBS = [
    "Em ",
    "Em\n",
    "A 1:11 @\n",
    "> ",
    "-",
    "De: a\n",
    "-- \n",
    "Att,\n",
    " ",
    "_______\n",
    "a wrote:\n",
    "this message ",
]


@given(st.lists(st.sampled_from(PIECES)))
def test_any_mixture_keeps_something(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert bool(latest_reply(text).strip()) == bool(text.strip())


@pytest.mark.parametrize("bomb", BOMBS)
def test_endless_texts_cost_little(bomb: str) -> None:
    text = bomb * (100_000 // len(bomb))
    with at_most_a_second():
        latest_reply(f"a\n{text}")
