import string
from datetime import UTC, datetime

import pytest

from triagem.phrases import catalogue, number, say, when
from triagem.types import Language

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def _places(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_every_phrase_is_there_in_both_languages_and_differs() -> None:
    for name, said in catalogue().items():
        assert set(said) == {Language.PT, Language.EN}, name
        assert all(said.values()), name
        assert name == "when.at" or said[Language.PT] != said[Language.EN], name


def test_both_languages_have_the_same_places_to_fill() -> None:
    assert [
        name for name, said in catalogue().items() if len(set(map(frozenset, map(_places, said.values())))) > 1
    ] == []


@pytest.mark.parametrize("language", [Language.PT, Language.EN])
def test_there_are_seven_days_and_twelve_months(language: Language) -> None:
    assert len(say("when.weekdays", language).split()) == 7
    assert len(say("when.months", language).split()) == 12


def test_a_text_without_a_language_must_be_given_one_first() -> None:
    with pytest.raises(KeyError):
        say("when.today", Language.UND)


@pytest.mark.parametrize(
    ("moment", "portuguese", "english"),
    [
        (datetime(2026, 11, 20, 17, 30, tzinfo=UTC), "hoje às 17h30", "today at 17:30"),
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), "amanhã às 9h", "tomorrow at 09:00"),
        (
            datetime(2026, 12, 1, 1, 5, tzinfo=UTC),
            "terça-feira, 1º de dezembro, à 1h05",
            "Tuesday, 1 December, at 01:05",
        ),
        (
            datetime(2027, 11, 20, 12, 0, tzinfo=UTC),
            "sábado, 20 de novembro de 2027, às 12h",
            "Saturday, 20 November 2027, at 12:00",
        ),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: datetime, portuguese: str, english: str) -> None:
    assert when(moment, Language.PT, now=NOW) == portuguese
    assert when(moment, Language.EN, now=NOW) == english


def test_what_rounds_to_nothing_is_written_without_a_sign() -> None:
    assert [number(value, Language.PT, places=1) for value in (-0.04, -0.06, 0.0)] == ["0,0", "-0,1", "0,0"]
