import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.library.text.cost import at_most_a_second
from triagem.text.privacy import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("meu CPF é 529.982.247-25, ok?", "meu CPF é [CPF], ok?"),
        ("cpf 52998224725", "cpf [CPF]"),
        ("CPF:529982247-25.", "CPF:[CPF]."),
        ("529 982 247 25", "[CPF]"),
        ("CNPJ 11.222.333/0001-81", "CNPJ [CNPJ]"),
        ("11222333000181", "[CNPJ]"),
        ("12.ABC.345/01DE-35 desde julho", "[CNPJ] desde julho"),
        ("12abc34501de35", "[CNPJ]"),
        ("escreva para maria.silva+casa@exemplo.com.br.", "escreva para [EMAIL]."),
        ("<joao@jatoba.example>", "<[EMAIL]>"),
        ("(11) 98765-4321", "[PHONE]"),
        ("ligue (21) 4000-0000 hoje", "ligue [PHONE] hoje"),
        ("(011)987654321", "[PHONE]"),
        ("+55 11 98765-4321", "[PHONE]"),
        ("+5511987654321", "[PHONE]"),
        ("+351 912 345 678", "[PHONE]"),
        ("+1 (555) 123-4567", "[PHONE]"),
        ("11 98765-4321", "[PHONE]"),
        ("11 98765 4321", "[PHONE]"),
        ("98765-4321", "[PHONE]"),
        ("555-234-5678", "[PHONE]"),
        ("meu whatsapp é 11987654321", "meu whatsapp é [PHONE]"),
        ("Tel.: 4000-0000", "Tel.: [PHONE]"),
        ("telemóvel 912 345 678", "telemóvel [PHONE]"),
        ("cartão 4111 1111 1111 1111 recusado", "cartão [CARD] recusado"),
        ("5555-5555-5555-4444", "[CARD]"),
        ("378282246310005", "[CARD]"),
        ("6362970000457013", "[CARD]"),
        ("CEP 01310-100", "CEP [CEP]"),
        ("CEP: 01310100, São Paulo", "CEP: [CEP], São Paulo"),
        ("chave pix 123e4567-e89b-42d3-a456-426614174000", "chave pix [PIX]"),
        ("123e4567-e89b-42d3-a456-426614174000 é a minha chave", "[PIX] é a minha chave"),
        (
            "CPF 529.982.247-25, fone (11) 98765-4321 e a@b.example",
            "CPF [CPF], fone [PHONE] e [EMAIL]",
        ),
    ],
)
def test_what_identifies_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "CPF 529.982.247-26 com dígito errado",
        "111.111.111-11",
        "11.222.333/0001-82",
        "00000000000000",
        "12.ABC.345/01DE-36",
        "4111 1111 1111 1112",
        "pedido 2026051212345678",
        "pedido 12345678901",
        "protocolo 20260512123456",
        "rastreio AB123456789BR",
        "erro 0x80070005 no APP-4012",
        "ERR-98765-4321",
        "versão 2.4.6-p1 ou 10.0.19045.3803",
        "12/05/2026 às 10:30",
        "2026-05-12T10:30:00",
        "de 2020-2021",
        "IP 192.168.10.254:8080",
        "R$ 1.234.567,89",
        "faltam 1 000 000 de linhas",
        "01310-100",
        "CEP inválido, pedido 123",
        "id 123e4567-e89b-42d3-a456-426614174000",
        "0800 123 4567",
        "IMEI 490154203237518",
        "nota 35260511222333000181550010000012341000012345",
        "23793.38128 60007.827136 95000.063305 9 84660000012345",
        "siga @jatoba no site",
        "contato pelo chat em 2026",
        "o telefone não liga há 30 dias",
    ],
)
def test_codes_numbers_dates_and_amounts_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789 .-/()+@aAbx[]\n:,"))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


PIECES = """pix |chave |123e4567-e89b-42d3-a456-426614174000 |529.982.247-25 |tel |11987654321 |CEP |01310-100 |a@b.co |
98765-4321 |4111 1111 1111 1111 |é |+55|(11) |11222333000181 |12.ABC.345/01DE-35|[PHONE]|-""".split("|")
LETTERS_ALMOST_IN_A_NUMBER = ["11ſ22233300018100", "11.ſ22.333/0001-81", "ıABC34501DE3500"]
BOMBS = "1|1 |1-|a@|a.|(1|tel |pix |CEP |+1|1.1.|12345678-1234-|9A".split("|")


@given(st.lists(st.sampled_from(PIECES)))
def test_masking_any_mixture_twice_changes_nothing(pieces: list[str]) -> None:
    once = mask("".join(pieces))
    assert mask(once) == once


@pytest.mark.parametrize("text", LETTERS_ALMOST_IN_A_NUMBER)
def test_letters_that_only_look_like_those_of_a_number_stay(text: str) -> None:
    assert mask(text) == text


@given(st.lists(st.lists(st.sampled_from(PIECES)).map("".join)))
def test_each_line_is_masked_by_itself(lines: list[str]) -> None:
    assert mask("\n".join(lines)) == "\n".join(map(mask, lines))


@pytest.mark.parametrize("bomb", BOMBS)
def test_endless_texts_cost_little(bomb: str) -> None:
    text = bomb * (100_000 // len(bomb))
    with at_most_a_second():
        mask(f"1{text}")
