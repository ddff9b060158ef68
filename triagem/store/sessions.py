"""Browser sessions: a key shown once at sign-in, a random token from then on, kept as a digest until it expires."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from triagem.store import keys
from triagem.store.keys import Key
from triagem.store.tables import sessions

LIFETIME: Final = timedelta(hours=12)


def begin(connection: Connection, key: Key, *, now: datetime | None = None) -> str:
    """Starts a session on behalf of a key and returns its token; sessions that have expired are deleted."""
    moment = now or datetime.now(UTC)
    connection.execute(delete(sessions).where(sessions.c.desk == key.desk, sessions.c.expires_at <= moment))
    token = secrets.token_urlsafe(32)
    row = {
        "desk": key.desk,
        "digest": _digest(token),
        "key_id": key.id,
        "created_at": moment,
        "expires_at": moment + LIFETIME,
    }
    connection.execute(insert(sessions).values(row))
    return token


def find(connection: Connection, token: str, *, now: datetime | None = None) -> Key | None:
    """The key on whose behalf a session acts; None for one that has ended, expired, or whose key is revoked."""
    alive = (sessions.c.digest == _digest(token)) & (sessions.c.expires_at > (now or datetime.now(UTC)))
    row = connection.execute(select(sessions).where(alive)).first()
    return None if row is None else keys.get_active(connection, row.desk, row.key_id)


def end(connection: Connection, token: str) -> None:
    """Ends a session; one that is not there has ended already."""
    connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
