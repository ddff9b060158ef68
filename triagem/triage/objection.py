"""Why the gate objects to a version: a closed list of codes, each with its figures, and the sentence that says it.

When it objects is decided in `triagem.triage.gate`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from triagem.errors import Conflict
from triagem.phrases import number, say
from triagem.types import Language, TicketField

FEWEST_TICKETS = 30
# Of parts of the tickets so many are named.
_NAMED = 5


class ObjectionCode(StrEnum):
    """What speaks against a version; a closed list."""

    FEW_TICKETS = "few_tickets"
    WORSE_IN_PART = "worse_in_part"
    NOT_SHOWN = "not_shown"
    WORSE_CALIBRATED = "worse_calibrated"
    SLOWER = "slower"
    LABELS_CHANGED = "labels_changed"
    NO_BETTER_THAN_GUESSING = "no_better_than_guessing"


@dataclass(frozen=True, slots=True)
class Objection:
    """One code with the figures that it speaks of; the others stay at nothing.

    `FEW_TICKETS`: `tickets`. `NOT_SHOWN`: also the tickets that only the new version gets right (`gained`) and those
    that only the other does (`lost`). `WORSE_IN_PART`: the `classes` and `languages` it is worse in. `WORSE_CALIBRATED`
    and `SLOWER`: the calibration error or the seconds a ticket, of the `new` version and of the one that answers `now`.
    `LABELS_CHANGED`: of the `tickets` that the one that answers learned from, how many have another label now that it
    would not give them (`changed`).
    """

    code: ObjectionCode
    tickets: int = 0
    gained: int = 0
    lost: int = 0
    classes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    new: float = 0.0
    now: float = 0.0
    changed: int = 0


class NotPromoted(Conflict):
    """The evidence does not speak for a version; `objections` say of each field why."""

    def __init__(self, desk: str, version: str, objections: Sequence[tuple[TicketField, Objection]]) -> None:
        said = "; ".join(f"{field.value}: {sentence(one, Language.EN)}" for field, one in objections)
        super().__init__(
            f"{version} was not promoted. {said} (on the same tickets). "
            f"To promote it all the same: triagem --desk {desk} promote {version} --force --why TEXT"
        )
        self.objections = tuple(objections)


def sentence(one: Objection, language: Language) -> str:
    """The objection as people read it, to stand within a sentence: no capital, no full stop. Raises for `UND`."""
    places, times = (1, 1000.0) if one.code is ObjectionCode.SLOWER else (3, 1.0)
    return say(
        f"objection.{one.code.value}",
        language,
        tickets=number(one.tickets, language),
        needed=number(FEWEST_TICKETS, language),
        gained=number(one.gained, language),
        lost=number(one.lost, language),
        parts=parts_named(one.classes, one.languages, language),
        new=number(times * one.new, language, places=places),
        now=number(times * one.now, language, places=places),
        changed=number(one.changed, language),
    )


def parts_named(classes: Sequence[str], languages: Sequence[str], language: Language) -> str:
    """Classes and languages as people read them, one after the other; empty for none."""
    named = [
        *(say("objection.part_class", language, part=name) for name in classes),
        *(say("objection.part_language", language, part=name) for name in languages),
    ]
    if len(named) > _NAMED:
        named[_NAMED:] = [say("objection.more_parts", language, more=number(len(named) - _NAMED, language))]
    return ", ".join(named)
