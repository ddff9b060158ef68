"""Fits the fields of a snapshot into one classifier, and keeps what each ticket got from models that had not seen it.

The algebra is `training.ridge`; whether the outcome is good enough to answer is decided by `training.train`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from training.calibrate import calibrate
from training.dataset import Progress, Snapshot, held_out
from training.ridge import Solution, Tiles, solve
from triagem.encoder.base import Encoder, Vectors
from triagem.triage.classifier import Anchors, Classifier, Head
from triagem.triage.kernel import Lexicon, Likeness, Matrix, learn_lexicon
from triagem.types import TicketField

# Solving grows with the cube: 15,000 tickets take about half a minute on two cores and 1.2 GB.
_MOST_TICKETS = 15_000
_TRIED_ON = 2_000
_WORDING = (0.1, 0.3, 1.0)
_NARROWNESS = (0.5, 1.0, 2.0, 4.0)
_NOISE = (0.1, 0.3, 1.0, 3.0, 10.0)
_USUAL_NOISE = 0.3
# Used as they are while there are too few tickets to try others on: left out, one of two leaves a class nearly empty.
_TELLING_PER_CLASS = 3
_FIRST_LIKENESS, _FIRST_NOISE = Likeness(wording=0.1, narrowness=2.0), 0.1
# A class's name counts as an example that is trusted half as much as a ticket.
_NAME_DOUBT = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field's fit. `positions` are of the snapshot's examples, from old to new with the held-out ones last.

    `left_out` are the probabilities each ticket gets from the model that answers, fitted without it; `ahead` those of
    the held-out tickets by a model fitted and calibrated on the earlier ones alone.
    """

    head: Head
    positions: NDArray[np.intp]
    truth: NDArray[np.intp]
    left_out: NDArray[np.float64]
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
    known: Mapping[TicketField, Collection[str]] = MappingProxyType({}),
) -> Fit:
    """Fits every field that has at least two classes. The same snapshot, fields and seed give the same bits.

    `known` names classes that may have no ticket yet: their names are all there is to learn them from.
    """
    tables = [_table(snapshot, field, known.get(field, ()), seed) for field in fields]
    with threadpool_limits(1):  # more would change the order of sums, and with it the last bits
        return _fit(snapshot, encoder, tables, threads, on_progress)


def _fit(snapshot: Snapshot, encoder: Encoder, tables: "Sequence[_Table]", threads: int, on_progress: Progress) -> Fit:
    tables = [table for table in tables if len(table.classes) > 1]
    names = [readable(name) for table in tables for name in table.classes]
    texts = [*names, *(one.text for one in snapshot.examples)]
    # Half precision, as the store keeps the tickets' and the model keeps its anchors.
    name_vectors = encoder.encode(names).astype(np.float16).astype(np.float32)
    compared = _Compared(texts, np.concatenate([name_vectors, snapshot.vectors]))
    outcomes: dict[TicketField, Outcome] = {}
    first_name = 0
    for done, table in enumerate(tables):

        def tick(share: float = done / len(tables), name: str = table.field.value) -> None:
            on_progress(share, f"Fitting {name}")

        tick()
        rows = np.concatenate([np.arange(first_name, first_name + len(table.classes)), len(names) + table.positions])
        outcomes[table.field] = _fit_field(table, compared, rows, _Solver(threads, tick))
        first_name += len(table.classes)
    heads = {field: outcome.head for field, outcome in outcomes.items()}
    return Fit(Classifier(compared.lexicon, compared.anchors(), heads), outcomes)


def readable(name: str) -> str:
    """A class's name as words: `billing/card_lost` -> `billing card lost`."""
    return " ".join(name.replace("_", " ").replace("/", " ").replace("-", " ").split())


@dataclass(frozen=True, slots=True)
class _Table:
    """One field's tickets, early ones first, and their classes."""

    field: TicketField
    positions: NDArray[np.intp]
    classes: tuple[str, ...]
    truth: NDArray[np.intp]
    early: int


class _Compared:
    """The texts that may be compared with each other: class names, then tickets."""

    def __init__(self, texts: Sequence[str], vectors: Vectors) -> None:
        self.lexicon: Lexicon = learn_lexicon(texts)
        self._rows: sp.csr_matrix = self.lexicon.rows(texts)
        self._vectors = vectors
        # What occurs in one text only is like nothing else: it counts on the diagonal alone.
        shared = np.bincount(self._rows.indices, minlength=self._rows.shape[1]) > 1
        self._shared: sp.csr_matrix = self._rows[:, shared]
        self._alone = np.asarray(self._rows.multiply(self._rows).sum(axis=1)).ravel().astype(np.float32)

    @property
    def count(self) -> int:
        return len(self._vectors)

    def anchors(self) -> Anchors:
        return Anchors(self._rows.T.tocsr(), self._vectors)

    def tiles(self, chosen: NDArray[np.intp], likeness: Likeness) -> Tiles:
        """The likeness of the chosen texts with each other, tile by tile."""
        lexical, vectors, alone = self._shared[chosen], self._vectors[chosen], self._alone[chosen]

        def tile(rows: slice, columns: slice) -> Matrix:
            right = np.ascontiguousarray(lexical[columns].toarray().T)
            words = lexical[rows] @ right
            if rows == columns:
                np.fill_diagonal(words, alone[rows])
            return likeness.of(words, vectors[rows] @ vectors[columns].T)

        return tile


@dataclass(frozen=True, slots=True)
class _System:
    """What one field is solved from: `rows` of the compared texts, the class names first, and each one's class."""

    compared: _Compared
    rows: NDArray[np.intp]
    owners: NDArray[np.intp]
    names: int

    def only(self, chosen: NDArray[np.intp]) -> "_System":
        return _System(self.compared, self.rows[chosen], self.owners[chosen], self.names)


@dataclass(frozen=True, slots=True)
class _Solver:
    threads: int
    tick: Callable[[], None]

    def solve(self, system: _System, likeness: Likeness, noise: float, *, early: int) -> Solution:
        doubt = np.full(len(system.rows), noise, dtype=np.float32)
        doubt[: system.names] *= _NAME_DOUBT
        targets = np.zeros((len(system.rows), system.names), dtype=np.float32)
        targets[np.arange(len(system.rows)), system.owners] = 1.0
        tiles = system.compared.tiles(system.rows, likeness)
        return solve(tiles, doubt, targets, early=early, threads=self.threads, tick=self.tick)


def _table(snapshot: Snapshot, field: TicketField, known: Collection[str], seed: int) -> _Table:
    positions = snapshot.labelled(field)
    labels = np.array([snapshot.examples[at].labels[field] for at in positions], dtype=np.str_)
    chosen = _newest_of_each(labels, _MOST_TICKETS)
    positions, labels = positions[chosen], labels[chosen]
    last = held_out(snapshot, positions, seed=seed)
    order = np.argsort(last, kind="stable")
    classes = np.union1d(labels, np.array(sorted(known), dtype=np.str_))
    truth = np.searchsorted(classes, labels[order])
    return _Table(field, positions[order], tuple(classes.tolist()), truth, int((~last).sum()))


def _newest_of_each(labels: NDArray[np.str_], most: int) -> NDArray[np.intp]:
    """Positions of at most `most` labels, ascending: every class may fill the same quota with its newest."""
    age = np.zeros(len(labels), dtype=np.intp)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        age[of_class] = np.arange(len(of_class))[::-1]
    return np.sort(np.argsort(age, kind="stable")[:most])


def _fit_field(table: _Table, compared: _Compared, rows: NDArray[np.intp], solver: _Solver) -> Outcome:
    names = len(table.classes)
    system = _System(compared, rows, np.concatenate([np.arange(names), table.truth]), names)
    likeness, noise = _choose(table, system, solver)
    solution = solver.solve(system, likeness, noise, early=names + table.early)
    left_out = solution.left_out[names:]
    scale = calibrate(left_out, table.truth, classes=names).scale
    earlier = calibrate(solution.early_left_out[names:], table.truth[: table.early], classes=names).scale
    weights = np.zeros((compared.count, names), dtype=np.float32)
    weights[rows] = solution.weights
    return Outcome(
        head=Head(table.classes, weights, likeness, scale),
        positions=table.positions,
        truth=table.truth,
        left_out=scale.probabilities(left_out),
        ahead=earlier.probabilities(solution.ahead),
        noise=noise,
    )


def _choose(table: _Table, system: _System, solver: _Solver) -> tuple[Likeness, float]:
    """The likeness, then the noise, under which early tickets, each left out, are likeliest; tried on 2,000."""
    names = system.names
    if table.early < _TELLING_PER_CLASS * names:
        return _FIRST_LIKENESS, _FIRST_NOISE
    tried = np.unique(np.linspace(0, table.early - 1, _TRIED_ON).astype(np.intp))
    sample = system.only(np.concatenate([np.arange(names), names + tried]))

    def loss(likeness: Likeness, noise: float) -> float:
        solution = solver.solve(sample, likeness, noise, early=len(sample.rows))
        return calibrate(solution.left_out[names:], table.truth[tried], classes=names).loss

    tried_likenesses = [Likeness(wording, narrowness) for wording in _WORDING for narrowness in _NARROWNESS]
    likeness = min(tried_likenesses, key=lambda one: loss(one, _USUAL_NOISE))
    return likeness, min(_NOISE, key=lambda one: loss(likeness, one))
