"""Personal data becomes placeholders; what only looks like it stays."""

import pytest

from triagem.text.privacy import mask

PERSONAL = [
    ("CPF 529.982.247-25.", "CPF [CPF]."),
    ("meu cpf e 52998224725", "meu cpf e [CPF]"),
    ("CNPJ 11.222.333/0001-81", "CNPJ [CNPJ]"),
    ("CNPJ novo 12.ABC.345/01DE-35", "CNPJ novo [CNPJ]"),
    ("fale com ana.silva+x@mail.exemplo.com.br, por favor", "fale com [EMAIL], por favor"),
    ("cartão 4111 1111 1111 1111 recusado", "cartão [CARD] recusado"),
    ("cartao 5555555555554444", "cartao [CARD]"),
    ("me ligue (11) 91234-5678", "me ligue [PHONE]"),
    ("zap 11 91234-5678 ou +55 21 3456-7890", "zap [PHONE] ou [PHONE]"),
    ("celular 11912345678", "celular [PHONE]"),
    ("call +1 (415) 555-2671", "call [PHONE]"),
    ("CEP: 01310-100", "CEP: [CEP]"),
    ("chave pix 123e4567-e89b-12d3-a456-426614174000", "chave pix [PIX]"),
]

HARMLESS = [
    "CPF 529.982.247-24 com dígito errado",
    "erro ERR-4012 e 0x80070005",
    "pedido 123456789 e nota 000123",
    "versão 2.4.6-p1 no Android 14",
    "em 05/03/2026 às 14:30",
    "servidor 192.168.0.10",
    "R$ 1.234,56 de novo",
    "sessão 123e4567-e89b-12d3-a456-426614174000",
    "01310-100 sem dizer o que é",
    "chamado 20260305-1234",
    "4111 1111 1111 1112",
    "[CPF] e [EMAIL]",
]


@pytest.mark.parametrize(("text", "masked"), PERSONAL)
def test_personal_data_is_replaced(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text
