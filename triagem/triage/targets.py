"""The precision that a desk asks of each field before it is filled, and what another target would change.

How a target is proven stands in `triagem.triage.nested`; where a desk chose none, those of the settings hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from triagem.errors import InvalidInput
from triagem.store import audit, choices
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Connection
from triagem.triage.classifier import Head
from triagem.triage.decide import Rules, Targets
from triagem.triage.nested import STEPS, thresholds
from triagem.triage.thresholds import CLOSED_THRESHOLD, Evidence, Threshold
from triagem.types import Mode, TicketField

LEAST, MOST = 0.5, STEPS[-1]
PROVEN_MODES = (Mode.AUTO, Mode.PRESELECT)


@dataclass(frozen=True, slots=True)
class Covered:
    """What thresholds fill of labelled tickets: the share of them, how often rightly, and by how many open classes.

    `precision` is None where nothing is filled.
    """

    coverage: float
    precision: float | None
    open_classes: int


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve: at this target, so much is filled."""

    target: float
    covered: Covered


@dataclass(frozen=True, slots=True)
class Effect:
    """What another target changes in one mode, and the classes that it opens or closes."""

    mode: Mode
    before: Covered
    after: Covered
    opened: tuple[str, ...]
    closed: tuple[str, ...]


def chosen(connection: Connection, desk: str, otherwise: Targets) -> dict[TicketField, Targets]:
    """Every field's targets: the desk's own, or `otherwise`."""
    stored = choices.get(connection, desk, Choice.TARGETS) or {}
    return {field: replace(otherwise, **stored.get(field.value, {})) for field in TicketField}


def choose(connection: Connection, desk: str, field: TicketField, targets: Targets, *, actor: str, why: str) -> None:
    """Sets a field's targets from the next answer on, and writes down who did it. Raises `InvalidInput`.

    What the desk has chosen already is not written again.
    """
    check(targets)
    stored = choices.get(connection, desk, Choice.TARGETS) or {}
    if stored.get(field.value) == asdict(targets):
        return
    choices.put(connection, desk, Choice.TARGETS, {**stored, field.value: asdict(targets)})
    details = {"before": stored.get(field.value), "after": asdict(targets)}
    audit.record(connection, desk, Entry(actor, Action.TARGETS, field.value, why, details))


def check(targets: Targets) -> None:
    """Raises `InvalidInput` for targets that cannot be meant."""
    if not LEAST <= targets.preselect <= targets.auto <= MOST:
        raise InvalidInput(
            f"Targets lie between {LEAST} and {MOST}, and what is filled by itself (auto) is no less sure than what is "
            "only pre-selected (preselect). What is not given stays as it is; both can be given."
        )


def covered(evidence: Evidence, proven: Sequence[Threshold]) -> Covered:
    """What thresholds, one a class, fill of the evidence."""
    bars = np.array([one.probability for one in proven])
    filled = evidence.probability >= bars[evidence.predicted]
    return Covered(
        coverage=float(filled.mean()) if len(filled) else 0.0,
        precision=float(evidence.correct[filled].mean()) if filled.any() else None,
        open_classes=sum(one.tickets > 0 for one in proven),
    )


def curve(head: Head, *, targets: Sequence[float] = STEPS) -> tuple[Point, ...]:
    """Coverage against precision: what would be filled at each target, in either mode, by the model's own evidence.

    A stricter target never fills more.
    """
    at = thresholds(head.evidence, classes=len(head.classes), targets=targets)
    return tuple(Point(target, covered(head.evidence, at[target])) for target in targets)


def effect(old: Rules, new: Rules) -> tuple[Effect, ...]:
    """What changes in each mode from one model's rules to others of it, by its own evidence."""
    found = []
    for mode in PROVEN_MODES:
        before, after = open_classes(old, mode), open_classes(new, mode)
        opened = tuple(name for name in after if name not in before)
        closed = tuple(name for name in before if name not in after)
        found.append(Effect(mode, covered_by(old, mode), covered_by(new, mode), opened, closed))
    return tuple(found)


def covered_by(rules: Rules, mode: Mode) -> Covered:
    """What rules fill of their model's evidence; what is likeliest of a retired class stays open."""
    named = zip(rules.answers, proven(rules, mode), strict=True)
    return covered(rules.head.evidence, [CLOSED_THRESHOLD if name is None else one for name, one in named])


def open_classes(rules: Rules, mode: Mode) -> tuple[str, ...]:
    """The classes that may be filled in a mode, under their names of now."""
    named = zip(rules.answers, proven(rules, mode), strict=True)
    return tuple(dict.fromkeys(name for name, one in named if name is not None and one.tickets > 0))


def proven(rules: Rules, mode: Mode) -> tuple[Threshold, ...]:
    """The thresholds of a mode, one a class."""
    return rules.auto if mode is Mode.AUTO else rules.preselect


def closed_classes(connection: Connection, desk: str) -> dict[str, dict[str, dict[str, list[str]]]]:
    """The classes that corrections have closed, by version, field and mode."""
    return choices.get(connection, desk, Choice.CLOSED) or {}


def closing(rules: Rules, closed: Mapping[str, Sequence[str]]) -> Rules:
    """The same rules with classes closed: `closed` names them by mode."""
    return replace(
        rules,
        auto=_without(rules, Mode.AUTO, closed.get(Mode.AUTO, ())),
        preselect=_without(rules, Mode.PRESELECT, closed.get(Mode.PRESELECT, ())),
    )


def _without(rules: Rules, mode: Mode, closed: Sequence[str]) -> tuple[Threshold, ...]:
    named = zip(rules.head.classes, proven(rules, mode), strict=True)
    return tuple(CLOSED_THRESHOLD if name in closed else threshold for name, threshold in named)
