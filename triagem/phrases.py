"""Every sentence that people read of the library, in Portuguese and in English side by side, from `phrases.toml`.

What is said when is the caller's decision; logs and docs are English and do not pass here, and of errors only what is
also read elsewhere.
"""

import tomllib
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from types import MappingProxyType

from triagem.types import Language

_CATALOGUE = Path(__file__).with_name("phrases.toml")
# Nearer days are told apart without their year.
_SAME_YEAR_DAYS = 180


@cache
def catalogue() -> MappingProxyType[str, dict[Language, str]]:
    """All sentences by their name, such as `missing.version`; each in every language but `UND`."""
    groups = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            f"{group}.{name}": {Language(tag): text for tag, text in said.items()}
            for group, phrases in groups.items()
            for name, said in phrases.items()
        }
    )


def say(name: str, language: Language, **values: str) -> str:
    """The sentence `name` with its places filled.

    Raises `KeyError` for a name or place that the catalogue does not have, and for `UND`: choose a language first.
    """
    return catalogue()[name][language].format(**values)


def number(value: float, language: Language, *, places: int = 0) -> str:
    """A number with its thousands and decimals parted as the language does: `12.345,5`, `12,345.5`."""
    written = f"{value:z,.{places}f}"  # what rounds to nothing has no sign
    return written.translate(str.maketrans(",.", ".,")) if language is Language.PT else written


def stamp(moment: datetime, zone: tzinfo) -> str:
    """A moment as commands print it, in the desk's zone, which it names: `2026-11-23 09:05 -03`."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def when(moment: datetime, language: Language, *, now: datetime) -> str:
    """A moment as it is said: `hoje às 17h30`, `Monday, 23 November, at 09:00`. Give both in the same time zone."""
    days = (moment.date() - now.date()).days
    if days in (0, 1):
        day = say("when.today" if days == 0 else "when.tomorrow", language)
    else:
        day = say(
            "when.day" if abs(days) < _SAME_YEAR_DAYS else "when.far_day",
            language,
            weekday=say("when.weekdays", language).split()[moment.weekday()],
            day=_day_of_month(moment.day, language),
            month=say("when.months", language).split()[moment.month - 1],
            year=str(moment.year),
        )
    return say("when.at", language, day=day, time=_time_of_day(moment, language))


def _day_of_month(day: int, language: Language) -> str:
    return "1º" if day == 1 and language is Language.PT else str(day)


def _time_of_day(moment: datetime, language: Language) -> str:
    """With its preposition, which in Portuguese follows from the hour: `às 9h`, `à 1h30`; `at 09:00`."""
    if language is Language.EN:
        return moment.strftime("at %H:%M")
    minutes = f"{moment.minute:02d}" if moment.minute else ""
    return f"{'à' if moment.hour == 1 else 'às'} {moment.hour}h{minutes}"
