"""A desk's own relevance: two numbers that correct the shipped one by what the desk has seen, chosen and undone here.

What people said becomes observations in `triagem.search.observations`; `training.recalibration` fits the numbers.
"""

from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triagem.encoder import pieces
from triagem.encoder.small_talk import LINES
from triagem.search.relevance import FILE
from triagem.store import audit, choices
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Connection
from triagem.text.normalise import digest

# Nearer to 0 and 1 log-odds would say more than four decimals in an event log can hold.
_LEAST = 1e-4
_BASIS_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Platt scaling: the corrected log-odds are `slope` times the shipped ones plus `offset`.

    `slope` is above 0, so no order changes. It holds for the relevance of one `basis` only. Versions count from 1; 0 is
    the shipped relevance as it is.
    Source: Platt, Probabilistic Outputs for Support Vector Machines, 1999.
    """

    version: int = 0
    slope: float = 1.0
    offset: float = 0.0
    basis: str = ""
    observations: int = 0

    @property
    def changes_nothing(self) -> bool:
        return self.slope == 1.0 and self.offset == 0.0

    def of(self, relevance: float) -> float:
        """The corrected probability of a shipped one."""
        return float(self.of_many(np.array([relevance]))[0])

    def of_many(self, relevance: NDArray[np.float64]) -> NDArray[np.float64]:
        """`(n,)` corrected probabilities of shipped ones."""
        if self.changes_nothing:
            return relevance
        return 1.0 / (1.0 + np.exp(-(self.slope * log_odds(relevance) + self.offset)))


def log_odds(relevance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of probabilities, those of 0.0001 and 0.9999 at most."""
    within = np.clip(relevance, _LEAST, 1.0 - _LEAST)
    return np.log(within / (1.0 - within))


@cache
def basis_of(encoder_digest: str) -> str:
    """Names what a shipped relevance comes from: these weights and lines of small talk, on vectors of this encoder, and
    these word pieces.
    """
    made_of = (*(file.read_text(encoding="utf-8") for file in (FILE, LINES)), encoder_digest, pieces.shipped().digest)
    return digest("relevance", *made_of)[:_BASIS_DIGITS]


def in_force(connection: Connection, desk: str, basis: str) -> Recalibration:
    """The desk's own correction; one that changes nothing where it has none, or one of another basis."""
    stored = choices.get(connection, desk, Choice.RELEVANCE)
    return Recalibration(**stored) if stored and stored["basis"] == basis else Recalibration(basis=basis)


def choose(
    connection: Connection, desk: str, found: Recalibration, *, actor: str, why: str, measured: dict[str, Any]
) -> Recalibration:
    """Makes a correction count from the next answer on, under the next version; who did it is written down.

    One that is in force already is not written again.
    `measured` goes into the log: what spoke for it.
    """
    return _put(connection, desk, found, actor=actor, why=why, details=measured)


def reset(connection: Connection, desk: str, basis: str, *, actor: str, why: str) -> Recalibration:
    """Back to the shipped relevance; that too is a version, and written down, unless it is in force already."""
    return _put(connection, desk, Recalibration(basis=basis), actor=actor, why=why, details={})


def _put(
    connection: Connection, desk: str, new: Recalibration, *, actor: str, why: str, details: dict[str, Any]
) -> Recalibration:
    before = choices.get(connection, desk, Choice.RELEVANCE)
    now = Recalibration(**before) if before else Recalibration(basis=new.basis)
    if replace(new, version=now.version) == now:
        return now
    value = {**asdict(new), "version": (before["version"] if before else 0) + 1}
    choices.put(connection, desk, Choice.RELEVANCE, value)
    written = {"before": before, "after": value, **details}
    audit.record(connection, desk, Entry(actor, Action.RELEVANCE, f"version {value['version']}", why, written))
    return Recalibration(**value)
