"""How long a whole training takes and how much memory: ten thousand tickets, all four fields, proofs included.

Run it with: TRIAGEM_BENCH_DATA=DIR python -m benchmarks.training_time
The texts and categories are banking77's; team, type and priority follow from the category by the rules below, so that
each can be learned. The vectors are there from the import, as at any desk.
"""

import json
import random
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.harness import data_digest, data_folder, triagem, write_result
from triagem.types import TicketField

TICKETS = 10_000
_DAYS = 365
_FIRST_DAY = date(2026, 1, 1)
# Of each field the first value with a word that the category contains, or else the last one.
_TEAMS = {
    "transfers": ("transfer", "receiving_money", "beneficiary", "direct_debit"),
    "top-ups": ("top_up", "topping_up", "deposit"),
    "cash": ("cash", "atm"),
    "exchange": ("exchange", "currenc"),
    "accounts": ("verify", "account", "details", "age_limit", "passcode", "phone"),
    "cards": ("",),
}
_TYPES = {
    "incident": (
        *("not_", "failed", "declined", "wrong", "reverted", "pending", "lost", "compromised", "swallowed", "blocked"),
        *("forgotten", "unable", "twice"),
    ),
    "request": ("get_", "order", "request", "cancel", "terminate", "edit", "change", "activate", "linking", "refund"),
    "question": ("",),
}
_PRIORITIES = {
    "high": ("lost", "compromised", "not_recognised", "swallowed", "twice"),
    "normal": _TYPES["incident"],
    "low": ("",),
}


def _first(values: dict[str, tuple[str, ...]], category: str) -> str:
    return next(value for value, words in values.items() if any(word in category.lower() for word in words))


def tickets(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Ten thousand tickets over a year, in an order drawn once, with all four labels."""
    drawn = random.Random(0).sample(rows, min(TICKETS, len(rows)))
    return [
        {
            "id": f"T-{number}",
            "created_at": (_FIRST_DAY + timedelta(days=number * _DAYS // len(drawn))).isoformat(),
            "description": row["text"],
            "language": "en",
            "category": row["label"],
            "team": _first(_TEAMS, row["label"]),
            "type": _first(_TYPES, row["label"]),
            "priority": _first(_PRIORITIES, row["label"]),
        }
        for number, row in enumerate(drawn)
    ]


def measure(source: Path, work: Path) -> dict[str, Any]:
    made = tickets([json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()])
    file, state = work / "tickets.jsonl", work / "state"
    file.write_text("".join(json.dumps(ticket) + "\n" for ticket in made), encoding="utf-8")
    triagem(state, "import", "tickets", str(file))
    trained = triagem(state, "train")
    return {
        "tickets": len(made),
        "train_s": trained.seconds,
        "train_processor_s": trained.processor_s,
        "train_mb": trained.memory_mb,
        "classes": {field.value: len({ticket[field.value] for ticket in made}) for field in TicketField},
        "accuracy": {field.value: trained.answer["metrics"][field.value]["accuracy"] for field in TicketField},
    }


def main() -> None:
    source = data_folder() / "banking77" / "train.jsonl"
    work = Path(tempfile.mkdtemp(prefix="triagem-bench-"))
    try:
        found = measure(source, work)
    finally:
        shutil.rmtree(work)
    write_result(
        "training_time",
        figures=found,
        title="Training on 10,000 tickets, all four fields",
        columns=["command", "seconds", "processor seconds", "peak MiB", "classes", "accuracy"],
        rows=[
            [
                "triagem train",
                round(found["train_s"], 1),
                round(found["train_processor_s"], 1),
                round(found["train_mb"]),
                " + ".join(map(str, found["classes"].values())),
                " / ".join(f"{one:.3f}" for one in found["accuracy"].values()),
            ]
        ],
        notes="The whole command: snapshot, fit, calibration, proofs, report and bundle, from vectors that the import "
        "left. Category, type, priority, team; the last three follow from the category by rules of the benchmark.",
        data=data_digest(source),
        seed=0,
    )


if __name__ == "__main__":
    main()
