import pytest

from triagem.encoder.prepare import prepare


def test_white_space_becomes_single_spaces() -> None:
    assert prepare("  a\n\tb  ", max_tokens=8) == "a b"


def test_a_text_is_cut_at_twelve_characters_a_token() -> None:
    assert len(prepare("word " * 1_000, max_tokens=8)) == 96


def test_a_long_run_is_broken_every_hundred_characters() -> None:
    assert prepare("x" * 250, max_tokens=256).split() == ["x" * 100, "x" * 100, "x" * 50]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_lone_surrogates_become_question_marks(text: str) -> None:
    assert "?" in prepare(text, max_tokens=8)
    prepare(text, max_tokens=8).encode("utf-8")
