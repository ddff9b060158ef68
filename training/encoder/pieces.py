"""The table of word pieces: what each is near to on the mean of the texts it stands in, read by the taught student.

Nothing is learned from labels: the vectors are the student's own. `triagem.encoder.pieces` reads the table.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.encoder.data import Pair, Section
from training.encoder.student import Student
from triagem.encoder.manifest import PIECES
from triagem.encoder.prepare import prepare

_WIDTH = 128
_PRODUCT_PAIRS, _SECTIONS = 10_000, 8_000
# A piece by itself counts as so many of the places where it was met: of rare ones little else is known.
_ALONE = 3.0
_TOGETHER = 64
_TOLD_EVERY = 100

Matrix = NDArray[np.float32]


def texts_of(
    product: Sequence[Pair],
    everyday: Sequence[Pair],
    sections: Sequence[Section],
    *,
    seed: int,
) -> list[str]:
    """The texts that pieces are met in, in both languages: everyday ones all, a sample of product help."""
    chosen = random.Random(seed).sample(sections, min(_SECTIONS, len(sections)))
    pairs = [*product[:_PRODUCT_PAIRS], *everyday]
    texts = [text for pair in pairs for text in (pair.en, pair.pt)]
    texts += [f"{one.heading}. {one.text}" for one in chosen]
    return list(dict.fromkeys(texts))


def write_pieces(folder: Path, texts: Sequence[str], out: Path, *, max_tokens: int) -> None:
    """Writes `out/pieces.npz`: `vectors` int8 `(pieces, 128)`, and `shares` `(pieces,)`, of the texts with each."""
    student = Student(folder, max_tokens=max_tokens)
    student.eval()
    ids = [
        one.ids[1:-1] for one in student.tokenizer.encode_batch([prepare(one, max_tokens=max_tokens) for one in texts])
    ]
    count = student.tokenizer.get_vocab_size()
    holding = np.zeros(count, dtype=np.float32)
    for one in ids:
        holding[np.unique(one)] += 1
    total, met = _met(student, [one for one in ids if one], count)
    mean = (total + _ALONE * _met(student, [[piece] for piece in range(count)], count)[0]) / (met + _ALONE)[:, None]
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / PIECES, vectors=_narrowed(mean, met), shares=holding / len(texts))


def _met(student: Student, rows: Sequence[list[int]], count: int) -> tuple[Matrix, Matrix]:
    """Of each piece the sum of its unit vectors in the rows, `(count, width)`, and how often it stands in them."""
    first, last = student.tokenizer.token_to_id("[CLS]"), student.tokenizer.token_to_id("[SEP]")
    total = np.zeros((count, student.bert.config.hidden_size), dtype=np.float32)
    met = np.zeros(count, dtype=np.float32)
    ordered = sorted(rows, key=len)
    for start in range(0, len(ordered), _TOGETHER):
        some = ordered[start : start + _TOGETHER]
        width = len(some[-1])
        padded = torch.tensor([[first, *row, last] + [0] * (width - len(row)) for row in some])
        mask = torch.tensor([[1] * (len(row) + 2) + [0] * (width - len(row)) for row in some])
        with torch.inference_mode():
            hidden = student.bert(input_ids=padded, attention_mask=mask).last_hidden_state
        units = torch.nn.functional.normalize(hidden, dim=2).numpy()
        for row, vectors in zip(some, units, strict=True):
            np.add.at(total, row, vectors[1 : len(row) + 1])
            np.add.at(met, row, 1)
        if start // _TOGETHER % _TOLD_EVERY == 0:
            sys.stderr.write(f"pieces: {start:,} of {len(ordered):,} texts\n")
    return total, met


def _narrowed(vectors: Matrix, met: Matrix) -> NDArray[np.int8]:
    """Their principal components, each vector scaled to the range of int8; frequent pieces say more of the axes."""
    weight = np.sqrt(met + 1)[:, None]
    centred = vectors - (vectors * weight).sum(axis=0) / weight.sum()
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    _, axes = np.linalg.eigh((centred * weight).T @ centred)
    narrow = centred @ axes[:, ::-1][:, :_WIDTH]
    largest = np.maximum(np.abs(narrow).max(axis=1, keepdims=True), 1e-6)
    whole: NDArray[np.int8] = np.round(127 * narrow / largest).astype(np.int8)
    return whole
