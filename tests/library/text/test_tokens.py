import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagem.text.normalise import fold
from triagem.text.tokens import analyse, only_codes


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
        ("AT&T", "att"),
        ("WhatsApp Web", "whatsap whatsapp what whats app web"),
        ("iPhone 15 Pro Max", "iphon iphone phon phone iphone-15 15 max"),
        ("USB-C", "usbc usb"),
        ("Office 365", "ofic office office-365 365"),
        ("Galaxy S23+", "galax galaxy s23"),
        ("ORA-00942", "ora-00942 ora 00942"),
        ("KB5034441", "kb-5034441 kb 5034441"),
        ("AADSTS50076", "aadsts-50076 aadst aadsts 50076"),
        ("HTTP/1.1 404", "htp http 1.1 404"),
        ("STOP: 0x0000007B", "stop 0x0000007b"),
        ("SQLSTATE[42000]", "sqlstat sqlstate 42000"),
        ("NET::ERR_CERT_INVALID", "net err_cert_invalid err cert invalid"),
        ("DNS_PROBE_FINISHED_NXDOMAIN", "dns_probe_finished_nxdomain dns prob probe finish finished nxdomain"),
        ("A1_TOO_LONG_TO_BE_CUT_IN_PARTS_OK", "a1_too_long_to_be_cut_in_parts_ok"),
        ("ERR_NO_MORE_RED_HOT_BIG_OLD_NEW_ADS", "err_no_more_red_hot_big_old_new_ads err red hot big old new ads"),
        ("at com.foo.Bar.baz(Bar.java:42)", "com.foo.bar.baz foo bar baz bar.java bar jav java 42"),
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
    forms = ["configuração", "configuracao", "configurações", "configuracoes", "configurámos", "configuramos"]
    assert {analyse(form)[0] for form in forms} == {"configur"}


@given(st.text())
def test_terms_hold_nothing_a_store_would_split(text: str) -> None:
    for term in analyse(text):
        assert term
        assert len(term) <= 64
        assert all(char.isalnum() or char in ".-_@+#" for char in term), term


@pytest.mark.parametrize("bomb", ["a", "a-", "a.b", "a@", "@a", "1,", "'a", "aB", "www.", "0x", "é"])
def test_endless_words_are_cut_quickly(bomb: str) -> None:
    started = time.process_time()
    terms = analyse(bomb * 200_000)
    assert time.process_time() - started < 2
    assert max((len(term) for term in terms), default=0) <= 64


@pytest.mark.parametrize("text", ["ERR-4012", "err 4012", "0x80070005", "RT-501 ERR-4012"])
def test_a_text_of_codes_alone_is_known_as_one(text: str) -> None:
    assert only_codes(analyse(text))


@pytest.mark.parametrize("text", ["erro ERR-4012", "404", "camera", "windows 11", "ana@example.com", ""])
def test_a_text_that_says_anything_else_is_none(text: str) -> None:
    assert only_codes(analyse(text)) == ()
