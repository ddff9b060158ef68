"""Browser sessions as rows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triagem.store import desks, keys, sessions
from triagem.store.database import Database
from triagem.store.keys import Key, Scope
from triagem.store.sessions import LIFETIME

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(tmp_path)
    with opened.write() as connection:
        desks.ensure(connection, "main")
    return opened


@pytest.fixture
def key(database: Database) -> Key:
    with database.write() as connection:
        return keys.create(connection, "main", name="Ana", scopes=[Scope.TRIAGE], actor="a test")[0]


def test_a_session_acts_for_its_key_until_it_expires(database: Database, key: Key) -> None:
    with database.write() as connection:
        token = sessions.begin(connection, key, now=NOW)
        assert sessions.find(connection, token, now=NOW + LIFETIME - timedelta(seconds=1)) == key
        assert sessions.find(connection, token, now=NOW + LIFETIME) is None
        assert sessions.find(connection, token[:-1], now=NOW) is None


def test_a_session_ends_when_it_is_ended_or_its_key_is_revoked(database: Database, key: Key) -> None:
    with database.write() as connection:
        first, second = sessions.begin(connection, key), sessions.begin(connection, key)
        sessions.end(connection, first)
        assert sessions.find(connection, first) is None
        assert sessions.find(connection, second) == key
        keys.revoke(connection, "main", key.id, actor="a test")
        assert sessions.find(connection, second) is None


def test_the_token_itself_is_not_kept(database: Database, key: Key) -> None:
    with database.write() as connection:
        token = sessions.begin(connection, key)
    assert all(token.encode() not in path.read_bytes() for path in database.data_dir.iterdir() if path.is_file())
