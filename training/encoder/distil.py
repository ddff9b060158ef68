"""Stage 1: the student learns to give the teacher's English vector for a Portuguese sentence, and for the English one.

Targets come from `teacher`; sorting by length within a block keeps padding small.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from training.encoder.data import Answered, Pair
from training.encoder.noise import noisy
from training.encoder.student import Student

_BLOCK = 24  # batches drawn together and sorted by length
_EVERYDAY_SHARE = 0.4
_ANCHOR_SHARE = 0.25
_NOISY_SHARE = 0.2
_CONTRAST_WEIGHT = 0.1
_SCALE = 20.0
_LONGEST = 220  # characters: requests are short, and a long sentence costs as much as four short ones
_SAME = 0.95  # two targets this near are wordings of one sentence, no negatives


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the stages read: pairs and, row by row, the teacher's vectors of their English sides; needs.

    A need is a question answered, or `wordings` of it.
    """

    product: Sequence[Pair]
    product_vectors: NDArray[np.float16]
    everyday: Sequence[Pair]
    everyday_vectors: NDArray[np.float16]
    long: Sequence[Pair]
    long_vectors: NDArray[np.float16]
    answers: Sequence[Answered]
    wordings: Sequence[tuple[str, ...]]


def branch_of(lesson: Lesson, branch: int, branches: int) -> Lesson:
    """The lesson as one branch reads it: product sentences of at most 220 characters, from its own place on."""
    rows = [row for row, pair in enumerate(lesson.product) if max(len(pair.en), len(pair.pt)) <= _LONGEST]
    first = branch * len(rows) // branches
    rows = rows[first:] + rows[:first]
    product = [lesson.product[row] for row in rows]
    return replace(lesson, product=product, product_vectors=lesson.product_vectors[rows])


def distilling(student: Student, lesson: Lesson, *, batch_size: int, seed: str) -> Callable[[int], torch.Tensor]:
    """The loss of each step: 1 - cosine to the target, and a little in-batch cross-entropy."""
    block: tuple[int, list[tuple[list[str], torch.Tensor]]] = (-1, [])

    def loss_at(step: int) -> torch.Tensor:
        nonlocal block
        number, place = divmod(step, _BLOCK)
        if block[0] != number:
            block = (number, _draw_block(student, lesson, batch_size, random.Random(f"{seed}/{number}"), number))
        texts, targets = block[1][place]
        return distillation_loss(student(texts), targets)

    return loss_at


def distillation_loss(vectors: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """1 - mean cosine, plus 0.1 x cross-entropy of finding the own target in the batch at scale 20."""
    likeness = vectors @ targets.T
    same = targets @ targets.T > _SAME
    same.fill_diagonal_(False)
    own = torch.arange(len(vectors))
    contrast = torch.nn.functional.cross_entropy((likeness * _SCALE).masked_fill(same, -torch.inf), own)
    return (1 - likeness.diagonal()).mean() + _CONTRAST_WEIGHT * contrast


def _draw_block(
    student: Student, lesson: Lesson, batch_size: int, draw: random.Random, number: int
) -> list[tuple[list[str], torch.Tensor]]:
    rows: list[tuple[str, NDArray[np.float16]]] = []
    total = _BLOCK * batch_size
    everyday = int(total * _EVERYDAY_SHARE) if lesson.everyday else 0
    for _ in range(everyday):
        at = draw.randrange(len(lesson.everyday))
        rows.append((_wording(lesson.everyday[at], draw), lesson.everyday_vectors[at]))
    for offset in range(total - everyday):  # product sentences in order: none twice before all were seen
        at = (number * (total - everyday) + offset) % len(lesson.product)
        rows.append((_wording(lesson.product[at], draw), lesson.product_vectors[at]))
    draw.shuffle(rows)
    lengths = student.lengths([text for text, _ in rows])
    order = sorted(range(total), key=lengths.__getitem__)
    batches = [order[start : start + batch_size] for start in range(0, total, batch_size)]
    draw.shuffle(batches)
    return [
        (
            [rows[row][0] for row in batch],
            torch.from_numpy(np.stack([rows[row][1] for row in batch]).astype(np.float32)),
        )
        for batch in batches
    ]


def _wording(pair: Pair, draw: random.Random) -> str:
    text = pair.en if draw.random() < _ANCHOR_SHARE else pair.pt
    return noisy(text, draw) if draw.random() < _NOISY_SHARE else text
