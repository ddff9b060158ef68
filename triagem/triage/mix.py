"""The mix of classes that requests come in now, as it was last estimated, and what a model still proves under it.

What a mix leaves of a proof is reckoned in `triagem.triage.shift`; estimating it is left to `triagem.triage.newest`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from triagem.store import choices
from triagem.store.choices import Choice
from triagem.store.database import Connection
from triagem.triage.classifier import Head
from triagem.triage.decide import Rules, Targets, naming, rules_of
from triagem.triage.shift import rules_under, trained_mix
from triagem.triage.targets import effect
from triagem.triage.thresholds import Probabilities
from triagem.types import Mode, TicketField

_DIGITS = 4
_MUCH = 2.0


@dataclass(frozen=True, slots=True)
class Mix:
    """The shares of a field's classes among the `tickets` newest requests, by name; none where they come as trained."""

    shares: Mapping[str, float]
    tickets: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """A class that comes at least twice or at most half as often as among the tickets that were learned from."""

    label: str
    trained: float
    now: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A mix in force: the classes that come much more or less often, and those that it closes, by mode."""

    mix: Mix
    shares: tuple[Share, ...]
    closed: Mapping[Mode, tuple[str, ...]]


def in_force(connection: Connection, desk: str) -> dict[str, dict[TicketField, Mix]]:
    """The mix that was last estimated for each version and field."""
    stored = choices.get(connection, desk, Choice.MIX) or {}
    return {
        version: {
            TicketField(name): Mix(one["shares"], one["tickets"], datetime.fromisoformat(one["at"]))
            for name, one in fields.items()
        }
        for version, fields in stored.items()
    }


def under_mix(rules: Rules, targets: Targets, mix: Mix | None) -> Rules:
    """The same rules with thresholds as high as they must be to be proven under the mix."""
    return rules_under(rules, targets, shares_of(rules.head, mix)) if mix is not None and mix.shares else rules


def standing_of(head: Head, targets: Targets, mix: Mix, named: Callable[[str], str]) -> Standing:
    """What a mix in force does to a field; `named` gives each class the name it is told by."""
    rules = naming(rules_of(head, targets), named)
    closed = {one.mode: one.closed for one in effect(rules, under_mix(rules, targets, mix)) if one.closed}
    shares = much_moved(head, shares_of(head, mix)) if mix.shares else ()
    return Standing(mix, tuple(replace(one, label=named(one.label)) for one in shares), closed)


def shares_of(head: Head, mix: Mix | None) -> Probabilities:
    """The shares `(classes,)` of a mix, those of the training for None and for classes that it does not know."""
    trained = trained_mix(head)
    if mix is None:
        return trained
    shares = np.array([mix.shares.get(name, share) for name, share in zip(head.classes, trained, strict=True)])
    result: Probabilities = shares / shares.sum()
    return result


def much_moved(head: Head, now: Probabilities) -> tuple[Share, ...]:
    """The classes whose share has doubled or halved, the commonest now first."""
    compared = zip(head.classes, trained_mix(head).tolist(), now.tolist(), strict=True)
    found = [Share(name, round(then, _DIGITS), round(share, _DIGITS)) for name, then, share in compared]
    much = [one for one in found if one.trained and not 1 / _MUCH < one.now / one.trained < _MUCH]
    return tuple(sorted(much, key=lambda one: (-one.now, one.label)))
