"""The labels a desk's fields may take: what they mean, what a renamed one is called now, and which are retired.

Training learns under the names of now, triage answers no other; how names are told apart stands with both.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from triagem.errors import InvalidInput, NotFound
from triagem.store import audit, choices, tickets
from triagem.store.audit import Action, Entry
from triagem.store.choices import Choice
from triagem.store.database import Connection
from triagem.triage.rules_file import Rules, read_rules
from triagem.types import TicketField

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Described = dict[_Name, Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]]


@dataclass(frozen=True, slots=True)
class Label:
    """One label. A retired one with a `successor` was renamed: its tickets count as the successor's."""

    description: str = ""
    is_retired: bool = False
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The labels of each field, by name.

    A field with an active label here has these and no others; one without takes every label that is not retired.
    """

    labels: Mapping[TicketField, Mapping[str, Label]] = field(default_factory=dict)

    def active(self, of: TicketField) -> dict[str, str]:
        """The descriptions of the labels that are listed and not retired, by name; empty where none is listed."""
        return {name: label.description for name, label in self._of(of).items() if not label.is_retired}

    def current(self, of: TicketField, value: str) -> str | None:
        """What a label is called now; None once it is retired, and for one that is not among those listed."""
        labels, seen = self._of(of), set()
        while (label := labels.get(value)) is not None and label.is_retired:
            if label.successor is None or value in seen:
                return None
            seen.add(value)
            value = label.successor
        return value if value in labels or not self.active(of) else None

    def known_as(self, of: TicketField, value: str) -> str:
        """The name under which what was said of a label is kept: that of now; one that has none keeps its own."""
        return self.current(of, value) or value

    def with_listed(self, of: TicketField, described: Mapping[str, str]) -> "Taxonomy":
        """The field's labels are these from now on: a listed label that is missing here is retired."""
        if not described:
            raise InvalidInput(f"{of.value}: a list without a label would leave nothing to answer.")
        retired = {
            name: label if label.is_retired else replace(label, is_retired=True)
            for name, label in self._of(of).items()
            if name not in described
        }
        return self._with(of, {**retired, **{name: Label(text) for name, text in described.items()}})

    def with_retired(self, of: TicketField, value: str) -> "Taxonomy":
        """The label is never answered again, nor learned from."""
        before = self._of(of).get(value, Label())
        return self._with(of, {**self._of(of), value: replace(before, is_retired=True, successor=None)})

    def with_renamed(self, of: TicketField, value: str, name: str) -> "Taxonomy":
        """The label and all its tickets go by another name, which may be that of another label."""
        if value == name:
            raise InvalidInput(f"{of.value}: '{value}' cannot be renamed to itself.")
        labels = self._of(of)
        before, after = labels.get(value, Label()), labels.get(name)
        changed = {**labels, value: replace(before, is_retired=True, successor=name)}
        if after is None and value in labels:
            changed[name] = Label(before.description)
        elif after is not None and after.is_retired:
            changed[name] = replace(after, is_retired=False, successor=None)
        return self._with(of, changed)

    def _of(self, of: TicketField) -> Mapping[str, Label]:
        return self.labels.get(of, {})

    def _with(self, of: TicketField, labels: Mapping[str, Label]) -> "Taxonomy":
        return Taxonomy({**self.labels, of: dict(sorted(labels.items()))})


def load(connection: Connection, desk: str) -> Taxonomy:
    """The desk's taxonomy; nothing is listed before the first `store`."""
    stored = choices.get(connection, desk, Choice.TAXONOMY) or {}
    return Taxonomy(
        {TicketField(of): {name: Label(**label) for name, label in labels.items()} for of, labels in stored.items()}
    )


def store(connection: Connection, desk: str, taxonomy: Taxonomy, *, actor: str, why: str) -> None:
    """Puts the taxonomy in force from the next answer on, and writes down who did it and what had been."""
    before = choices.get(connection, desk, Choice.TAXONOMY)
    after = {
        of.value: {name: asdict(label) for name, label in labels.items()} for of, labels in taxonomy.labels.items()
    }
    choices.put(connection, desk, Choice.TAXONOMY, after)
    audit.record(connection, desk, Entry(actor, Action.TAXONOMY, "taxonomy", why, {"before": before, "after": after}))


def labels_of(connection: Connection, desk: str, taxonomy: Taxonomy, of: TicketField) -> tuple[str, ...]:
    """The field's labels of now: those that are listed, or else those that tickets carry, the most used first."""
    if listed := taxonomy.active(of):
        return tuple(listed)
    carried = (taxonomy.current(of, label) for label in tickets.labels_of(connection, desk, of))
    return tuple(dict.fromkeys(label for label in carried if label is not None))


def known_label(desk: str, taxonomy: Taxonomy, of: TicketField, value: str, *, used: frozenset[str]) -> str:
    """The label itself if it is listed or `used` by tickets. Raises `NotFound` otherwise: a slip of the pen."""
    if value not in used and value not in taxonomy.labels.get(of, {}):
        raise NotFound(f"{of.value} has no label '{value}'. List them with: triagem --desk {desk} taxonomy")
    return value


class _File(Rules):
    category: _Described = Field(default_factory=dict)
    type: _Described = Field(default_factory=dict)
    priority: _Described = Field(default_factory=dict)
    team: _Described = Field(default_factory=dict)


def read_lists(path: Path) -> dict[TicketField, dict[str, str]]:
    """The labels and descriptions of a TOML file, by field; fields it does not name are left out.

    A table per field, a line per label: `"billing/refund" = "Money that is to go back"`. Raises `InvalidInput`.
    """
    found = read_rules(_File, path, shipped="")
    return {of: dict(getattr(found, of.value)) for of in TicketField if getattr(found, of.value)}
