from concurrent.futures import ThreadPoolExecutor

import pytest

from triagem.text.language import detect, is_foreign
from triagem.types import Language


@pytest.mark.parametrize(
    "text",
    [
        "Não consigo acessar minha conta desde ontem",
        "nao consigo acessar minha conta desde ontem",
        "NÃO CONSIGO ENTRAR, JÁ TROQUEI A SENHA",
        "esqueci minha palavra-passe e o telemóvel não recebe o código",
        "vc pode me mandar a segunda via do boleto pq o link nao abre",
        "O roteador fica com a luz vermelha, veja https://example.com/router/red-light",
    ],
)
def test_portuguese_is_recognised_with_and_without_accents(text: str) -> None:
    assert detect(text) is Language.PT


@pytest.mark.parametrize(
    "text",
    [
        "How can I reset my password if I no longer have that phone?",
        "the camera goes offline every night",
        "I WAS CHARGED TWICE FOR MY SUBSCRIPTION",
        "Can I do a SWIFT transfer?",
    ],
)
def test_english_is_recognised(text: str) -> None:
    assert detect(text) is Language.EN


@pytest.mark.parametrize(
    "text",
    [
        "No puedo acceder a mi cuenta desde ayer",
        "olvide mi contraseña y no puedo entrar",
        "Ich kann mich nicht anmelden, bitte helfen Sie mir",
        "Je ne peux pas me connecter à mon compte",
        "Come posso cambiare la password?",
        "アプリを再起動しても同じ現象が発生します。助けてください",
    ],
)
def test_another_language_is_undetermined_and_not_the_nearest_of_ours(text: str) -> None:
    assert detect(text) is Language.UND


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("senha errada", Language.PT),
        ("conexão caiu", Language.PT),
        ("Olá, bom dia", Language.PT),
        ("wrong password", Language.EN),
        ("where is my order", Language.EN),
        ("mi cuenta", Language.UND),
        ("Salic", Language.UND),
        ("ERR-4012", Language.UND),
        ("https://example.com/password/reset", Language.UND),
        ("", Language.UND),
        ("😡😡😡", Language.UND),
    ],
)
def test_a_short_text_is_named_only_by_words_that_tell(text: str, language: Language) -> None:
    assert detect(text) is language


def test_a_short_text_follows_the_hint_and_a_long_one_does_not() -> None:
    assert detect("router", Language.PT) is Language.PT
    assert detect("The router blinks red since this morning", Language.PT) is Language.EN


def test_threads_that_come_at_once_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(detect, ["Quero cancelar minha assinatura agora"] * 32))
    assert answers == [Language.PT] * 32


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert detect("Quero cancelar minha assinatura agora. " * 60 + "The rest is English. " * 5000) is Language.PT


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Ich kann mich nicht mehr bei meinem Konto anmelden", True),
        ("No puedo entrar en mi cuenta después de cambiar la contraseña", True),
        ("Não consigo entrar na minha conta", False),
        ("I cannot sign in to my account", False),
        ("mi cuenta", False),
        ("ERR-4012 ERR-4013 https://example.com/password/reset/again", False),
        ("Das WLAN geht nicht", True),
        ("路由器每天晚上都断网，无法连接", True),
        ("", False),
    ],
)
def test_a_text_is_foreign_when_it_is_long_enough_to_say_so(text: str, foreign: bool) -> None:
    assert is_foreign(text) is foreign


@pytest.mark.parametrize(
    "text",
    [
        "modelo de recibo mecenato",
        "como criar login no salic",
        "limite cache artista solo",
        "Publicar rótulos de confidencialidade",
        "os ecrãs estão pretos desde ontem",
        "oi tudo bem? my router nao conecta, help",
        "roteador Archer AX55 TP-Link não conecta",
        "Netflix Disney+ Prime Video HBO",
        "Giovanni Bianchi, São Paulo",
        "Lukasz Bajsarowicz 27381",
        "Müller GmbH",
        "Schema name Attribute name",
        "NullPointerException at org.example.Main",
    ],
)
def test_what_only_looks_foreign_is_not(text: str) -> None:
    assert not is_foreign(text)
