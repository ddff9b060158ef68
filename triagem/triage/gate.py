"""Whether the evidence speaks for a version: compared with what answers now, on the same tickets, ticket by ticket.

It judges and changes nothing; promoting is left to `triagem.store.models`, by whoever asked.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import bdtrc

from triagem.errors import Conflict
from triagem.store import models, vectors
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import ticket_input
from triagem.triage import taxonomy
from triagem.triage.classifier import Classifier
from triagem.triage.learnable import learnable
from triagem.triage.triager import model_path, open_model
from triagem.types import TicketField

RISK = 0.05
_MARGIN = 0.02
# With few tickets two of them may be lost by chance alone; a share says too little there.
_MARGIN_TICKETS = 2
_FEWEST = 30
_FEWEST_OF_PART = 20
_Z = 1.645


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same tickets: how many the new one alone got right, and how many the old one alone."""

    tickets: int
    gained: int
    lost: int

    @property
    def difference(self) -> float:
        """Accuracy of the new model less that of the old."""
        return (self.gained - self.lost) / self.tickets if self.tickets else 0.0

    @property
    def is_better(self) -> bool:
        """Whether so many gains would happen to equal models in at most 5 % of cases (exact McNemar, one-sided)."""
        return _at_least(self.gained, self.gained + self.lost) <= RISK

    @property
    def is_not_inferior(self) -> bool:
        """Whether the 95 % lower bound of the difference (adjusted Wald, Agresti and Min 2005) is above the margin."""
        size = self.tickets + 2
        mean = (self.gained - self.lost) / size
        spread = math.sqrt(max(self.gained + self.lost + 1 - size * mean * mean, 0.0)) / size
        return mean - _Z * spread > -max(_MARGIN, _MARGIN_TICKETS / max(self.tickets, 1))

    def is_worse(self, *, among: int) -> bool:
        """Whether so many losses would happen to equal models in at most 5 % of cases, `among` as many comparisons."""
        return _at_least(self.lost, self.gained + self.lost) <= RISK / among


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """What the gate found of one field; `objection` is None when nothing speaks against the new version."""

    field: TicketField
    against: str
    comparison: Comparison
    objection: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One ticket: its class and language, and whether each model got it right."""

    label: str
    language: str
    new_right: bool
    old_right: bool


def judge_promotion(database: Database, desk: str, version: str, *, encoder_digest: str) -> list[FieldVerdict]:
    """A verdict for each field of `version` that another one answers now. Raises `NotFound` for an unknown version."""
    with database.read() as connection:
        model = models.get(connection, desk, version)
        current = models.in_force(connection, desk)
        answering = {
            TicketField(name): other
            for name, other in (current.assignments if current else {}).items()
            if name in model.fields and other != version
        }
        others = {other: models.get(connection, desk, other) for other in set(answering.values())}
        stored = list(learnable(connection, desk).tickets) if answering else []
    if not answering:
        return []

    def opened(name: str) -> Classifier:
        known = model if name == version else others[name]
        return open_model(model_path(database.data_dir, desk, name), known, encoder_digest=encoder_digest)

    new, old = opened(version), {name: opened(name) for name in sorted(others)}
    return [
        verdict(field, other, list(compare(database, desk, field, new, old[other], stored, encoder_digest)))
        for field, other in answering.items()
    ]


def verdict(field: TicketField, against: str, compared: Sequence[Compared]) -> FieldVerdict:
    """Passes what is better, or not inferior, and not worse in any class or language that can be told."""
    whole = _comparison(compared)
    parts = {
        **{f"class '{name}'": part for name, part in _parts(compared, "label")},
        **{f"language '{name}'": part for name, part in _parts(compared, "language")},
    }
    worse = [name for name, part in parts.items() if part.is_worse(among=len(parts))]
    objection = None
    if whole.tickets < _FEWEST:
        objection = f"only {whole.tickets} tickets to compare on, {_FEWEST} are needed"
    elif worse:
        objection = f"worse in {', '.join(worse)}"
    elif not whole.is_better and not whole.is_not_inferior:
        objection = f"not shown to be as good: {whole.gained} gained, {whole.lost} lost of {whole.tickets} tickets"
    return FieldVerdict(field, against, whole, objection)


def refuse_unproven(version: str, verdicts: Iterable[FieldVerdict]) -> None:
    """Raises `Conflict` with every objection; says how to promote all the same."""
    objections = [f"{one.field.value}: {one.objection}" for one in verdicts if one.objection]
    if objections:
        raise Conflict(
            f"{version} was not promoted. {'; '.join(objections)} (compared with what answers now). "
            f"To promote it all the same: triagem promote {version} --force --why TEXT"
        )


def compare(
    database: Database,
    desk: str,
    field: TicketField,
    new: Classifier,
    old: Classifier,
    stored: Sequence[StoredTicket],
    encoder_digest: str,
) -> Iterator[Compared]:
    """Like with like: what both learned from, each by its model without it; what only the new one has seen, and held
    out, by its model of the earlier ones and by the old one as it is. Judged by the labels and names that stand now.
    """
    by_new, by_old = _answers(new, field, ahead=False), _answers(old, field, ahead=False)
    ahead = _answers(new, field, ahead=True)
    fresh = [one for one in stored if one.ticket.id in ahead and one.ticket.id not in by_old]
    with database.read() as connection:
        found = vectors.load(connection, desk, encoder=encoder_digest, digests=[one.text_digest for one in fresh])
        named = partial(taxonomy.load(connection, desk).current, field)
    fresh = [one for one in fresh if one.text_digest in found]
    if fresh:
        texts = [ticket_input(one.ticket.subject, one.ticket.description) for one in fresh]
        judged = old.judge(texts, np.stack([found[one.text_digest] for one in fresh]))[field]
        for one, at in zip(fresh, judged.probabilities.argmax(axis=1), strict=True):
            by_old[one.ticket.id] = old.heads[field].classes[at]
            by_new[one.ticket.id] = ahead[one.ticket.id]
    for one in stored:
        label, identifier = one.ticket.label(field), one.ticket.id
        if label and identifier in by_old and identifier in by_new:
            language = one.ticket.language.value
            yield Compared(label, language, named(by_new[identifier]) == label, named(by_old[identifier]) == label)


def _answers(classifier: Classifier, field: TicketField, *, ahead: bool) -> dict[str, str]:
    head, ids = classifier.heads[field], classifier.anchors.ids
    given = head.ahead if ahead else head.evidence.predicted
    proving = head.proving[len(head.proving) - len(given) :]
    return {ids[anchor]: head.classes[at] for anchor, at in zip(proving, given, strict=True)}


def _parts(compared: Sequence[Compared], attribute: str) -> Iterator[tuple[str, Comparison]]:
    for name in sorted({getattr(one, attribute) for one in compared}):
        part = _comparison([one for one in compared if getattr(one, attribute) == name])
        if part.tickets >= _FEWEST_OF_PART:
            yield name, part


def _comparison(compared: Sequence[Compared]) -> Comparison:
    gained = sum(one.new_right and not one.old_right for one in compared)
    lost = sum(one.old_right and not one.new_right for one in compared)
    return Comparison(len(compared), gained, lost)


def _at_least(wins: int, rounds: int) -> float:
    """How likely a fair coin is to fall so at least `wins` times."""
    return float(bdtrc(wins - 1, rounds, 0.5)) if wins else 1.0
