"""Ten thousand tickets in by the commands: imported, learned from, and answering.

Run it with: TRIAGEM_BENCH_DATA=DIR python -m benchmarks.tickets
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness import data_digest, data_folder, triagem, write_result


def measure(source: Path, work: Path) -> dict[str, Any]:
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    tickets = [
        {
            "id": row["id"],
            "created_at": "2026-01-01",
            "description": row["text"],
            "language": "en",
            "category": row["label"],
        }
        for row in rows
    ]
    file = work / "tickets.jsonl"
    file.write_text("".join(json.dumps(ticket) + "\n" for ticket in tickets), encoding="utf-8")
    state = work / "state"
    imported = triagem(state, "import", "tickets", str(file))
    again = triagem(state, "import", "tickets", str(file))
    trained = triagem(state, "train", "--field", "category")
    answered = triagem(state, "triage", "I am still waiting for my new card to arrive")
    category = answered.answer["fields"]["category"]
    return {
        "imported": imported.answer["added"],
        "import_s": imported.seconds,
        "import_mb": imported.memory_mb,
        "again_s": again.seconds,
        "train_s": trained.seconds,
        "train_mb": trained.memory_mb,
        "answer_s": answered.seconds,
        "answer_mb": answered.memory_mb,
        "answer": category["value"] or category["candidates"][0]["value"],
    }


def main() -> None:
    source = data_folder() / "banking77" / "train.jsonl"
    work = Path(tempfile.mkdtemp(prefix="triagem-bench-"))
    try:
        one = measure(source, work)
    finally:
        shutil.rmtree(work)
    write_result(
        "tickets",
        figures=one,
        title="banking77's 10,003 tickets, by whole commands",
        columns=["step", "seconds", "peak MiB", "result"],
        rows=[
            ["import tickets", round(one["import_s"], 1), round(one["import_mb"]), f"{one['imported']} added"],
            ["the same again", round(one["again_s"], 1), "", "all unchanged"],
            ["train --field category", round(one["train_s"], 1), round(one["train_mb"]), "77 classes"],
            ["triage, cold", round(one["answer_s"], 1), round(one["answer_mb"]), one["answer"]],
        ],
        data=data_digest(source),
    )


if __name__ == "__main__":
    main()
