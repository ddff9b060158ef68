"""Opened models of a desk with the rules under which they answer: those in force, or a candidate beside them.

Which ones are in force is followed by `triagem.triage.triager`; what a rule makes of a probability, by `decide`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from triagem.encoder.base import Vectors
from triagem.encoder.small_talk import SmallTalk
from triagem.store.database import Connection
from triagem.text.language import is_foreign
from triagem.triage import mix, taxonomy
from triagem.triage.classifier import UNOWNED, Classifier, Head, Judgement
from triagem.triage.decide import Rules, Targets, abstain, decide
from triagem.triage.priority import Weighed
from triagem.triage.targets import closed_classes
from triagem.triage.terms import Terms
from triagem.types import FieldDecision, Reason, TicketField

# What is nearer to small talk than to any ticket, by more than this in cosine, is of no class. Of 200 texts of small
# talk the sample desk's model filled or pre-selected 14 in 100 before and 2 or 3 since; of the desk's own tickets, each
# left out, 3 in 1,000 are taken for it.
_NEARER = 0.05


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
    """Models that answer fields. `stamp` tells one state of a desk from the next; `spare` are models of before.

    `rules` follow from `terms` under the desk's targets. `named` are the classifiers without the classes that are not
    answered any more, the others under their names of now: answers are explained by these. `remembered` is what they
    have decided, by the digest of the text, the contract and the desk's priorities.
    """

    small_talk: SmallTalk
    versions: dict[TicketField, str]
    terms: dict[TicketField, Terms]
    rules: dict[TicketField, Rules]
    classifiers: dict[str, Classifier]
    named: dict[str, Classifier]
    stamp: tuple[int, int] = (0, 0)
    spare: dict[str, Classifier] = field(default_factory=dict)
    remembered: dict[tuple[str, str | None, tuple[str, ...]], Triaged] = field(default_factory=dict)

    def decide(self, text: str, vector: Vectors) -> Triaged:
        """A decision for each field of one text, whose vector `(dimension,)` is given."""
        return self.decide_all([text], vector[None, :])[0]

    def decide_all(self, texts: Sequence[str], vectors: Vectors) -> list[Triaged]:
        """The same for many texts, whose vectors `(len(texts), dimension)` are given, in a fifth of the time."""
        found = {version: self.judge(version, texts, vectors) for version in self.classifiers}
        name = "+".join(sorted(self.classifiers)) or None
        foreign = [is_foreign(text) for text in texts]
        return [
            Triaged(name, {field: self._one(field, found, row, foreign=foreign[row]) for field in TicketField})
            for row in range(len(texts))
        ]

    def judge(self, version: str, texts: Sequence[str], vectors: Vectors) -> dict[TicketField, Judgement]:
        """What one of the models makes of texts; small talk has no familiarity, which is minus infinity."""
        judged = self.classifiers[version].judge(texts, vectors)
        talk = self.small_talk.nearest(vectors) - _NEARER
        return {
            field: replace(one, familiarity=np.where(one.nearest < talk, -np.inf, one.familiarity))
            for field, one in judged.items()
        }

    def _one(
        self,
        field: TicketField,
        found: Mapping[str, Mapping[TicketField, Judgement]],
        row: int,
        *,
        foreign: bool,
    ) -> FieldDecision:
        version = self.versions.get(field)
        if version is None:
            return abstain(field, Reason.NO_MODEL)
        judged = found[version][field]
        return decide(
            field,
            self.rules[field],
            judged.probabilities[row],
            familiarity=float(judged.familiarity[row]),
            is_foreign=foreign,
        )


def put_together(
    connection: Connection,
    desk: str,
    *,
    small_talk: SmallTalk,
    assignments: Mapping[str, str],
    classifiers: dict[str, Classifier],
    targets: Mapping[TicketField, Targets],
    stamp: tuple[int, int] = (0, 0),
    spare: dict[str, Classifier] | None = None,
) -> Opened:
    """The models under `targets` and the desk's closed classes, names and mix of now; `assignments` are by field."""
    versions = {
        TicketField(name): version
        for name, version in assignments.items()
        if version in classifiers and TicketField(name) in classifiers[version].heads
    }
    closed, labels = closed_classes(connection, desk), taxonomy.load(connection, desk)
    mixes = mix.in_force(connection, desk)
    terms = {
        name: Terms(
            head=classifiers[version].heads[name],
            mix=mixes.get(version, {}).get(name),
            closed=closed.get(version, {}).get(name.value, {}),
            current=partial(labels.current, name),
        )
        for name, version in versions.items()
    }
    rules = {name: one.rules(targets[name]) for name, one in terms.items()}
    named = {
        version: _named(one, {name: rules[name] for name in rules if versions[name] == version})
        for version, one in classifiers.items()
    }
    return Opened(small_talk, versions, terms, rules, classifiers, named, stamp, spare or {})


def _named(classifier: Classifier, rules: Mapping[TicketField, Rules]) -> Classifier:
    heads = {field: _head_of_now(one.head, one.answers) for field, one in rules.items() if any(one.answers)}
    return replace(classifier, heads=heads)


def _head_of_now(head: Head, answers: Sequence[str | None]) -> Head:
    """The head that knows only what is answered, itself where that is all."""
    kept = np.array([name is not None for name in answers])
    if tuple(answers) == head.classes:
        return head
    place = np.append(np.where(kept, np.cumsum(kept) - 1, UNOWNED), UNOWNED).astype(np.int32)
    return replace(
        head,
        classes=tuple(name for name in answers if name is not None),
        weights=head.weights[:, kept],
        owners=place[head.owners],
        scale=replace(head.scale, offsets=head.scale.offsets[kept]),
    )
