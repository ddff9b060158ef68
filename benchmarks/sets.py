"""Reads the collections of labelled texts that sorting is measured on."""

import gzip
import json
from pathlib import Path
from typing import Any

FILES = (
    "banking77/train.jsonl",
    "tais_ptbr/utterances.jsonl",
    "oos_banking_clinc/banking77_oos.jsonl",
    "clinc150/train.jsonl",
    "clinc150/val.jsonl",
    "bugzilla_reports/mozilla_severity_balanced.jsonl.gz",
)


def rows(path: Path, text: str = "text", label: str = "label", **only: Any) -> list[tuple[str, str]]:
    """Texts and labels of a file of JSON lines, of those lines that have the values in `only`."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    records = [json.loads(line) for line in content.splitlines()]
    return [
        (record[text], record[label])
        for record in records
        if all(record.get(name) == value for name, value in only.items())
    ]


def severities(path: Path) -> list[tuple[str, str]]:
    """Reports whose severity people chose, as severe or mild; the part to learn from."""
    severe = {"blocker": "severe", "critical": "severe", "major": "severe", "minor": "mild", "trivial": "mild"}
    return [(text, severe[label]) for text, label in rows(path, label="severity", split="train") if label in severe]
