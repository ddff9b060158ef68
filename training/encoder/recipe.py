"""From parallel data to a folder of weights: the stages in order, each kept, so that a stopped run goes on.

What a stage does stands in its own module; the command line in `__main__`.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.encoder.data import (
    OWN_DATA,
    Pair,
    hashes,
    read_answers,
    read_everyday,
    read_long,
    read_pairs,
    read_sections,
    read_wordings,
    read_words,
)
from training.encoder.distil import Lesson, branch_of, distilling
from training.encoder.export import export
from training.encoder.loop import Schedule, train
from training.encoder.pieces import texts_of, write_pieces
from training.encoder.retrieval import pages, retrieving
from training.encoder.student import Student, read_weights, write_student
from training.encoder.teacher import teacher_vectors
from training.encoder.vocabulary import make_student
from triagem.encoder.manifest import PIECES, TOKENIZER, EncoderManifest
from triagem.encoder.onnx import OnnxEncoder
from triagem.processes import end_with_parent

LICENCE = "Apache-2.0"
DONE = "done"  # the file that says a stage's folder is whole
_SENTENCE_TOKENS, _SECTION_TOKENS = 96, 128  # while learning; serving reads up to `max_tokens`
_EVERYDAY_COUNTS = 6  # our own sentences count so often when pieces are chosen


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that decides the weights, the data and the teacher apart; those of the table of word pieces stand in
    `training.encoder.pieces`.
    """

    name: str = "triagem-pt-en-3"
    seed: int = 0
    pieces: int = 9_000
    product_pairs: int | None = 81_920
    long_pairs: int = 4_096
    sections: int | None = None
    batch_size: int = 96
    common_steps: int = 150
    distil_steps: int = 950
    distil_rate: float = 2e-4
    retrieval_batch: int = 32
    untaught_share: float = 0.3
    retrieval_steps: int = 270
    retrieval_rate: float = 1e-4
    branches: int = 2
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
    long = read_long(data, seed=recipe.seed, limit=recipe.long_pairs)

    _once(work / "teacher", lambda folder: export(teacher, folder, name="teacher", max_tokens=recipe.max_tokens))
    english = OnnxEncoder(work / "teacher", threads=torch.get_num_threads())
    _once(
        work / "untaught",
        lambda folder: _untaught(recipe, teacher, product + everyday * _EVERYDAY_COUNTS, read_words(own), data, folder),
    )
    lesson = Lesson(
        product,
        teacher_vectors([pair.en for pair in product], english, work / "vectors"),
        everyday,
        teacher_vectors([pair.en for pair in everyday], english, work / "vectors"),
        long,
        teacher_vectors([pair.en for pair in long], english, work / "vectors"),
        read_answers(own),
        read_wordings(own),
    )
    _once(work / "begun", lambda folder: _begin(recipe, work / "untaught", lesson, folder))
    distilled = _in_branches(_distil, recipe, lesson, data, work, "distilled")
    average(work / "steadied", {distilled: 1 - recipe.untaught_share, work / "untaught": recipe.untaught_share})
    retrieving = _in_branches(_retrieve, recipe, lesson, data, work, "retrieving")
    average(work / "averaged", {work / "steadied": 1 - recipe.retrieval_share, retrieving: recipe.retrieval_share})
    texts = texts_of(product, everyday, read_sections(data, limit=recipe.sections), seed=recipe.seed)
    _once(
        work / "pieces",
        lambda folder: write_pieces(work / "averaged", texts, folder, max_tokens=recipe.max_tokens),
    )
    return export(
        work / "averaged",
        out,
        name=recipe.name,
        licence=LICENCE,
        max_tokens=recipe.max_tokens,
        made=made,
        beside=(work / "pieces" / PIECES,),
    )


def average(out: Path, shares: dict[Path, float]) -> None:
    """Writes the student whose every number is the sum of the given shares of others; shares add up to 1."""
    mean: dict[str, NDArray[np.float32]] = {}
    for folder, share in shares.items():
        for name, values in read_weights(folder).items():
            mean[name] = mean.get(name, np.float32(0)) + np.float32(share) * values
    first = next(iter(shares))
    config = json.loads((first / "config.json").read_text(encoding="utf-8"))
    write_student(out, mean, config, (first / TOKENIZER).read_text(encoding="utf-8"))


Stage = Callable[[Recipe, Lesson, Path, Path, int], None]


def _in_branches(stage: Stage, recipe: Recipe, lesson: Lesson, data: Path, work: Path, name: str) -> Path:
    """Runs a stage once a branch, each on one thread and its own order of the data, and averages their weights.

    Two processes that never wait for each other learn more on two busy cores than one with two threads.
    """
    missing = [branch for branch in range(recipe.branches) if not (work / f"{name}-{branch}" / DONE).is_file()]
    if recipe.branches == 1 and missing:
        _branch(stage, recipe, lesson, data, work, name, 0)
    elif missing:
        # A branch whose run was killed must not go on writing the checkpoints that the next run reads.
        with ProcessPoolExecutor(len(missing), get_context("spawn"), initializer=end_with_parent) as pool:
            runs = [pool.submit(_branch, stage, recipe, lesson, data, work, name, branch) for branch in missing]
            for run in runs:
                run.result()
    average(work / name, {work / f"{name}-{branch}": 1 / recipe.branches for branch in range(recipe.branches)})
    return work / name


def _branch(stage: Stage, recipe: Recipe, lesson: Lesson, data: Path, work: Path, name: str, branch: int) -> None:
    torch.set_num_threads(1)
    own = branch_of(lesson, branch, recipe.branches)
    _once(work / f"{name}-{branch}", lambda folder: stage(recipe, own, data, folder, branch))


def _untaught(
    recipe: Recipe, teacher: Path, pairs: list[Pair], words: list[tuple[str, str]], data: Path, out: Path
) -> None:
    sections = read_sections(data, limit=recipe.sections)
    more = [Pair(one.text, "") if one.language == "en" else Pair("", one.text) for one in sections]
    make_student(teacher, out, pairs, pieces=recipe.pieces, words=words, more=more)


def _begin(recipe: Recipe, start: Path, lesson: Lesson, out: Path) -> None:
    student = Student(start, max_tokens=_SENTENCE_TOKENS)
    loss_at = distilling(student, lesson, batch_size=recipe.batch_size, seed=str(recipe.seed))
    schedule = Schedule(recipe.distil_steps, recipe.distil_rate)
    train(student, loss_at, schedule, out=out, until=recipe.common_steps)


def _distil(recipe: Recipe, lesson: Lesson, _data: Path, out: Path, branch: int) -> None:
    student = Student(out.parent / "untaught", max_tokens=_SENTENCE_TOKENS)
    loss_at = distilling(student, lesson, batch_size=recipe.batch_size, seed=f"{recipe.seed}/{branch}")
    schedule = Schedule(recipe.distil_steps, recipe.distil_rate)
    train(student, loss_at, schedule, out=out, start=out.parent / "begun")


def _retrieve(recipe: Recipe, lesson: Lesson, data: Path, out: Path, branch: int) -> None:
    student = Student(out.parent / "steadied", max_tokens=_SECTION_TOKENS)
    known = pages(read_sections(data, limit=recipe.sections))
    loss_at = retrieving(student, known, lesson, batch_size=recipe.retrieval_batch, seed=f"{recipe.seed}/{branch}")
    train(student, loss_at, Schedule(recipe.retrieval_steps, recipe.retrieval_rate, warm_up=15), out=out)


def _once(folder: Path, make: Callable[[Path], object]) -> None:
    """Makes a stage's folder unless it stands; one that was stopped half-way is made again."""
    done = folder / DONE
    if done.is_file():
        sys.stderr.write(f"{folder.name}: kept from an earlier run\n")
        return
    make(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done.touch()
