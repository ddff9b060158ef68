import time

import pytest

from triagem.triage.tone import Tone, notices, tones
from triagem.types import Language


@pytest.mark.parametrize(
    "text",
    [
        "vocês são uns idiotas",
        "VCS SAO TUDO LADRAO",
        "bando de incompetentes",
        "que merda, caiu de novo",
        "you people are useless",
        "fix your fucking app",
        "a bunch of clowns",
    ],
)
def test_an_insult_is_noticed(text: str) -> None:
    assert tones(text) == (Tone.INSULT,)


@pytest.mark.parametrize(
    "text",
    [
        "QUERO MEU DINHEIRO DE VOLTA AGORA OU VOU AO PROCON",
        "WHERE IS MY ORDER I PAID FOR IT TWO WEEKS AGO",
    ],
)
def test_a_text_in_capitals_is_shouting(text: str) -> None:
    assert tones(text) == (Tone.SHOUTING,)


@pytest.mark.parametrize(
    "text",
    [
        "péssimo atendimento, nunca mais",
        "o app é um lixo",
        "foi parar no lixo eletrônico",
        "um ladrão entrou na minha casa e a câmera não gravou",
        "esses ladrões levaram o roteador",
        "a casa foi arrombada",
        "o atendente me chamou de “idiota”",
        "seus animais podem dormir ao lado da câmera",
        "the stupid code expired again",
        "I am such an idiot, where is the button?",
        "Scunthorpe office has no network",
        "MINHA CONTA FOI INVADIDA\ntrocaram meu e-mail e meu telefone",
        'the log says "YOU ARE NOT ALLOWED TO DO THIS WITH THAT ACCOUNT"',
        "ERR_CONNECTION_REFUSED HTTP_PROXY PAG-203 APP-2003 X_1 Y_2 Z_3 W_4 Q_5",
        "CPU, RAM, SSD, GPU, NAS, UPS, PDU, KVM, VPN, LAN",
        "[EMAIL] [CPF] [PHONE] [CARD] [EMAIL] [CPF] [PHONE] [CARD] [PIX]",
        "",
    ],
)
def test_anger_about_a_thing_quotes_and_codes_are_no_reason_for_a_notice(text: str) -> None:
    assert tones(text) == ()


def test_the_author_is_told_kindly_and_that_nothing_changes() -> None:
    (portuguese,) = notices("vocês são uns idiotas", Language.PT)
    (english,) = notices("you are all idiots", Language.EN)
    assert "não muda a prioridade" in portuguese
    assert "does not change the priority" in english


@pytest.mark.parametrize("piece", ["a", "A ", '"', "you ", "voces ", "[A", "\n"])
def test_no_text_takes_long(piece: str) -> None:
    begun = time.process_time()
    tones(piece * (20_000 // len(piece)))
    assert time.process_time() - begun < 0.5
