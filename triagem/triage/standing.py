"""Where a desk's fields stand: what answers each, under which targets, and what others would change, before it is done.

The sums are `triagem.triage.targets`.
"""

from dataclasses import dataclass

from triagem.errors import InvalidInput, NoModel
from triagem.triage.decide import Targets
from triagem.triage.nested import STEPS
from triagem.triage.targets import PROVEN_MODES, Effect, Point, check, covered_by, effect, open_classes
from triagem.triage.triager import Triager
from triagem.types import Mode, TicketField


@dataclass(frozen=True, slots=True)
class Standing:
    """One field. Without a model `version` is None and there are no curves. `open_classes` are those of each mode.

    Curves, too, count neither what corrections or the mix in force have closed nor what is retired.
    """

    field: TicketField
    version: str | None
    targets: Targets
    curves: dict[Mode, tuple[Point, ...]]
    open_classes: dict[Mode, tuple[str, ...]]


def standing(triager: Triager, desk: str, field: TicketField) -> Standing:
    """Where one field stands now."""
    targets, now = triager.targets(desk)[field], triager.answering(desk).get(field)
    if now is None:
        return Standing(field, None, targets, {}, {})
    at = now.terms.rules_of_each([Targets(target, target) for target in STEPS])
    return Standing(
        field=field,
        version=now.version,
        targets=targets,
        curves={
            mode: tuple(Point(target, covered_by(rules, mode)) for target, rules in zip(STEPS, at, strict=True))
            for mode in PROVEN_MODES
        },
        open_classes={mode: open_classes(now.rules, mode) for mode in PROVEN_MODES},
    )


def other_targets(
    triager: Triager, desk: str, field: TicketField | None, *, auto: float | None, preselect: float | None
) -> dict[TicketField, Targets]:
    """A field's targets with one or both replaced, by field; empty where neither is.

    Raises `InvalidInput` where no field is named, and for targets that cannot be meant.
    """
    if auto is None and preselect is None:
        return {}
    if field is None:
        raise InvalidInput(f"Say which field the target is for: {', '.join(TicketField)}.")
    now = triager.targets(desk)[field]
    targets = Targets(now.auto if auto is None else auto, now.preselect if preselect is None else preselect)
    check(targets)
    return {field: targets}


def change(triager: Triager, desk: str, field: TicketField, after: Targets) -> tuple[Effect, ...]:
    """What other targets would change in each mode; what corrections or the mix in force have closed stays closed.

    Raises `InvalidInput` for such as cannot be, `NoModel` for a field that nothing answers.
    """
    check(after)
    now = triager.answering(desk).get(field)
    if now is None:
        raise NoModel(f"Nothing answers '{field.value}' yet. Make a model with: triagem --desk {desk} train")
    return effect(now.rules, now.terms.rules(after))
