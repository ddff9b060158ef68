"""Answers what a ticket is about with the models in force, and follows promotions and rollbacks while it serves.

Fitting and promoting are the work of `training`; what a probability leads to stands in `triagem.triage.decide`.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triagem import artifacts
from triagem.encoder.base import Encoder, Vectors
from triagem.encoder.small_talk import SmallTalk
from triagem.errors import Conflict, DamagedArtifact, TriagemError
from triagem.store import changes, choices, generations, models
from triagem.store.database import Database
from triagem.store.models import Model, Promotion
from triagem.text.inputs import input_digest, ticket_input
from triagem.triage import taxonomy
from triagem.triage.classifier import Classifier
from triagem.triage.decide import Rules, Targets, abstain
from triagem.triage.explain import Explanation, explain, explain_all
from triagem.triage.files import load_classifier
from triagem.triage.grounds import Grounds, grounds
from triagem.triage.opened import Opened, put_together
from triagem.triage.opened import Triaged as Triaged  # the service takes it from here
from triagem.triage.priority import Matrix, read_matrix
from triagem.triage.priority_names import label_for
from triagem.triage.targets import PROVEN_MODES, chosen
from triagem.triage.taxonomy import Taxonomy
from triagem.triage.terms import Terms
from triagem.types import Reason, TicketField

MODELS_FOLDER = "models"
DEFAULT_TARGETS = Targets()
_REMEMBERED_AT_MOST = 1_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers a field: a version, the rules by which it does under the desk's targets, and its opened model.

    `terms` give the rules under other targets.
    """

    version: str
    terms: Terms
    rules: Rules
    classifier: Classifier


@dataclass(frozen=True, slots=True)
class _Priorities:
    """A desk's priorities after its change `seq`, none before the first label, and what was renamed or retired."""

    seq: int
    names: Taxonomy
    labels: tuple[str, ...]

    def called(self, priority: str) -> str | None:
        """What the desk calls a priority of the matrix, which is its own name where the desk has no label yet."""
        current = self.names.current(TicketField.PRIORITY, priority)
        return label_for(current or priority, self.labels) if self.labels else current


class Triager:
    """Safe to share between threads. Whatever is promoted, chosen or renamed is noticed at the next `decide`."""

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        *,
        targets: Targets = DEFAULT_TARGETS,
        matrix: Matrix | None = None,
    ) -> None:
        """`encoder` makes the vectors. `matrix` gives a priority where no model does; the shipped one by default."""
        self._database = database
        self._matrix = matrix or read_matrix()
        self._targets = targets
        self._encoder_digest = encoder.digest
        self._small_talk = SmallTalk.seen_by(encoder)
        self._desks: dict[str, Opened] = {}
        self._known_priorities: dict[str, _Priorities] = {}
        self._opening = threading.Lock()

    def decide(
        self,
        desk: str,
        *,
        subject: str,
        description: str,
        vector: Vectors,
        contract: str | None = None,
    ) -> Triaged:
        """A decision for each field. `vector` `(dimension,)` is that of `ticket_input(subject, description)`."""
        text = ticket_input(subject, description)
        return self._decide(self._in_force(desk), [text], vector[None, :], [contract], self._priorities(desk))[0]

    def decide_all(
        self, desk: str, texts: Sequence[str], vectors: Vectors, *, contracts: Sequence[str | None]
    ) -> list[Triaged]:
        """Decisions for many texts at once; `vectors` `(len(texts), dimension)` are theirs, `contracts` too.

        What was decided of a text is remembered until anything is promoted, chosen or renamed: a queue hardly changes
        from one look to the next.
        """
        in_force, priorities = self._in_force(desk), self._priorities(desk)
        known = tuple(sorted(priorities.labels))
        remembered = in_force.remembered if in_force else {}
        keys = [(input_digest(text), contract, known) for text, contract in zip(texts, contracts, strict=True)]
        found = {key: one for key in keys if (one := remembered.get(key)) is not None}
        new = [row for row, key in enumerate(keys) if key not in found]
        answered = self._decide(
            in_force, [texts[row] for row in new], vectors[new], [contracts[row] for row in new], priorities
        )
        decided = {keys[row]: one for row, one in zip(new, answered, strict=True)}
        if len(remembered) + len(decided) > _REMEMBERED_AT_MOST:
            remembered.clear()
        remembered.update(decided)
        found |= decided
        return [found[key] for key in keys]

    def _decide(
        self,
        in_force: Opened | None,
        texts: Sequence[str],
        vectors: Vectors,
        contracts: Sequence[str | None],
        priorities: _Priorities,
    ) -> list[Triaged]:
        told = [row for row, text in enumerate(texts) if text]
        found = [_left_open(Reason.NO_MODEL if text else Reason.EMPTY_TEXT) for text in texts]
        if in_force is not None and told:
            answered = in_force.decide_all([texts[row] for row in told], vectors[told])
            for row, one in zip(told, answered, strict=True):
                found[row] = one
        for row in told:
            found[row] = self._with_priority(texts[row], found[row], contracts[row], priorities)
        return found

    def explain(
        self, desk: str, field: TicketField, *, subject: str, description: str, encoder: Encoder
    ) -> Explanation | None:
        """Why the field gets the value it gets; None while no model answers it, or for an empty text."""
        text = ticket_input(subject, description)
        in_force = self._in_force(desk)
        version = in_force.versions.get(field) if in_force else None
        if not text or in_force is None or version is None or field not in in_force.named[version].heads:
            return None
        return explain(in_force.named[version], field, text, encoder)

    def explain_all(self, desk: str, text: str, encoder: Encoder) -> dict[TicketField, Explanation]:
        """Why each field gets the value it gets, found out by leaving out words and sentences."""
        in_force = self._in_force(desk)
        if not text or in_force is None:
            return {}
        found = dict(zip(in_force.named, explain_all(list(in_force.named.values()), text, encoder), strict=True))
        return {field: found[version][field] for field, version in in_force.versions.items() if field in found[version]}

    def grounds(self, desk: str, text: str, vector: Vectors) -> dict[TicketField, Grounds]:
        """What the answer of each field to a text rests on; nothing for fields that nothing answers."""
        in_force = self._in_force(desk)
        if not text or in_force is None:
            return {}
        found = {version: grounds(one, text, vector) for version, one in in_force.named.items()}
        return {field: found[version][field] for field, version in in_force.versions.items() if field in found[version]}

    def answering(self, desk: str) -> dict[TicketField, Answering]:
        """What answers each field now; fields that nothing answers are left out."""
        in_force = self._in_force(desk)
        if in_force is None:
            return {}
        return {
            field: Answering(version, in_force.terms[field], in_force.rules[field], in_force.classifiers[version])
            for field, version in in_force.versions.items()
        }

    def candidate(
        self, desk: str, version: str | None, *, targets: Mapping[TicketField, Targets] | None = None
    ) -> Opened:
        """A version as it would answer all its fields, or for None what answers now, by the desk's targets or others.

        Raises `NotFound`, `Conflict` or `DamagedArtifact` for a version that cannot be opened.
        """
        in_force = self._in_force(desk)
        known = {**in_force.spare, **in_force.classifiers} if in_force else {}
        if version is None:
            assignments = {field.value: one for field, one in in_force.versions.items()} if in_force else {}
        else:
            with self._database.read() as connection:
                model = models.get(connection, desk, version)
            assignments = dict.fromkeys(model.fields, version)
            if version not in known:
                known[version] = open_model(self._database.data_dir, desk, model, encoder_digest=self._encoder_digest)
        chosen_now = self.targets(desk)
        with self._database.read() as connection:
            return put_together(
                connection,
                desk,
                small_talk=self._small_talk,
                assignments=assignments,
                classifiers={name: known[name] for name in sorted(set(assignments.values()))},
                targets={**chosen_now, **(targets or {})},
            )

    def targets(self, desk: str) -> dict[TicketField, Targets]:
        """Every field's targets of precision: the desk's own, or those of the settings."""
        with self._database.read() as connection:
            return chosen(connection, desk, self._targets)

    def _with_priority(self, text: str, found: Triaged, contract: str | None, priorities: _Priorities) -> Triaged:
        """The same with the signs of priority, and with what they suggest where no model answers that field.

        Both in the desk's words. What it has no word for stays in the matrix's, and is no suggestion.
        """
        ticket_type = found.fields[TicketField.TYPE]
        counted_on = ticket_type.value if ticket_type.mode in PROVEN_MODES else None
        weighed = self._matrix.weigh(text, contract=contract, ticket_type=counted_on)
        fields = found.fields
        if (label := priorities.called(weighed.priority)) is not None:
            weighed = replace(weighed, priority=label)
            suggested = weighed.as_decision()
            if suggested and fields[TicketField.PRIORITY].reason is Reason.NO_MODEL:
                fields = {**fields, TicketField.PRIORITY: suggested}
        return replace(found, fields=fields, weighed=weighed)

    def _priorities(self, desk: str) -> _Priorities:
        with self._database.read() as connection:
            names, published = taxonomy.load(connection, desk), generations.published(connection, desk)
            # Publishing forgets the log of changes.
            seq = max(changes.latest(connection, desk), published.seq if published else 0)
            known = self._known_priorities.get(desk)
            if known is None or (known.seq, known.names) != (seq, names):
                # Counting labels takes 20 ms among 50,000 tickets, more than all the rest of a triage.
                labels = taxonomy.labels_of(connection, desk, names, TicketField.PRIORITY)
                known = self._known_priorities[desk] = _Priorities(seq, names, labels)
        return known

    def _in_force(self, desk: str) -> Opened | None:
        with self._database.read() as connection:
            promotion = models.in_force(connection, desk)
            revision = choices.revision(connection, desk)
        if promotion is None:
            return None
        opened = self._desks.get(desk)
        stamp = (promotion.id, revision)
        if opened is not None and opened.stamp == stamp:
            return opened
        # While one thread opens the new models the others answer with the old ones; the first ever is waited for.
        if not self._opening.acquire(blocking=opened is None):
            return opened
        try:
            opened = self._desks.get(desk)
            if opened is None or opened.stamp < stamp:
                opened = self._desks[desk] = self._open(desk, promotion, stamp, opened)
        finally:
            self._opening.release()
        return opened

    def _open(self, desk: str, promotion: Promotion, stamp: tuple[int, int], before: Opened | None) -> Opened:
        # What answered before is kept open: a rollback is the moment to be quick.
        known = {**before.spare, **before.classifiers} if before else {}
        classifiers: dict[str, Classifier] = {}
        for version in sorted(set(promotion.assignments.values())):
            classifier = known.get(version) or self._open_version(desk, version)
            if classifier is not None:
                classifiers[version] = classifier
        replaced = before.classifiers if before else {}
        spare = {name: one for name, one in replaced.items() if name not in classifiers}
        if before is not None and not spare:
            spare = {name: one for name, one in before.spare.items() if name not in classifiers}
        with self._database.read() as connection:
            return put_together(
                connection,
                desk,
                small_talk=self._small_talk,
                assignments=promotion.assignments,
                classifiers=classifiers,
                targets=chosen(connection, desk, self._targets),
                stamp=stamp,
                spare=spare,
            )

    def _open_version(self, desk: str, version: str) -> Classifier | None:
        try:
            with self._database.read() as connection:
                model = models.get(connection, desk, version)
            return open_model(self._database.data_dir, desk, model, encoder_digest=self._encoder_digest)
        except DamagedArtifact as error:
            kept = artifacts.set_aside(model_path(self._database.data_dir, desk, version))
            _LOG.error("Model %s of desk %s is damaged and was set aside as %s: %s", version, desk, kept, error)
        except (TriagemError, OSError) as error:
            _LOG.error("Model %s of desk %s does not answer: %s", version, desk, error)
        return None


def _left_open(reason: Reason) -> Triaged:
    return Triaged(None, {field: abstain(field, reason) for field in TicketField})


def model_path(data_dir: Path, desk: str, version: str) -> Path:
    """Where a model's bundle stands."""
    return data_dir / MODELS_FOLDER / desk / version


def open_model(data_dir: Path, desk: str, model: Model, *, encoder_digest: str) -> Classifier:
    """A model from its verified bundle. Raises `DamagedArtifact`, or `Conflict` when it is of another encoder."""
    if model.config["encoder"] != encoder_digest:
        raise Conflict(
            f"Model {model.version} was trained with another encoder than the one in use. "
            f"Train again with: triagem --desk {desk} train"
        )
    return load_classifier(
        artifacts.read_bundle(model_path(data_dir, desk, model.version), digest=model.manifest_digest).path
    )
