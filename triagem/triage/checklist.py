"""What a request forgot to say: the facts its type needs, less those that the text already tells.

How a fact is recognised stands in `cues`; the rules are in `checklist.toml` or a desk's own file, and the questions
in the catalogue of phrases.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from triagem.phrases import say
from triagem.text.names import is_met, wanted
from triagem.text.normalise import fold
from triagem.triage.cues import (
    ASKS,
    CUES,
    CUES_AS_WRITTEN,
    DEVICES,
    FAULT,
    FAULT_UNLESS_ASKED,
    TECHNICAL,
    TRADE,
    Slot,
)
from triagem.triage.rules_file import Rules, read_rules
from triagem.types import Language

# A pasted log may be long; what it is about is told before.
_READ_CHARS = 4_000
_INCIDENT = "incident"
# Who tells one of these speaks of a program or a device.
_OF_PROGRAMS = (Slot.VERSION, Slot.SYSTEM, Slot.ERROR_MESSAGE)


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that a request lacks, and a polite question for it."""

    slot: Slot
    question: str


@dataclass(frozen=True, slots=True)
class Rule:
    """The facts to ask for, most useful first, of requests that meet all conditions; None and False are met by all.

    A `technical` rule is for texts that speak of a program, a network or a device that fails.
    """

    ask: tuple[Slot, ...]
    type: frozenset[str] | None = None
    category: frozenset[str] | None = None
    technical: bool = False

    def fits(self, ticket_type: str | None, category: str | None, *, technical: bool) -> bool:
        return (technical or not self.technical) and is_met(self.type, ticket_type) and is_met(self.category, category)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A desk's rules in order; the last fits every request."""

    rules: tuple[Rule, ...]
    ask_at_most: int

    def missing(
        self, text: str, language: Language, *, ticket_type: str | None = None, category: str | None = None
    ) -> tuple[Missing, ...]:
        """What to ask the author of `text` for, in `language` (not `UND`).

        `ticket_type` and `category` are what is known; without a type a report of a fault counts as an incident.
        """
        folded, written = _read(text)
        wanted = self._rule(folded, written, ticket_type, category).ask
        lacking = [slot for slot in wanted if not _tells(slot, folded, written)]
        return tuple(Missing(slot, say(f"missing.{slot.value}", language)) for slot in lacking[: self.ask_at_most])

    def rule_for(self, text: str, *, ticket_type: str | None, category: str | None) -> Rule:
        """The rule by which `missing` asks."""
        return self._rule(*_read(text), ticket_type, category)

    def _rule(self, folded: str, written: str, ticket_type: str | None, category: str | None) -> Rule:
        if ticket_type is None and _reports_fault(folded, written):
            ticket_type = _INCIDENT
        technical = _is_technical(folded, written)
        return next(rule for rule in self.rules if rule.fits(ticket_type, category, technical=technical))


def told(text: str) -> frozenset[Slot]:
    """The facts that `text` tells."""
    folded, written = _read(text)
    return frozenset(slot for slot in Slot if _tells(slot, folded, written))


def reports_fault(text: str) -> bool:
    """Whether `text` says that something is wrong, rather than asking for something."""
    return _reports_fault(*_read(text))


def is_technical(text: str) -> bool:
    """Whether `text` speaks of a program, a network or a device that fails, not of goods or money."""
    return _is_technical(*_read(text))


def read_checklist(path: Path | None = None) -> Checklist:
    """The rules of a desk's own file, or the shipped ones. Raises `InvalidInput` with the place of a mistake."""
    rules = read_rules(_File, path, shipped="checklist.toml")
    each = tuple(Rule(one.ask, wanted(one.type), wanted(one.category), one.technical) for one in rules.rules)
    return Checklist(each, rules.ask_at_most)


class _Rule(Rules):
    ask: tuple[Slot, ...]
    type: tuple[str, ...] | None = None
    category: tuple[str, ...] | None = None
    technical: bool = False


class _File(Rules):
    ask_at_most: Annotated[int, Field(ge=0, le=len(Slot))] = 3
    rules: Annotated[tuple[_Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_a_rule_for_all(self) -> Self:
        last = self.rules[-1]
        if last.type is not None or last.category is not None or last.technical:
            raise ValueError("the last rule must have no conditions, so that every request has one")
        return self


def _read(text: str) -> tuple[str, str]:
    """What is matched, folded and as written: without gaps, over which some patterns would take quadratic time."""
    lines = (" ".join(line.split()) for line in text[:_READ_CHARS].splitlines())
    written = "\n".join(filter(None, lines))
    return fold(written), written


def _tells(slot: Slot, folded: str, written: str) -> bool:
    if CUES[slot].search(folded):
        return True
    as_written = CUES_AS_WRITTEN.get(slot)
    return as_written is not None and as_written.search(written) is not None


def _reports_fault(folded: str, written: str) -> bool:
    """Complaints of a fault need no word for it: who gives facts and asks for nothing reports one."""
    if FAULT.search(folded):
        return True
    if ASKS.search(folded):
        return False
    return FAULT_UNLESS_ASKED.search(folded) is not None or any(_tells(slot, folded, written) for slot in Slot)


def _is_technical(folded: str, written: str) -> bool:
    """A device that was bought, sent or charged for is goods as well: alone it says nothing then."""
    if TECHNICAL.search(folded) or any(_tells(slot, folded, written) for slot in _OF_PROGRAMS):
        return True
    if TRADE.search(folded):
        return False
    return DEVICES.search(folded) is not None or _tells(Slot.STEPS, folded, written)
