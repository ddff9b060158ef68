"""Where answers come from: the search, the triage and the guidance of an installation, opened together.

What is made of them stands in `service.answering`.
"""

from dataclasses import dataclass

from service.guidance import Guidance
from triagem.encoder.base import Encoder
from triagem.search.searcher import Searcher
from triagem.settings import Settings
from triagem.store.database import Database
from triagem.text.synonyms import read_desk_synonyms
from triagem.triage.decide import Targets
from triagem.triage.triager import Triager


@dataclass(frozen=True, slots=True)
class Sources:
    """Where answers come from."""

    searcher: Searcher
    triager: Triager
    guidance: Guidance


def open_sources(settings: Settings, database: Database, encoder: Encoder, guidance: Guidance) -> Sources:
    """Opens what answers, as the settings say."""
    searcher = Searcher(database, encoder, synonyms=read_desk_synonyms(settings.synonyms))
    targets = Targets(settings.auto_precision, settings.preselect_precision)
    triager = Triager(database, encoder, targets=targets, matrix=guidance.matrix)
    return Sources(searcher, triager, guidance)
