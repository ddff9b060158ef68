"""The words of a passage that a question asks for."""

import pytest

from triagem.text.highlight import highlights
from triagem.text.synonyms import shipped


def _marked(passage: str, question: str) -> list[str]:
    return [passage[start:end] for start, end in highlights(passage, shipped().ask(question).every_term)]


@pytest.mark.parametrize(
    ("passage", "question", "marked"),
    [
        ("Troque a Senha e abra de novo.", "nao abre, trocar senha", ["Troque", "Senha", "abra"]),
        ("As configurações ficam no menu.", "onde fica a configuracao?", ["configurações ficam"]),
        ("The settings were configured by an admin.", "configure", ["configured"]),
        ("O erro APP-4012 aparece ao abrir.", "app 4012", ["APP-4012"]),
        ("Nada disto ajuda.", "quero cancelar o plano", []),
        ("", "senha", []),
        ("Senha.", "", []),
    ],
)
def test_words_are_marked_whatever_their_accents_endings_and_capitals(
    passage: str, question: str, marked: list[str]
) -> None:
    assert _marked(passage, question) == marked


def test_stop_words_are_not_marked() -> None:
    assert _marked("A senha de um usuário", "a senha de um") == ["senha"]


def test_offsets_count_characters_even_after_an_emoji() -> None:
    assert highlights("😀 senha", frozenset({"senh"})) == ((2, 7),)


def test_a_page_is_never_flooded_with_marks() -> None:
    passage = "senha. " * 500
    spans = highlights(passage, frozenset({"senh"}))
    assert len(spans) == 40
    assert all(passage[start:end] == "senha" for start, end in spans)
