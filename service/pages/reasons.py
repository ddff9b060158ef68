"""Tells in the reader's language why a line or a file was refused; runs keep it as the library said it, in English.

The sentences stand in `web/templates/reasons.toml`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final

from service.pages.texts import TEMPLATES, Speaker
from triagem.types import Language

_LINE: Final = re.compile(r"line (\d+)")
_PLACE: Final = re.compile(r"\\\{(\w+)\\\}")
# In which another reason stands.
_INNER: Final = "reason"


@dataclass(frozen=True, slots=True)
class Told:
    """Where it was, and why; `language` is that of `why`, English for a reason that is not known here."""

    where: str
    why: str
    language: Language


def told(where: str, reason: str, speaker: Speaker) -> Told:
    """A refusal as a run keeps it, in the reader's language where there is a sentence for it."""
    line = _LINE.fullmatch(where)
    place = speaker.say("run.line", number=line[1]) if line else where
    if speaker.language is Language.EN:
        return Told(place, reason, Language.EN)
    why = in_portuguese(reason)
    return Told(place, reason, Language.EN) if why is None else Told(place, why, Language.PT)


def in_portuguese(reason: str) -> str | None:
    """The reason in Portuguese; None for one that is not known, or that holds one."""
    for pattern, sentence in _sentences():
        match = pattern.fullmatch(reason)
        if match is None:
            continue
        filled = match.groupdict()
        if _INNER in filled:
            inner = in_portuguese(filled[_INNER])
            return None if inner is None else sentence.format(**filled | {_INNER: inner})
        return sentence.format(**filled)
    return None


@cache
def _sentences() -> list[tuple[re.Pattern[str], str]]:
    found = tomllib.loads((TEMPLATES / "reasons.toml").read_text(encoding="utf-8"))["reason"]
    return [(re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(one["en"])), re.DOTALL), one["pt"]) for one in found]
