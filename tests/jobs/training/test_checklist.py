"""The command that proposes a checklist: printed, never written over anybody's file."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.jobs.training.conftest import put
from training.checklist_commands import COMMANDS
from triagem.settings import Settings
from triagem.store.database import Database
from triagem.triage import taxonomy
from triagem.triage.checklist import read_checklist
from triagem.triage.cues import Slot
from triagem.types import Provenance, Ticket, TicketField

OWN = """ask_at_most = 2

[[rules]]
type = ["falha"]
ask = ["steps"]

[[rules]]
ask = []
"""


def _run(settings: Settings, *arguments: str) -> Result:
    result = CliRunner().invoke(COMMANDS["checklist"], ["propose", *arguments], obj=settings)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """A desk with a checklist of its own, and three closed tickets of which two had to be asked about."""
    when = datetime(2026, 1, 5, tzinfo=UTC)
    resolutions = ("Pedi a versão do app.", "Perguntei qual era a versão.", "Reiniciamos.")
    put(
        database,
        *(
            Ticket(
                f"T-{number}",
                when,
                subject=f"Trava {number}",
                description="O app fecha sozinho.",
                type="falha",
                category="aplicativo",
                resolution=resolution,
                closed_at=when,
                provenance=Provenance.HUMAN,
            )
            for number, resolution in enumerate(resolutions)
        ),
    )
    own = tmp_path / "checklist.toml"
    own.write_text(OWN, encoding="utf-8")
    return Settings(data_dir=database.data_dir, encoder="hashing", threads=1, checklist=own)


def test_a_proposal_is_printed_and_the_desks_own_file_stays_as_it_was(settings: Settings, tmp_path: Path) -> None:
    printed = _run(settings).stdout
    proposed = tmp_path / "proposed.toml"
    proposed.write_text(printed, encoding="utf-8")
    first, second, last = read_checklist(proposed).rules
    assert (first.type, first.category) == (frozenset({"falha"}), frozenset({"aplicativo"}))
    assert first.ask == (Slot.VERSION, Slot.STEPS)
    assert (second.ask, last.ask) == ((Slot.STEPS,), ())
    assert settings.checklist is not None and settings.checklist.read_text(encoding="utf-8") == OWN


def test_a_proposal_is_there_for_programs_and_follows_the_names_of_now(settings: Settings) -> None:
    database = Database(settings.data_dir)
    with database.write() as connection:
        known = taxonomy.load(connection, settings.desk).with_renamed(TicketField.CATEGORY, "aplicativo", "app")
        taxonomy.store(connection, settings.desk, known, actor="a test", why="shorter")
    database.close()
    record = json.loads(_run(settings, "--json").stdout)
    assert (record["tickets"], record["asking"], record["ask_at_most"]) == (3, 2, 2)
    assert record["rules"][0] == {
        "type": ["falha"],
        "category": ["app"],
        "tickets": 3,
        "new": True,
        "ask": [{"slot": "version", "asked": 2, "told": 0}, {"slot": "steps", "asked": 0, "told": 0}],
    }


def test_a_desk_where_nobody_had_to_ask_is_told_so(settings: Settings) -> None:
    found = _run(settings.model_copy(update={"desk": "other"}))
    assert "No closed ticket says that a fact had to be asked for" in found.stderr
    assert "A proposal from 0 tickets" in found.stdout
