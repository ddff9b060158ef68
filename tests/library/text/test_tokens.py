import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagem.text.normalise import fold
from triagem.text.tokens import analyse


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Não consigo trocar a senha", "nao consig consigo troc trocar senh senha"),
        ("I cannot change my password", "canot cannot chang change password"),
        ("como é que eu pago o boleto?", "com como que pag pago bolet boleto"),
        ("ERR-4012", "err-4012 err 4012"),
        ("err_4012", "err-4012 err 4012"),
        ("err4012", "err-4012 err 4012"),
        ("ERR: 4012", "err err-4012 4012"),
        ("HTTP 500", "htp http http-500 500"),
        ("luz do MESH-17 acesa", "luz mesh-17 mesh 17 aces acesa"),
        ("0x80070005", "0x80070005"),
        ("2.4.6-p1", "2.4.6-p1 2.4.6 p1"),
        ("R$ 19,90", "r 19.90"),
        ("Wi-Fi", "wif wifi wi fi"),
        ("e-mail", "email mail"),
        ("email", "email"),
        ("fooBar", "foob foobar foo bar"),
        ("foo_bar", "foo_bar foo bar"),
        ("foo.bar", "foo.bar foo bar"),
        ("C++ e C#", "c++ c#"),
        ("can't open the user's page", "cant open user pag page"),
        ("suporte@jatoba.example", "suporte@jatoba.example jatoba.example"),
        ("https://www.jatoba.example/ajuda/senha?x=1#y", "jatoba.example jatob jatoba ajud ajuda senh senha"),
        ("3fa85f64-5717-4562-b3fc-2c963f66afa6", "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
        ("日本語", "日本語"),
        ("", ""),
        ("?!... 😡", ""),
    ],
)
def test_analyse_gives_words_and_codes_in_order(text: str, terms: str) -> None:
    assert analyse(text) == terms.split()


def test_a_text_of_stop_words_keeps_them() -> None:
    assert analyse("do you") == ["do", "you"]
    assert analyse("e para os") == ["e", "para", "os"]


def test_missing_accents_and_capitals_change_nothing() -> None:
    text = "Solicitação de alteração do endereço não chegou até o técnico"
    assert analyse(fold(text)) == analyse(text.upper()) == analyse(text)


def test_forms_of_a_word_share_a_term() -> None:
    forms = ["configuração", "configuracao", "configurações", "configuracoes"]
    assert {analyse(form)[0] for form in forms} == {"configur"}


@given(st.text())
def test_terms_hold_nothing_a_store_would_split(text: str) -> None:
    for term in analyse(text):
        assert term
        assert len(term) <= 64
        assert all(char.isalnum() or char in ".-_@+#" for char in term), term


@pytest.mark.parametrize("bomb", ["a", "a-", "a.b", "a@", "@a", "1,", "'a", "aB", "www.", "0x", "é"])
def test_endless_words_are_cut_quickly(bomb: str) -> None:
    started = time.perf_counter()
    terms = analyse(bomb * 200_000)
    assert time.perf_counter() - started < 2
    assert max((len(term) for term in terms), default=0) <= 64
