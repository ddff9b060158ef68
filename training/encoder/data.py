"""Reads what the encoder is taught from: parallel sentences, sections of product help, and what was written for it.

Where the files lie is the caller's to say; choosing and shuffling use the seed, so that a recipe repeats.
"""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triagem.encoder.manifest import sha256
from triagem.errors import NotFound

OWN_DATA = Path(__file__).parent / "data"
_LONGEST = 360  # characters of a sentence: longer ones are lists run together
_LONG = 200  # characters from which a section is more than a sentence
_LIKE_LENGTH = (0.9, 1.5)  # Portuguese over English, in characters; a translation's is about 1.15
_PER_SOURCE = {"workfront": 30_000, "python-docs": 12_000}
_PER_SOURCE_DEFAULT = 12_000


@dataclass(frozen=True, slots=True)
class Pair:
    """The same said in both languages; `everyday` marks what is our own, sampled more often."""

    en: str
    pt: str
    everyday: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """One need: how people ask, in both languages, and its answer in both, seldom in the words of the question."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it, on one page of product help in one language."""

    page: str
    language: str
    order: int
    title: str
    heading: str
    text: str


def read_pairs(folder: Path, *, seed: int, limit: int | None = None) -> list[Pair]:
    """Product sentences, at most so many of a source, in an order drawn by `seed`."""
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for row in _rows(folder / "pairs.jsonl.gz"):
        if max(len(row["en"]), len(row["pt"])) <= _LONGEST:
            by_source[row["source"]].append(Pair(row["en"], row["pt"]))
    chosen: list[Pair] = []
    draw = random.Random(seed)
    for source in sorted(by_source):
        draw.shuffle(by_source[source])
        chosen += by_source[source][: _PER_SOURCE.get(source, _PER_SOURCE_DEFAULT)]
    draw.shuffle(chosen)
    return chosen[:limit]


def read_everyday(folder: Path = OWN_DATA) -> list[Pair]:
    """What is our own and said in both languages; wordings are no translations (`read_wordings`).

    Requests in both wordings, questions and their answers, sentences of the lexicon, and words as very short sentences.
    """
    pairs = [
        Pair(row["en"], row[wording], everyday=True)
        for row in _rows_of(folder, "everyday")
        for wording in ("pt", "pt_alt")
    ]
    for row in _rows_of(folder, "answers"):
        pairs += [Pair(en, pt, everyday=True) for en, pt in zip(row["en"], row["pt"], strict=True)]
        pairs.append(Pair(row["answer_en"], row["answer_pt"], everyday=True))
    pairs += [Pair(row["en"], row["pt"], everyday=True) for row in _rows_of(folder, "lexicon")]
    return pairs + [Pair(en, pt, everyday=True) for pt, en in read_words(folder)]


def read_answers(folder: Path = OWN_DATA) -> list[Answered]:
    """Our own questions of customers and citizens, each with the few sentences that answer it."""
    return [
        Answered((*row["pt"], *row["en"]), (row["answer_pt"], row["answer_en"])) for row in _rows_of(folder, "answers")
    ]


def read_wordings(folder: Path = OWN_DATA) -> list[tuple[str, ...]]:
    """Wordings of one need each, in both languages; needs of one theme mostly stand together."""
    asked = [need.questions for need in read_answers(folder)]
    return asked + [(*row["pt"], *row["en"]) for row in _rows_of(folder, "wordings")]


def read_words(folder: Path = OWN_DATA) -> list[tuple[str, str]]:
    """(Portuguese, English) words and short phrases, every pair of their alternatives.

    From lines `a; b = c; d` of the word list, and words of the lexicon with what they mean.
    """
    path = folder / "words.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    sides = [line.split("=") for line in lines if "=" in line and not line.startswith("#")]
    sides += [[row["word"], row["gloss"]] for row in _rows_of(folder, "lexicon")]
    return [(pt.strip(), en.strip()) for left, right in sides for pt in left.split(";") for en in right.split(";")]


def read_sections(folder: Path, *, limit: int | None = None) -> list[Section]:
    """Sections in the order of their pages; `order` counts within a page and language."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    sections: list[Section] = []
    for row in _rows(folder / "sections.jsonl.gz"):
        page = f"{row['source']}/{row['path']}"
        key = (page, row["lang"])
        sections.append(Section(page, row["lang"], counts[key], row["title"], row["heading"] or "", row["text"]))
        counts[key] += 1
        if limit and len(sections) >= limit:
            break
    return sections


def read_long(folder: Path, *, seed: int, limit: int | None = None) -> list[Pair]:
    """Sections and their translations: the same place of a page whose two languages have as many, of like length."""
    by_page: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for section in read_sections(folder):
        by_page[section.page][section.language].append(section.text)
    pairs = [
        Pair(en, pt)
        for page in by_page.values()
        if len(page["en"]) == len(page["pt"])
        for en, pt in zip(page["en"], page["pt"], strict=True)
        if len(en) >= _LONG and _LIKE_LENGTH[0] < len(pt) / len(en) < _LIKE_LENGTH[1]
    ]
    random.Random(seed).shuffle(pairs)
    return pairs[:limit]


def hashes(folder: Path, own: Path = OWN_DATA) -> dict[str, str]:
    """SHA-256 of every file the recipe reads, by name: they go into the model card."""
    paths = [folder / "pairs.jsonl.gz", folder / "sections.jsonl.gz", *sorted(own.iterdir())]
    return {path.name: sha256(path) for path in paths if path.is_file()}


def _rows_of(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"{kind}_*.jsonl")):
        yield from _rows(path)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise NotFound(f"{path} is missing. Say where the parallel data lies with --data FOLDER.")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
