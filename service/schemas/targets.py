"""Targets of precision on the wire, and what another one would change."""

from typing import Annotated

from pydantic import Field

from service.schemas.base import In, Out
from service.schemas.models import Why
from triagem.triage.decide import Targets
from triagem.triage.standing import Standing
from triagem.triage.targets import Covered, Effect
from triagem.types import Mode, TicketField

Precision = Annotated[float, Field(ge=0.5, le=0.995, allow_inf_nan=False)]


class TargetsIn(In):
    """The precision from which a field is filled by itself, and from which a value is pre-selected."""

    auto: Precision
    preselect: Precision

    def to_targets(self) -> Targets:
        return Targets(self.auto, self.preselect)


class TargetsPutIn(TargetsIn):
    why: Why


class WhyIn(In):
    why: Why


class CoveredOut(Out):
    """The share of labelled tickets that would be filled, how often rightly, and by how many open classes."""

    coverage: float
    precision: float | None
    open_classes: int


class PointOut(Out):
    target: float
    covered: CoveredOut


class EffectOut(Out):
    """What a target changes in one mode, judged by tickets that the model had not learned from."""

    mode: Mode
    before: CoveredOut
    after: CoveredOut
    opened: list[str]
    closed: list[str]


class EffectsOut(Out):
    field: TicketField
    auto: float
    preselect: float
    effects: list[EffectOut]


class StandingOut(Out):
    """A field's targets, the curve of coverage against precision of each mode, and its open classes."""

    field: TicketField
    version: str | None
    auto: float
    preselect: float
    curves: dict[Mode, list[PointOut]]
    open_classes: dict[Mode, list[str]]


class StandingsOut(Out):
    fields: list[StandingOut]


def standing_out(one: Standing) -> StandingOut:
    return StandingOut(
        field=one.field,
        version=one.version,
        auto=one.targets.auto,
        preselect=one.targets.preselect,
        curves={
            mode: [PointOut(target=point.target, covered=_covered_out(point.covered)) for point in points]
            for mode, points in one.curves.items()
        },
        open_classes={mode: list(names) for mode, names in one.open_classes.items()},
    )


def effects_out(field: TicketField, targets: Targets, effects: tuple[Effect, ...]) -> EffectsOut:
    return EffectsOut(
        field=field,
        auto=targets.auto,
        preselect=targets.preselect,
        effects=[
            EffectOut(
                mode=one.mode,
                before=_covered_out(one.before),
                after=_covered_out(one.after),
                opened=list(one.opened),
                closed=list(one.closed),
            )
            for one in effects
        ],
    )


def _covered_out(found: Covered) -> CoveredOut:
    return CoveredOut(coverage=found.coverage, precision=found.precision, open_classes=found.open_classes)
