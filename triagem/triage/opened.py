"""Opened models of a desk with the rules under which they answer: those in force, or a candidate beside them.

Which ones are in force is followed by `triagem.triage.triager`; what a rule makes of a probability, by `decide`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from triagem.encoder.base import Vectors
from triagem.store.database import Connection
from triagem.triage import taxonomy
from triagem.triage.classifier import Classifier
from triagem.triage.decide import Rules, Targets, abstain, decide, naming, rules_of
from triagem.triage.priority import Weighed
from triagem.triage.targets import closed_classes, closing
from triagem.types import FieldDecision, Reason, TicketField


@dataclass(frozen=True, slots=True)
class Triaged:
    """What triage says of each field. `model_version` names the models that answered, None if there was none.

    `weighed` is what the signs in the text make of its priority, whoever answered that; None for an empty text.
    """

    model_version: str | None
    fields: dict[TicketField, FieldDecision]
    weighed: Weighed | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Models that answer fields. `stamp` tells one state of a desk from the next; `spare` are models of before."""

    versions: dict[TicketField, str]
    rules: dict[TicketField, Rules]
    classifiers: dict[str, Classifier]
    stamp: tuple[int, int] = (0, 0)
    spare: dict[str, Classifier] = field(default_factory=dict)

    def decide(self, text: str, vector: Vectors) -> Triaged:
        """A decision for each field of one text, whose vector `(dimension,)` is given."""
        found = {version: one.judge([text], vector[None, :]) for version, one in self.classifiers.items()}
        fields = {}
        for name in TicketField:
            version = self.versions.get(name)
            if version is None:
                fields[name] = abstain(name, Reason.NO_MODEL)
            else:
                judged = found[version][name]
                fields[name] = decide(
                    name, self.rules[name], judged.probabilities[0], familiarity=float(judged.familiarity[0])
                )
        return Triaged("+".join(sorted(self.classifiers)) or None, fields)


def put_together(
    connection: Connection,
    desk: str,
    *,
    assignments: Mapping[str, str],
    classifiers: dict[str, Classifier],
    targets: Mapping[TicketField, Targets],
    stamp: tuple[int, int] = (0, 0),
    spare: dict[str, Classifier] | None = None,
) -> Opened:
    """The models under the desk's closed classes and names of now, and under `targets`; `assignments` are by field."""
    versions = {
        TicketField(name): version
        for name, version in assignments.items()
        if version in classifiers and TicketField(name) in classifiers[version].heads
    }
    closed, labels = closed_classes(connection, desk), taxonomy.load(connection, desk)
    rules = {
        name: naming(
            closing(
                rules_of(classifiers[version].heads[name], targets[name]),
                closed.get(version, {}).get(name.value, {}),
            ),
            partial(labels.current, name),
        )
        for name, version in versions.items()
    }
    return Opened(versions, rules, classifiers, stamp, spare or {})
