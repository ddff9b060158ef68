import re
from pathlib import Path

import pytest

from service.runner import LOCK_FILE
from tests.house.checkout import ROOT
from triagem import artifacts
from triagem.search.columns import ARTICLE_COLUMNS, TICKET_COLUMNS, Columns
from triagem.search.records import ARTICLE_FIELDS, TICKET_FIELDS
from triagem.settings import Settings
from triagem.store import database
from triagem.types import Language

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
IMPORTING = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
FORMATS = (ROOT / "docs" / "artifact-format.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained_to_whoever_runs_the_service(name: str) -> None:
    assert f"`TRIAGEM_{name.upper()}`" in OPERATIONS


def test_no_setting_is_explained_that_does_not_exist() -> None:
    explained = {name.lower() for name in re.findall(r"`TRIAGEM_([A-Z_]+)`", OPERATIONS)}
    assert explained - set(Settings.model_fields) == set()


def test_every_number_that_the_service_counts_is_explained() -> None:
    source = (ROOT / "service" / "observability.py").read_text(encoding="utf-8")
    counted = set(re.findall(r'"(triagem_[a-z_]+)"', source))
    assert counted
    assert {name for name in counted if name not in OPERATIONS} == set()


@pytest.mark.parametrize("name", [database.DATABASE_FILE, database.LOCK_FILE, LOCK_FILE, "generations/", "models/"])
def test_every_file_of_the_data_directory_is_explained(name: str) -> None:
    assert f"`{name}" in OPERATIONS


@pytest.mark.parametrize(("title", "fields"), [("Tickets", TICKET_FIELDS), ("Articles", ARTICLE_FIELDS)])
def test_the_fields_of_a_file_are_explained_and_no_others(title: str, fields: tuple[str, ...]) -> None:
    section = IMPORTING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(fields)


@pytest.mark.parametrize(("title", "columns"), [("Tickets", TICKET_COLUMNS), ("Articles", ARTICLE_COLUMNS)])
def test_the_other_names_of_columns_are_listed_and_no_others(title: str, columns: Columns) -> None:
    section = IMPORTING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    table = section.partition("| field | in Portuguese |")
    languages = [Language.PT, Language.EN] if table[2].startswith(" in English |") else [Language.PT]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table[2].splitlines() if row.startswith("| `")]
    listed = {field.strip("`"): dict(zip(languages, names, strict=True)) for field, *names in rows}
    assert listed == {
        field: {language: ", ".join(others.get(language, ())) for language in languages}
        for field, others in columns.items()
        if others
    }
    assert {language for others in columns.values() for language in others} == set(languages)


@pytest.mark.slow
def test_every_file_of_an_index_and_a_model_is_described(demonstrated: tuple[Path, str]) -> None:
    data_dir = demonstrated[0]
    written = {path.name for path in data_dir.glob("generations/main/*/*")} | {
        path.name for path in data_dir.glob("models/main/*/*")
    }
    assert written >= {"manifest.json", "article.faiss", "classifier.json"}
    # The tables name a kind's files without the kind, a field's without the field, and title files as a whole.
    described = {re.sub(r"^<field>\.", "", name) for name in re.findall(r"`([\w.<>]+)`", FORMATS)}
    short = {re.sub(r"^(article|ticket|category|type|priority|team)\.", "", name) for name in written}
    short = {re.sub(r"^(titles|passages)\.(starts|rows|weights|idf|terms)\b.*", r"\1.*", name) for name in short}
    assert {name for name in short if name not in described and f"`{name}`" not in FORMATS} == set()


def test_the_format_that_is_described_is_the_one_that_is_written() -> None:
    assert f'"format": {artifacts.FORMAT}' in FORMATS
    assert artifacts.MANIFEST in FORMATS


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_why_what_follows_and_stands_in_the_list(page: Path) -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    number = int(page.name.split("-")[0])
    assert text.startswith(f"# {number}. ")
    assert [part for part in ("## Context", "## Decision", "## Consequences") if part not in text] == []
    assert f"({page.name})" in index


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name.split("-")[0]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
