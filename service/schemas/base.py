"""The pieces that every request and response body is made of.

Bodies are strict: a field nobody knows or a number where a text belongs is refused, not guessed at.
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from triagem.search.records import CHANNEL, ID, LABEL, SHORT
from triagem.text.normalise import clean, one_form
from triagem.types import Language

_BEGINNING_CHARS = 200
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")


class In(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Out(BaseModel):
    """A response body. It is made by us, so nothing is checked a second time."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("it contains a NUL character; remove it")
    if not value.isascii() and _HALF_A_PAIR.search(value):
        raise ValueError("it contains half of a surrogate pair; send valid Unicode")
    return value


def _written(value: object) -> object:
    if isinstance(value, datetime | str):
        return value
    raise ValueError("it must be a date and time as in 2026-01-31T09:30:00Z")


def _in_utc_if_zoned(value: datetime) -> datetime:
    try:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("it lies outside the calendar") from None
    if not MINYEAR < value.year < MAXYEAR:  # a zone could still move it outside
        raise ValueError("it lies outside the calendar")
    return value


Text = Annotated[str, AfterValidator(_storable)]
Id = Annotated[Text, AfterValidator(one_form), Field(min_length=1, max_length=ID)]
Label = Annotated[Text, Field(min_length=1, max_length=LABEL)]
Subject = Annotated[Text, Field(max_length=SHORT)]
Description = Annotated[Text, Field(max_length=20_000)]
Channel = Annotated[Text, Field(pattern=CHANNEL, examples=["form", "email", "chat", "api"])]
# A language tag as a browser or form knows it; only its first part counts.
LanguageTag = Annotated[
    str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35, examples=["pt-BR", "en"])
]
# Without an offset it stays so: it is of the desk's zone, as in files.
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_in_utc_if_zoned)]


def refuse_empty(subject: str, description: str) -> None:
    """Raises `ValueError` where neither says anything that can be seen."""
    # The beginning nearly always tells; cleaning 20,000 characters takes more than a millisecond.
    if not any(clean(text[:_BEGINNING_CHARS]) or clean(text) for text in (subject, description)):
        raise ValueError("subject and description are both empty; one of them must say something")


def language_of(tag: str | None) -> Language | None:
    """The language a tag names; None for none given, `UND` for one that is not served."""
    if tag is None:
        return None
    first = tag.replace("_", "-").partition("-")[0].lower()
    return Language(first) if first in (Language.PT, Language.EN) else Language.UND
