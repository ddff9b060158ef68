"""What the pages say in each language, for journeys that are made in both."""

from dataclasses import dataclass

from service.pages.texts import TAGS, catalogue
from triagem.types import Language

LOCALES = {Language.PT: "pt-BR", Language.EN: "en-US"}


@dataclass(frozen=True, slots=True)
class Words:
    """Says the pages' own sentences, as a visitor of this language reads them."""

    language: Language

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    @property
    def tag(self) -> str:
        return TAGS[self.language]

    def __call__(self, name: str, **values: object) -> str:
        return catalogue()[name][self.language].format(**values)


BOTH = [Words(Language.PT), Words(Language.EN)]
