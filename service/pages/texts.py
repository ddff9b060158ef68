"""Every sentence of the pages, in Portuguese and in English side by side, from `web/templates/texts.toml`.

What requesters are told by the service itself stands in `triagem.phrases`; these are the pages' own words.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from triagem.phrases import number
from triagem.types import Language

TEMPLATES: Final = Path(__file__).parents[1] / "web" / "templates"
TAGS: Final[Mapping[Language, str]] = {Language.PT: "pt-BR", Language.EN: "en"}


@cache
def catalogue() -> MappingProxyType[str, dict[Language, str]]:
    """All sentences by their name, such as `agent.queue`; each in both languages."""
    groups = tomllib.loads((TEMPLATES / "texts.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            f"{group}.{name}": {Language(tag): text for tag, text in said.items()}
            for group, texts in groups.items()
            for name, said in texts.items()
        }
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language, numbers and dates as its readers write them."""

    language: Language
    zone: tzinfo

    @property
    def tag(self) -> str:
        """The language as a page's `lang` names it."""
        return TAGS[self.language]

    def say(self, name: str, /, **values: object) -> str:
        """The sentence `name` with its places filled. Raises `KeyError` for a name the catalogue does not have."""
        return catalogue()[name][self.language].format(**values)

    def knows(self, name: str) -> bool:
        return name in catalogue()

    def share(self, value: float | None) -> str:
        """A share from 0 to 1 as a percentage; a dash for none."""
        if value is None:
            return "–"
        if 0.995 <= value < 1:  # almost all is not all
            return f"{self.number(math.floor(value * 1000) / 10, places=1)}%"
        if 0 < value < 0.005:
            return "<1%"
        return f"{value * 100:.0f}%"

    def number(self, value: float, *, places: int = 0) -> str:
        """A number with its thousands and decimals parted as the language does."""
        return number(value, self.language, places=places)

    def count(self, name: str, many: int) -> str:
        """The sentence for one, or the one for many with its `{count}` filled."""
        return self.say(f"{name}_one" if many == 1 else f"{name}_many", count=self.number(many))

    def day(self, moment: datetime | None) -> str:
        """The date alone: `20/11/2026`, `20 Nov 2026`."""
        if moment is None:
            return "–"
        local = moment.astimezone(self.zone)
        if self.language is Language.PT:
            return local.strftime("%d/%m/%Y")
        return f"{local.day} {self.say('format.months').split()[local.month - 1]} {local.year}"

    def moment(self, moment: datetime | None) -> str:
        """Date and time of day, in the desk's zone."""
        if moment is None:
            return "–"
        return f"{self.day(moment)} {moment.astimezone(self.zone):%H:%M}"

    def ago(self, moment: datetime, now: datetime) -> str:
        """How long ago, in the largest unit that fits."""
        minutes = max(0, int((now - moment).total_seconds() // 60))
        for unit, size in (("days", 24 * 60), ("hours", 60)):
            if minutes >= size:
                return self.count(f"format.{unit}", minutes // size)
        return self.count("format.minutes", minutes) if minutes else self.say("format.now")
