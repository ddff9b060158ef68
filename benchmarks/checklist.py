"""How well facts are recognised in reports: precision of "told" and of "missing", by part of the labelled texts.

Labels stand in `checklist/`. Run it with: python -m benchmarks.checklist [--mistakes]
"""

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from benchmarks.harness import data_digest, write_result
from triagem.triage.checklist import Checklist, read_checklist, reports_fault, told
from triagem.triage.cues import Slot
from triagem.types import Language

LABELS = Path(__file__).with_name("checklist")
TICKETS = Path(__file__).parents[1] / "kb_articles" / "tickets.jsonl"
LANGUAGES = (Language.PT, Language.EN)


class Part(StrEnum):
    """Rules were tuned on the first only.

    `HELD_OUT` texts are by the author of the rules, `TICKETS` by another, labelled when the rules were done.
    """

    DEVELOPMENT = "development"
    HELD_OUT = "held out"
    TICKETS = "held-out tickets"


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the facts it tells; `fault` is None where people may differ."""

    id: str
    language: Language
    part: Part
    text: str
    fault: bool | None
    told: frozenset[Slot]


def examples() -> list[Example]:
    """All labelled texts. A text's number decides its half, so that it and its translation stay together."""
    found = [
        _example(row, row["id"], row["text"], language, _half(row["id"].partition("-")[2]))
        for language in LANGUAGES
        for row in _rows(LABELS / f"{language.value}.jsonl")
    ]
    texts = {row["id"]: f"{row['subject']}\n{row['description']}" for row in _rows(TICKETS)}
    return found + [
        _example(row, row["ticket"], texts[row["ticket"]], Language(row["language"]), Part(row["part"]))
        for row in _rows(LABELS / "tickets.jsonl")
    ]


def _example(row: dict[str, Any], name: str, text: str, language: Language, part: Part) -> Example:
    return Example(name, language, part, text, row["fault"], frozenset(map(Slot, row["present"])))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _half(number: str) -> Part:
    return Part.HELD_OUT if hashlib.sha256(number.encode()).digest()[0] % 2 else Part.DEVELOPMENT


@dataclass(frozen=True, slots=True)
class Counts:
    """Of facts in texts: told and recognised, told and not, and so on."""

    right_told: int
    wrong_told: int
    right_missing: int
    wrong_missing: int

    @property
    def told_precision(self) -> float | None:
        return _share(self.right_told, self.wrong_told)

    @property
    def told_recall(self) -> float | None:
        return _share(self.right_told, self.wrong_missing)

    @property
    def missing_precision(self) -> float | None:
        return _share(self.right_missing, self.wrong_missing)


def _share(right: int, wrong: int) -> float | None:
    return round(right / (right + wrong), 4) if right + wrong else None


def count(chosen: Sequence[Example], slots: Sequence[Slot]) -> Counts:
    pairs = [
        (slot in found, slot in example.told) for example in chosen for found in [told(example.text)] for slot in slots
    ]
    return Counts(*(pairs.count(pair) for pair in ((True, True), (True, False), (False, False), (False, True))))


def asked_for_nothing_new(chosen: Sequence[Example], checklist: Checklist) -> tuple[int, int]:
    """Of the questions asked of reports of faults without a known type: how many were answered already, and all."""
    questions = [
        question.slot in example.told
        for example in chosen
        for question in checklist.missing(example.text, example.language)
    ]
    return sum(questions), len(questions)


def measure(chosen: Sequence[Example]) -> dict[str, Any]:
    checklist = read_checklist()
    begun = time.process_time()
    for example in chosen:
        checklist.missing(example.text, example.language)
    took_ms = (time.process_time() - begun) / len(chosen) * 1000
    needless, asked = asked_for_nothing_new(chosen, checklist)
    faults = [(reports_fault(example.text), example.fault) for example in chosen if example.fault is not None]
    whole = count(chosen, list(Slot))
    return {
        "texts": len(chosen),
        "told_precision": whole.told_precision,
        "told_recall": whole.told_recall,
        "missing_precision": whole.missing_precision,
        "questions": asked,
        "needless_questions": needless,
        "fault_precision": _share(faults.count((True, True)), faults.count((True, False))),
        "fault_recall": _share(faults.count((True, True)), faults.count((False, True))),
        "mean_cpu_ms": round(took_ms, 3),
        "slots": {slot.value: _slot(count(chosen, [slot])) for slot in Slot},
    }


def _slot(counts: Counts) -> dict[str, Any]:
    return {
        "told": counts.right_told + counts.wrong_missing,
        "told_precision": counts.told_precision,
        "told_recall": counts.told_recall,
        "missing_precision": counts.missing_precision,
    }


def mistakes(chosen: Sequence[Example]) -> Iterator[str]:
    for example in chosen:
        found = told(example.text)
        too_many, too_few = sorted(found - example.told), sorted(example.told - found)
        if too_many or too_few:
            yield f"{example.id}  +{','.join(too_many)}  -{','.join(too_few)}  {example.text!r}"
        if example.fault is not None and reports_fault(example.text) is not example.fault:
            yield f"{example.id}  fault should be {example.fault}  {example.text!r}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mistakes", action="store_true", help="list the mistakes in the development half, and stop")
    every = examples()
    if parser.parse_args().mistakes:
        print("\n".join(mistakes([example for example in every if example.part is Part.DEVELOPMENT])))
        return
    figures = {
        f"{language.value}, {part.value}": measure(
            [each for each in every if each.language is language and each.part is part]
        )
        for language in LANGUAGES
        for part in Part
    }
    rows = [
        [
            name,
            one["texts"],
            f"{one['told_precision']:.3f}",
            f"{one['missing_precision']:.3f}",
            f"{one['needless_questions']} of {one['questions']}",
            f"{one['fault_precision']:.3f}",
            f"{one['fault_recall']:.3f}",
        ]
        for name, one in figures.items()
    ]
    write_result(
        "checklist",
        figures=figures,
        title="Facts in reports, recognised by rules",
        columns=["texts", "n", '"told" is right', '"missing" is right', "needless questions", "fault: P", "fault: R"],
        rows=rows,
        notes="Eight facts a text. Rules were tuned on the development part; held-out texts are by their author, "
        "held-out tickets by another and labelled when the rules were done.",
        data=data_digest(*sorted(LABELS.glob("*.jsonl"))),
    )


if __name__ == "__main__":
    main()
