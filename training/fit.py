"""Fits the fields of a snapshot into one classifier, and keeps what each ticket got from models that had not seen it.

The algebra is `training.ridge`; whether the outcome is good enough to answer is decided by `training.train`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from training.calibrate import calibrate
from training.compared import Compared, System
from training.dataset import Snapshot, held_out
from training.ridge import Solution
from triagem.encoder.base import Encoder
from triagem.progress import Progress
from triagem.triage.classifier import UNOWNED, Classifier, Head, familiarity_of
from triagem.triage.kernel import Likeness
from triagem.triage.thresholds import Evidence
from triagem.types import TicketField

# Solving grows with the cube: 15,000 tickets take about half a minute on two cores and 1.2 GB.
_MOST_TICKETS = 15_000
# A field of few classes is described by fewer: this many of each class, but no less than that many in all.
_ENOUGH_OF_A_CLASS, _ENOUGH_TICKETS = 200, 10_000
_TRIED_ON = 2_000
_WORDING = (0.1, 0.3, 1.0)
_NARROWNESS = (0.5, 1.0, 2.0, 4.0)
_NOISE = (0.1, 0.3, 1.0, 3.0, 10.0)
_USUAL_NOISE = 0.3
# Used as they are while there are too few tickets to try others on: left out, one of two leaves a class nearly empty.
# With names alone up to ten tickets a class a narrower likeness is no more than a point better on banking77 and up to
# seven worse on the Portuguese tais; a wider one that looks more at words is the reverse.
_TELLING_PER_CLASS = 3
_FIRST_LIKENESS, _FIRST_NOISE = Likeness(wording=0.3, narrowness=1.0), 0.1
# One in fifty of a desk's own tickets is as unfamiliar as one that is of no class; from a hundred on that can be told.
_UNFAMILIAR_SHARE = 0.02
_TELLING_FAMILIARITY = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field's fit. `positions` are of the snapshot's examples, from old to new with the held-out ones last.

    `left_out` are the probabilities each ticket gets from the model that answers, fitted without it; `ahead` those of
    the held-out tickets by a model fitted and calibrated on the earlier ones alone, and `early_left_out` what the
    earlier ones get from that model.
    """

    head: Head
    positions: NDArray[np.intp]
    truth: NDArray[np.intp]
    left_out: NDArray[np.float64]
    early_left_out: NDArray[np.float64]
    ahead: NDArray[np.float64]
    noise: float

    @property
    def early(self) -> int:
        """How many of `positions` come before the held-out ones."""
        return len(self.positions) - len(self.ahead)


@dataclass(frozen=True, slots=True)
class Fit:
    classifier: Classifier
    outcomes: dict[TicketField, Outcome]


def fit(
    snapshot: Snapshot,
    encoder: Encoder,
    fields: Sequence[TicketField],
    *,
    seed: int,
    threads: int,
    on_progress: Progress,
) -> Fit:
    """Fits every field that has at least two classes. The same snapshot, fields and seed give the same bits."""
    tables = [_table(snapshot, field, seed) for field in fields]
    with threadpool_limits(1):  # more would change the order of sums, and with it the last bits
        return _fit(snapshot, encoder, tables, threads, on_progress)


def _fit(snapshot: Snapshot, encoder: Encoder, tables: "Sequence[_Table]", threads: int, on_progress: Progress) -> Fit:
    tables = [table for table in tables if len(table.classes) > 1]
    names = [
        readable(name, snapshot.known.get(table.field, {}).get(name, "")) for table in tables for name in table.classes
    ]
    texts = [*names, *(one.text for one in snapshot.examples)]
    # Half precision, as the store keeps the tickets' and the model keeps its anchors.
    name_vectors = encoder.encode(names).astype(np.float16).astype(np.float32)
    ids = [*("" for _ in names), *(one.id for one in snapshot.examples)]
    compared = Compared(texts, np.concatenate([name_vectors, snapshot.vectors]), ids)
    outcomes: dict[TicketField, Outcome] = {}
    first_name = 0
    for done, table in enumerate(tables):

        def tick(share: float = done / len(tables), name: str = table.field.value) -> None:
            on_progress(share, f"Fitting {name}")

        tick()
        rows = np.concatenate([np.arange(first_name, first_name + len(table.classes)), len(names) + table.positions])
        owners = np.concatenate([np.arange(len(table.classes)), table.truth])
        system = System(compared, rows, owners, len(table.classes))
        outcomes[table.field] = _fit_field(table, system, _Effort(threads, tick))
        first_name += len(table.classes)
    heads = {field: outcome.head for field, outcome in outcomes.items()}
    return Fit(Classifier(compared.lexicon, compared.anchors(), heads), outcomes)


def readable(name: str, description: str = "") -> str:
    """A class's name as words, and what it means: `billing/card_lost` -> `billing card lost`."""
    words = " ".join(name.replace("_", " ").replace("/", " ").replace("-", " ").split())
    return f"{words}: {description}" if description else words


@dataclass(frozen=True, slots=True)
class _Table:
    """One field's tickets, early ones first, and their classes."""

    field: TicketField
    positions: NDArray[np.intp]
    classes: tuple[str, ...]
    truth: NDArray[np.intp]
    early: int


@dataclass(frozen=True, slots=True)
class _Effort:
    """How the work is done, whatever it is: nothing of it changes the outcome."""

    threads: int
    tick: Callable[[], None]

    def solve(self, system: System, likeness: Likeness, noise: float, *, early: int) -> Solution:
        return system.solve(likeness, noise, early=early, threads=self.threads, tick=self.tick)


def _table(snapshot: Snapshot, field: TicketField, seed: int) -> _Table:
    positions = snapshot.labelled(field)
    labels = np.array([snapshot.examples[at].labels[field] for at in positions], dtype=np.str_)
    enough = max(_ENOUGH_TICKETS, _ENOUGH_OF_A_CLASS * len(np.unique(labels)))
    chosen = _newest_of_each(labels, min(_MOST_TICKETS, enough))
    positions, labels = positions[chosen], labels[chosen]
    last = held_out(snapshot, positions, seed=seed)
    order = np.argsort(last, kind="stable")
    classes = np.union1d(labels, np.array(sorted(snapshot.known.get(field, ())), dtype=np.str_))
    truth = np.searchsorted(classes, labels[order])
    return _Table(field, positions[order], tuple(classes.tolist()), truth, int((~last).sum()))


def _newest_of_each(labels: NDArray[np.str_], most: int) -> NDArray[np.intp]:
    """Positions of at most `most` labels, ascending: every class may fill the same quota with its newest."""
    age = np.zeros(len(labels), dtype=np.intp)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        age[of_class] = np.arange(len(of_class))[::-1]
    return np.sort(np.argsort(age, kind="stable")[:most])


def _fit_field(table: _Table, system: System, effort: _Effort) -> Outcome:
    names = system.names
    likeness, noise = _choose(table, system, effort)
    solution = effort.solve(system, likeness, noise, early=names + table.early)
    scores, early_scores = solution.left_out[names:], solution.early_left_out[names:]
    scale = calibrate(scores, table.truth, classes=names).scale
    early_scale = calibrate(early_scores, table.truth[: table.early], classes=names).scale
    weights = np.zeros((system.compared.count, names), dtype=np.float32)
    weights[system.rows] = solution.weights
    owners = np.full(system.compared.count, UNOWNED, dtype=np.int32)
    owners[system.rows] = system.owners
    left_out = scale.probabilities(scores)
    best = scores.argmax(axis=1)
    familiarity = familiarity_of(scores.max(axis=1), system.belonging(best, likeness))
    telling = len(best) >= _TELLING_FAMILIARITY
    head = Head(
        classes=table.classes,
        weights=weights,
        owners=owners,
        likeness=likeness,
        scale=scale,
        evidence=evidence_of(left_out, table.truth),
        proving=system.rows[names:].astype(np.int32),
        ahead=solution.ahead.argmax(axis=1).astype(np.int32),
        least_familiar=round(float(np.quantile(familiarity, _UNFAMILIAR_SHARE)), 6) if telling else None,
    )
    return Outcome(
        head=head,
        positions=table.positions,
        truth=table.truth,
        left_out=left_out,
        early_left_out=early_scale.probabilities(early_scores),
        ahead=early_scale.probabilities(solution.ahead),
        noise=noise,
    )


def evidence_of(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> Evidence:
    """What probabilities from models that had not seen the tickets prove."""
    predicted = probabilities.argmax(axis=1)
    return Evidence(predicted.astype(np.int32), probabilities.max(axis=1), predicted == truth)


def _choose(table: _Table, system: System, effort: _Effort) -> tuple[Likeness, float]:
    """The likeness, then the noise, under which early tickets, each left out, are likeliest; tried on 2,000."""
    names = system.names
    if table.early < _TELLING_PER_CLASS * names:
        return _FIRST_LIKENESS, _FIRST_NOISE
    tried = np.unique(np.linspace(0, table.early - 1, _TRIED_ON).astype(np.intp))
    sample = system.only(np.concatenate([np.arange(names), names + tried]))

    def loss(likeness: Likeness, noise: float) -> float:
        solution = effort.solve(sample, likeness, noise, early=len(sample.rows))
        return calibrate(solution.left_out[names:], table.truth[tried], classes=names).loss

    tried_likenesses = [Likeness(wording, narrowness) for wording in _WORDING for narrowness in _NARROWNESS]
    likeness = min(tried_likenesses, key=lambda one: loss(one, _USUAL_NOISE))
    return likeness, min(_NOISE, key=lambda one: loss(likeness, one))
