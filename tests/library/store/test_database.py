"""What a write promises, and what a reader sees."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triagem.errors import DamagedArtifact, UnsupportedFormat
from triagem.store import audit, desks, models, uses
from triagem.store.database import DATABASE_FILE, Database
from triagem.store.models import Model
from triagem.store.schema import HEAD
from triagem.store.tables import metadata
from triagem.store.uses import Use


def test_what_was_written_is_read_after_reopening(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with database.write() as connection:
        desks.ensure(connection, "main")
    database.close()

    with Database(tmp_path).read() as connection:
        assert desks.names(connection) == ["main"]


def test_a_block_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with pytest.raises(RuntimeError), database.write() as connection:
        desks.ensure(connection, "main")
        raise RuntimeError

    with database.read() as connection:
        assert desks.names(connection) == []


def test_a_reader_keeps_its_moment_while_another_writes(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with database.read() as reader:
        assert desks.names(reader) == []
        with database.write() as writer:
            desks.ensure(writer, "main")
        assert desks.names(reader) == []
    with database.read() as reader:
        assert desks.names(reader) == ["main"]


def test_readers_cannot_write(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with pytest.raises(Exception, match="readonly"), database.read() as connection:
        desks.ensure(connection, "main")


def test_many_threads_and_processes_write_without_losing_a_row(tmp_path: Path) -> None:
    database = Database(tmp_path)
    program = (
        "import sys, pathlib\n"
        "from triagem.store.database import Database\n"
        "from triagem.store import desks\n"
        "database = Database(pathlib.Path(sys.argv[1]))\n"
        "for number in range(20):\n"
        "    with database.write() as connection: desks.ensure(connection, f'{sys.argv[2]}-{number:02}')\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("one", "two")]

    def write(name: str) -> None:
        for number in range(20):
            with database.write() as connection:
                desks.ensure(connection, f"{name}-{number:02}")

    threads = [threading.Thread(target=write, args=[name]) for name in ("three", "four")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [child.wait() for child in children] == [0, 0]

    with database.read() as connection:
        assert len(desks.names(connection)) == 80


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    Database(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        made = {
            (table, column)
            for table in metadata.tables
            for _, column, *_ in connection.execute(f"PRAGMA table_info({table})")
        }
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    connection.close()
    assert made == {(table.name, column.name) for table in metadata.tables.values() for column in table.columns}
    assert version == HEAD


def test_a_database_of_the_first_schema_is_brought_up_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triagem.store.schema.HEAD", "0001")
    monkeypatch.setattr("triagem.store.database.HEAD", "0001")
    first = Database(tmp_path)
    with first.write() as connection:
        desks.ensure(connection, "main")
        models.add(
            connection, "main", Model("v1", ("category",), "m", "d", "s", {}, {}, datetime(2026, 1, 1, tzinfo=UTC))
        )
    first.close()
    monkeypatch.undo()

    second = Database(tmp_path)
    with second.write() as connection:
        models.promote(connection, "main", assignments={"category": "v1"}, actor="ana", why="after the upgrade")
        assert [one.version for one in models.newest_first(connection, "main")] == ["v1"]
        assert [one.why for one in audit.newest_first(connection, "main", limit=5)] == ["after the upgrade"]
    second.close()


def test_uses_of_articles_that_were_not_counted_yet_are_counted_when_the_schema_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triagem.store.schema.HEAD", "0005")
    monkeypatch.setattr("triagem.store.database.HEAD", "0005")
    Database(tmp_path).close()
    monkeypatch.undo()
    rows = [
        ("s1", "suggestion", None, '{"articles": {"pt/wifi": 0.9, "pt/senha": 0.5}}', "2026-01-31 23:59:59.000000"),
        ("s2", "suggestion", None, '{"articles": {"pt/wifi": 0.9}}', "2026-02-01 00:00:00.000000"),
        ("f1", "feedback", "s1", '{"event": "opened", "article_id": "pt/wifi"}', "2026-01-31 23:59:59.500000"),
        ("f2", "feedback", "s2", '{"event": "solved", "article_id": "pt/wifi"}', "2026-02-01 00:00:01.000000"),
        ("f3", "feedback", "s2", '{"event": "shown"}', "2026-02-01 00:00:01.000000"),
    ]
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.executemany("INSERT INTO events VALUES ('main', ?, ?, ?, ?, ?)", rows)
    connection.close()

    database = Database(tmp_path)
    with database.read() as connection_now:
        january, february = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 2, 15, tzinfo=UTC)
        assert uses.since(connection_now, "main", january) == {"pt/wifi": Use(2, 1, 1), "pt/senha": Use(1, 0, 0)}
        assert uses.since(connection_now, "main", february) == {"pt/wifi": Use(1, 0, 1)}
    database.close()


def test_a_database_of_a_newer_triagem_is_refused_and_left_alone(tmp_path: Path) -> None:
    Database(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(UnsupportedFormat, match="newer Triagem"):
        Database(tmp_path)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(DamagedArtifact, match="triagem restore"):
        Database(tmp_path)
    assert (tmp_path / DATABASE_FILE).read_bytes() == b"not a database" * 100


def test_a_backup_opens_with_the_same_rows(tmp_path: Path) -> None:
    database = Database(tmp_path / "live")
    with database.write() as connection:
        desks.ensure(connection, "main")
    (tmp_path / "copy").mkdir()
    database.backup(tmp_path / "copy" / DATABASE_FILE)

    with Database(tmp_path / "copy").read() as connection:
        assert desks.names(connection) == ["main"]
