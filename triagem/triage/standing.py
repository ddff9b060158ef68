"""Where a desk's fields stand: what answers each, under which targets, and what others would change, before it is done.

The sums are `triagem.triage.targets`.
"""

from dataclasses import dataclass

from triagem.errors import InvalidInput, NoModel
from triagem.triage.decide import Targets
from triagem.triage.targets import PROVEN_MODES, Effect, Point, check, curve, effect, proven
from triagem.triage.triager import Triager
from triagem.types import Mode, TicketField


@dataclass(frozen=True, slots=True)
class Standing:
    """One field. Without a model `version` is None and there are no curves. `open_classes` are those of each mode."""

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
    points = curve(now.rules.head)
    return Standing(
        field=field,
        version=now.version,
        targets=targets,
        curves=dict.fromkeys(PROVEN_MODES, points),
        open_classes={
            mode: tuple(
                name
                for name, one in zip(now.rules.head.classes, proven(now.rules, mode), strict=True)
                if one.tickets > 0
            )
            for mode in PROVEN_MODES
        },
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
    """What other targets would change in each mode. Raises `InvalidInput` for such as cannot be, `NoModel` for a field
    that nothing answers.
    """
    check(after)
    now = triager.answering(desk).get(field)
    if now is None:
        raise NoModel(f"Nothing answers '{field.value}' yet. Make a model with: triagem train")
    return effect(now.rules.head, triager.targets(desk)[field], after)
