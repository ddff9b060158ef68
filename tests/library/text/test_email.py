"""Only the words an author wrote this time are kept."""

import pytest

from triagem.text.email import latest_reply

CUT = [
    (
        "Não chegou ainda.\n\nEm seg., 5 de jan. de 2026 às 10:12, Loja <loja@x.example> escreveu:\n> Seu pedido saiu",
        "Não chegou ainda.",
    ),
    (
        "Continua igual.\n\nEm ter., 6 de jan. de 2026 às 09:00, Suporte\n<s@x.example> escreveu:\n\n> Tente",
        "Continua igual.",
    ),
    ("Still broken.\n\nOn Mon, Jan 5, 2026 at 10:12 AM Shop <a@x.example> wrote:\n> hello\n> there", "Still broken."),
    (
        "Segue o erro APP-4012.\n\nDe: Suporte\nEnviada em: segunda-feira\nPara: Ana\nAssunto: RE: erro\n\nOlá Ana",
        "Segue o erro APP-4012.",
    ),
    ("I agree.\n\n-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: x\n\nHi", "I agree."),
    ("O app fecha sozinho.\n\nEnviado do meu iPhone", "O app fecha sozinho."),
    ("O app fecha.\n\n-- \nAna Silva\nGerente", "O app fecha."),
    ("Preciso da nota fiscal.\n\nAtenciosamente,\nAna Silva\nFinanceiro", "Preciso da nota fiscal."),
    ("Please cancel it.\n\nKind regards,\nAnn", "Please cancel it."),
    (
        "Em seg., 5 de jan. de 2026 às 10:12, Loja <a@x.example> escreveu:\n> Resolveu?\n\nNão resolveu.",
        "Não resolveu.",
    ),
]

KEPT = [
    "Passos:\n- abri o app\n- cliquei em entrar\n\nNada acontece.",
    "O erro diz:\n> acesso negado\nO que faço?",
    "Em janeiro de 2026 comprei uma câmera e ela nunca funcionou.",
    "Obrigado",
    "On Monday I wrote to you: nothing happened.",
    "De: São Paulo, para: Campinas. Quero mudar a entrega.",
]


@pytest.mark.parametrize(("text", "own"), CUT)
def test_quotes_and_signatures_are_cut(text: str, own: str) -> None:
    assert latest_reply(text) == own
    assert latest_reply(own) == own


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_a_mails_furniture_stays(text: str) -> None:
    assert latest_reply(text) == text
