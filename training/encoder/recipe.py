"""From parallel data to a folder of weights: the stages in order, each kept, so that a stopped run goes on.

What a stage does stands in its own module; the command line in `__main__`.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from training.encoder.data import OWN_DATA, hashes, read_everyday, read_pairs, read_sections
from training.encoder.distil import Lesson, distilling
from training.encoder.export import export
from training.encoder.loop import Schedule, train
from training.encoder.retrieval import pages, retrieving
from training.encoder.student import Student, read_weights, write_student
from training.encoder.teacher import teacher_vectors
from training.encoder.vocabulary import make_student
from triagem.encoder.manifest import TOKENIZER, EncoderManifest
from triagem.encoder.onnx import OnnxEncoder

LICENCE = "Apache-2.0"
_EVERYDAY_IN_VOCABULARY = 6  # our own sentences count so often when pieces are chosen


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that decides the weights, the data and the teacher apart."""

    name: str = "triagem-pt-en-1"
    seed: int = 0
    pieces: int = 9_000
    product_pairs: int | None = 81_920
    sections: int | None = None
    batch_size: int = 96
    distil_steps: int = 1_600
    distil_rate: float = 2e-4
    retrieval_batch: int = 32
    retrieval_steps: int = 400
    retrieval_rate: float = 7e-5
    retrieval_share: float = 0.5
    max_tokens: int = 256


def make_encoder(
    recipe: Recipe, *, data: Path, teacher: Path, work: Path, out: Path, own: Path = OWN_DATA
) -> EncoderManifest:
    """Runs the stages that are missing in `work` and writes the served folder to `out`."""
    torch.manual_seed(recipe.seed)
    made = {"recipe": asdict(recipe), "data": hashes(data, own), "from": teacher.name}
    work = work / hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:12]
    product = read_pairs(data, seed=recipe.seed, limit=recipe.product_pairs)
    everyday = read_everyday(own)

    _once(work / "teacher", lambda folder: export(teacher, folder, name="teacher", max_tokens=recipe.max_tokens))
    english = OnnxEncoder(work / "teacher", threads=torch.get_num_threads())
    _once(
        work / "untaught",
        lambda folder: make_student(
            teacher, folder, product + everyday * _EVERYDAY_IN_VOCABULARY, pieces=recipe.pieces
        ),
    )
    lesson = Lesson(
        product,
        teacher_vectors([pair.en for pair in product], english, work / "vectors"),
        everyday,
        teacher_vectors([pair.en for pair in everyday], english, work / "vectors"),
    )
    _once(work / "distilled", lambda folder: _distil(recipe, work / "untaught", lesson, folder))
    _once(work / "retrieving", lambda folder: _retrieve(recipe, work / "distilled", lesson, data, folder))
    average(work / "distilled", work / "retrieving", work / "averaged", share=recipe.retrieval_share)
    return export(work / "averaged", out, name=recipe.name, licence=LICENCE, max_tokens=recipe.max_tokens, made=made)


def average(one: Path, other: Path, out: Path, *, share: float) -> None:
    """Writes the student whose every number is `1 - share` of one and `share` of the other."""
    first, second = read_weights(one), read_weights(other)
    mean = {name: ((1 - share) * first[name] + share * second[name]).astype(np.float32) for name in first}
    config = json.loads((one / "config.json").read_text(encoding="utf-8"))
    write_student(out, mean, config, (one / TOKENIZER).read_text(encoding="utf-8"))


def _distil(recipe: Recipe, start: Path, lesson: Lesson, out: Path) -> None:
    student = Student(start, max_tokens=96)
    loss_at = distilling(student, lesson, batch_size=recipe.batch_size, seed=recipe.seed)
    train(student, loss_at, Schedule(recipe.distil_steps, recipe.distil_rate), out=out)


def _retrieve(recipe: Recipe, start: Path, lesson: Lesson, data: Path, out: Path) -> None:
    student = Student(start, max_tokens=128)
    known = pages(read_sections(data, limit=recipe.sections))
    loss_at = retrieving(student, known, lesson, batch_size=recipe.retrieval_batch, seed=recipe.seed)
    train(student, loss_at, Schedule(recipe.retrieval_steps, recipe.retrieval_rate), out=out)


def _once(folder: Path, make: Callable[[Path], object]) -> None:
    """Makes a stage's folder unless it stands; one that was stopped half-way is made again."""
    done = folder / "done"
    if done.is_file():
        sys.stderr.write(f"{folder.name}: kept from an earlier run\n")
        return
    make(folder)
    done.touch()
