"""Writes the README's tables from the results that are committed: one table per result file that has one.

Run it with: python -m benchmarks.readme [--check]
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.harness import RESULTS

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- numbers:begin -->", "<!-- numbers:end -->"


def tables(results: Path = RESULTS) -> str:
    """Every result's table as Markdown, by the name of its file, each with what it was measured on.

    Where a picture of the same name stands beside the result, it comes before the table.
    """
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("*.json"))]
    pictures = {path.stem for path in results.glob("*.svg")}
    return "\n\n".join(_table(record, record.get("name") in pictures) for record in records if "table" in record)


def with_tables(readme: str, written: str) -> str:
    """The README's text with `written` between its markers. Raises `ValueError` where a marker is missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md needs the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{after}" if written else f"{before}{BEGIN}\n\n{END}{after}"


def _table(record: dict[str, Any], has_picture: bool) -> str:
    table = record["table"]
    picture = [f"![{table['title']}](benchmarks/results/{record['name']}.svg)", ""] if has_picture else []
    return "\n".join(
        [
            *picture,
            f"<details><summary><b>{table['title']}</b></summary>",
            "",
            _row(table["columns"]),
            _row(["---", *["---:"] * (len(table["columns"]) - 1)]),
            *(_row(row) for row in table["rows"]),
            "",
            " ".join(filter(None, [table.get("notes", ""), _origin(record)])),
            "",
            "</details>",
        ]
    )


def _row(cells: list[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _origin(record: dict[str, Any]) -> str:
    machine = record.get("machine", {})
    parts = [
        f"{machine['cores']} cores of {machine['cpu']}" if {"cpu", "cores"} <= machine.keys() else "",
        f"data {record['data']}" if record.get("data") else "",
        f"commit {record['commit']}" if record.get("commit") else "",
        str(record.get("time", ""))[:10],
    ]
    described = ", ".join(filter(None, parts))
    return f"_{described}._" if described else ""


def main() -> int:
    """Brings the README up to date; with `--check` only says whether it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if the tables are outdated")
    check = parser.parse_args().check
    present = README.read_text(encoding="utf-8")
    due = with_tables(present, tables())
    if check and present != due:
        print("The README's tables are outdated. Write them with: python -m benchmarks.readme", file=sys.stderr)
        return 1
    if present != due:
        README.write_text(due, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
