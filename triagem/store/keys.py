"""API keys: made once, shown once, kept as a digest.

A key reads `trg_<id>_<secret>`; 192 random bits need no slow hash, SHA-256 is enough.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from triagem.errors import Conflict, InvalidInput, NotFound
from triagem.store import audit, desks
from triagem.store.audit import Action, Entry
from triagem.store.once import id_of
from triagem.store.tables import keys

_PREFIX = "trg"
_ID_DIGITS = 12


class Scope(StrEnum):
    """What a key may do. `ADMIN` includes all others."""

    SUGGEST = "suggest"
    TRIAGE = "triage"
    INDEX = "index"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `origins` limits the browsers' pages it works from; empty: any.

    `contract` is that of whoever sends a request by it; None where nothing is said of it.
    """

    id: str
    desk: str
    name: str
    scopes: tuple[Scope, ...]
    origins: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None
    contract: str | None = None

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


def create(
    connection: Connection,
    desk: str,
    *,
    name: str,
    scopes: Sequence[Scope],
    origins: Sequence[str] = (),
    contract: str | None = None,
    actor: str,
    once: str = "",
) -> tuple[Key, str]:
    """A new key and its only copy in the clear; makes the desk exist, and writes down who made the key.

    Raises `InvalidInput` for a key without scopes, or with a contract that no request could be sent under; `Conflict`
    when the same key was asked for with the same mark `once` before, as a key is shown once.
    """
    if not scopes:
        raise InvalidInput("A key needs at least one scope: suggest, triage, index or admin.")
    if contract and not may_send(scopes):
        raise InvalidInput("A contract is of keys that send requests: add the scope suggest, or leave it out.")
    desks.ensure(connection, desk)
    opens = {
        "name": name,
        "scopes": [scope.value for scope in dict.fromkeys(scopes)],
        "origins": list(dict.fromkeys(origins)),
        **({"contract": contract} if contract else {}),
    }
    key_id, secret = id_of(once, "key", desk, opens)[:_ID_DIGITS], secrets.token_urlsafe(24)
    if once and connection.scalar(select(keys.c.id).where(keys.c.id == key_id)) is not None:
        raise Conflict(f"The key {key_id} was made already, and a key is shown once. If it was lost, revoke it.")
    row = {"desk": desk, "id": key_id, "secret_digest": _digest(secret), "created_at": datetime.now(UTC), **opens}
    connection.execute(insert(keys).values(row))
    audit.record(connection, desk, Entry(actor, Action.KEY_CREATE, key_id, details=opens))
    return _key(connection.execute(select(keys).where(keys.c.id == key_id)).one()), f"{_PREFIX}_{key_id}_{secret}"


def may_send(scopes: Iterable[Scope]) -> bool:
    """Whether requests may be sent by a key of these scopes."""
    return not {Scope.SUGGEST, Scope.ADMIN}.isdisjoint(scopes)


def verify(connection: Connection, token: str) -> Key | None:
    """The key that a token opens; None for a wrong, unknown or revoked one, in the same time."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    row = connection.execute(select(keys).where(keys.c.id == key_id)).first() if prefix == _PREFIX else None
    expected = row.secret_digest if row is not None else _digest("")
    if not hmac.compare_digest(expected, _digest(secret)) or row is None or row.revoked_at is not None:
        return None
    return _key(row)


def get_active(connection: Connection, desk: str, key_id: str) -> Key | None:
    """A key that is not revoked; None if there is none of this id."""
    this = (keys.c.desk == desk) & (keys.c.id == key_id) & keys.c.revoked_at.is_(None)
    row = connection.execute(select(keys).where(this)).first()
    return None if row is None else _key(row)


def each(connection: Connection, desk: str) -> list[Key]:
    """All keys of a desk, revoked ones too, oldest first."""
    query = select(keys).where(keys.c.desk == desk).order_by(keys.c.created_at, keys.c.id)
    return [_key(row) for row in connection.execute(query)]


def revoke(connection: Connection, desk: str, key_id: str, *, actor: str) -> None:
    """Makes a key open nothing, and writes down who did it. Raises `NotFound` for one that does not exist or is revoked
    already.
    """
    this = (keys.c.desk == desk) & (keys.c.id == key_id) & keys.c.revoked_at.is_(None)
    if not connection.execute(update(keys).where(this).values(revoked_at=datetime.now(UTC))).rowcount:
        raise NotFound(f"Desk '{desk}' has no active key '{key_id}'. List them with: triagem --desk {desk} keys list")
    audit.record(connection, desk, Entry(actor, Action.KEY_REVOKE, key_id))


def any_active(connection: Connection) -> bool:
    """Whether any desk has a key; without one the service stays on loopback and asks for none."""
    return bool(connection.scalar(select(func.count()).select_from(keys).where(keys.c.revoked_at.is_(None))))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        desk=row.desk,
        name=row.name,
        scopes=tuple(Scope(scope) for scope in row.scopes),
        origins=tuple(row.origins),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        contract=row.contract,
    )
