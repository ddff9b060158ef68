"""A ticket's priority from three signs and the customer's contract, by the first rule of a matrix that fits.

It answers where no model has learned priorities from labels; where one has, what it says stands beside the model's
answer, with its reasons. How the signs are read stands in `triagem.triage.signs`, the rules in `priority.toml` or a
desk's own file.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from triagem.text.names import is_met, wanted
from triagem.triage.rules_file import Rules, read_rules
from triagem.triage.signs import Level, Signs, signs_of
from triagem.types import FieldDecision, Mode, Reason, TicketField


class Condition(StrEnum):
    """What a rule may ask for: a level of one of the signs, a contract, a type."""

    SEVERITY = "severity"
    IMPACT = "impact"
    URGENCY = "urgency"
    CONTRACT = "contract"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Rule:
    """A cell, row or block of the matrix: the priority of what meets all conditions; None is met by all."""

    priority: str
    severity: frozenset[Level] | None = None
    impact: frozenset[Level] | None = None
    urgency: frozenset[Level] | None = None
    contract: frozenset[str] | None = None
    type: frozenset[str] | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What it asks for; nothing in the rule that fits every ticket."""
        return tuple(one for one in Condition if getattr(self, one.value) is not None)

    def fits(self, signs: Signs, contract: str | None, ticket_type: str | None) -> bool:
        levels = ((self.severity, signs.severity), (self.impact, signs.impact), (self.urgency, signs.urgency))
        named = is_met(self.contract, contract) and is_met(self.type, ticket_type)
        return named and all(level is None or sign.level in level for level, sign in levels)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the matrix says of a ticket, and the signs and the contract that it was read from.

    `decided_by` is what the rule asks for that fitted first; nothing where it is the one for what is usual.
    """

    priority: str
    signs: Signs
    contract: str | None
    decided_by: tuple[Condition, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that speaks for it."""
        return tuple(
            word for sign in (self.signs.severity, self.signs.impact, self.signs.urgency) for word in sign.words
        )

    def as_decision(self) -> FieldDecision | None:
        """A suggestion without a probability, since nobody has measured one; None for what is usual."""
        if not self.decided_by:
            return None
        return FieldDecision(TicketField.PRIORITY, Mode.SUGGEST, self.priority, None, reason=Reason.NO_MODEL)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A desk's rules in order; the last fits every ticket."""

    rules: tuple[Rule, ...]

    @property
    def contracts(self) -> frozenset[str]:
        """The contracts that any rule names, folded."""
        return frozenset().union(*(rule.contract or () for rule in self.rules))

    def weigh(self, text: str, *, contract: str | None = None, ticket_type: str | None = None) -> Weighed:
        """The priority of a text under a contract; `ticket_type` where it is known."""
        signs = signs_of(text)
        first = next(rule for rule in self.rules if rule.fits(signs, contract, ticket_type))
        return Weighed(first.priority, signs, contract, first.conditions)


_Levels = Annotated[list[Level], Field(min_length=1)]
_Words = Annotated[list[str], Field(min_length=1)]


class _Rule(Rules):
    priority: Annotated[str, Field(min_length=1)]
    severity: _Levels | None = None
    impact: _Levels | None = None
    urgency: _Levels | None = None
    contract: _Words | None = None
    type: _Words | None = None


class _File(Rules):
    rules: Annotated[list[_Rule], Field(min_length=1)]

    @model_validator(mode="after")
    def _last_fits_all(self) -> Self:
        if self.rules[-1].model_fields_set != {"priority"}:
            raise ValueError("the last rule must have no conditions, so that every ticket has a priority")
        return self


def read_matrix(path: Path | None = None) -> Matrix:
    """The rules of a desk's own file, or the shipped ones. Raises `InvalidInput` with the place of a mistake."""
    found = read_rules(_File, path, shipped="priority.toml")
    return Matrix(tuple(_rule(one) for one in found.rules))


def _rule(one: _Rule) -> Rule:
    levels = {name: frozenset(some) for name in ("severity", "impact", "urgency") if (some := getattr(one, name))}
    return Rule(one.priority, contract=wanted(one.contract), type=wanted(one.type), **levels)
