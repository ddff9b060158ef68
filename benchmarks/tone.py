"""How often insults and shouting are noticed, and how often by mistake: on our labelled lines and on sample tickets.

Lines and tickets were looked at while the lists were made, so the figures show what is known, not what to expect.
Run it with: python -m benchmarks.tone
"""

import json
from pathlib import Path
from typing import Any

from benchmarks.harness import data_digest, write_result
from triagem.triage.tone import Tone, tones

LABELS = Path(__file__).with_name("tone")
TICKETS = Path(__file__).parents[1] / "kb_articles" / "tickets.jsonl"
LANGUAGES = ("pt", "en")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def measure(language: str) -> dict[str, int]:
    """Lines that hurt and were noticed, lines that do not and were, and tickets (all civil) that were."""
    lines = [(set(tones(row["text"])), set(map(Tone, row["tones"]))) for row in _rows(LABELS / f"{language}.jsonl")]
    tickets = [
        tones(f"{row['subject']}\n{row['description']}") for row in _rows(TICKETS) if row["language"] == language
    ]
    return {
        "hurting": sum(bool(right) for _, right in lines),
        "noticed": sum(found == right for found, right in lines if right),
        "civil": sum(not right for _, right in lines),
        "false_alarms": sum(bool(found) for found, right in lines if not right),
        "tickets": len(tickets),
        "alarms_in_tickets": sum(map(bool, tickets)),
    }


def main() -> None:
    figures = {language: measure(language) for language in LANGUAGES}
    rows = [
        [
            language,
            f"{one['noticed']} of {one['hurting']}",
            f"{one['false_alarms']} of {one['civil']}",
            f"{one['alarms_in_tickets']} of {one['tickets']}",
        ]
        for language, one in figures.items()
    ]
    write_result(
        "tone",
        figures=figures,
        title="Insults and shouting, noticed by lists",
        columns=["language", "noticed", "false alarms in civil lines", "alarms in sample tickets"],
        rows=rows,
        notes="Many of the civil lines are angry or hold a word that insults elsewhere. The lists were made with all "
        "of this in sight.",
        data=data_digest(*(LABELS / f"{language}.jsonl" for language in LANGUAGES), TICKETS),
    )


if __name__ == "__main__":
    main()
