"""Reads the collections of labelled texts that sorting is measured on."""

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

FILES = (
    "banking77/train.jsonl",
    "tais_ptbr/utterances.jsonl",
    "oos_banking_clinc/banking77_oos.jsonl",
    "clinc150/train.jsonl",
    "clinc150/val.jsonl",
    "bugzilla_reports/mozilla_severity_balanced.jsonl.gz",
    "bugzilla_reports/netbeans.csv.gz",
)
_LEAST_REPORTS = 10


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


def components(path: Path) -> list[tuple[str, str]]:
    """Summaries of reports, oldest first, with `product/component`, of components with ten reports and more."""
    reports = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8")))
    dated = sorted((row["created"], row["summary"], f"{row['product']}/{row['component']}") for row in reports)
    counts = Counter(label for _, _, label in dated)
    return [(text, label) for _, text, label in dated if text and counts[label] >= _LEAST_REPORTS]
