"""Trained models of a desk and which of them answer: versions, promotions, rollbacks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from triagem.errors import Conflict, NotFound
from triagem.store import audit
from triagem.store.audit import Action, Entry
from triagem.store.tables import models, promotions
from triagem.types import TicketField


@dataclass(frozen=True, slots=True)
class Model:
    """One training's outcome. `model_digest` is of what it learned, `snapshot_digest` of the tickets it saw."""

    version: str
    fields: tuple[str, ...]
    manifest_digest: str
    model_digest: str
    snapshot_digest: str
    config: dict[str, Any]
    report: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Promotion:
    """What answers from a moment on: a version for each field. Rolling back returns to `parent_id`.

    No field at all is a withdrawal: somebody decided that nothing shall answer.
    """

    id: int
    assignments: dict[str, str]
    parent_id: int | None
    actor: str
    why: str
    created_at: datetime


def add(connection: Connection, desk: str, model: Model) -> None:
    row = {
        "desk": desk,
        "version": model.version,
        "fields": list(model.fields),
        "manifest_digest": model.manifest_digest,
        "model_digest": model.model_digest,
        "snapshot_digest": model.snapshot_digest,
        "config": model.config,
        "report": model.report,
        "created_at": model.created_at,
    }
    connection.execute(insert(models).values(row))


def get(connection: Connection, desk: str, version: str) -> Model:
    """Raises `NotFound` for a version this desk does not have."""
    row = connection.execute(select(models).where(models.c.desk == desk, models.c.version == version)).first()
    if row is None:
        raise NotFound(f"Desk '{desk}' has no model '{version}'. List them with: triagem --desk {desk} models")
    return _model(row)


def newest_first(connection: Connection, desk: str) -> list[Model]:
    query = select(models).where(models.c.desk == desk).order_by(models.c.created_at.desc(), models.c.version.desc())
    return [_model(row) for row in connection.execute(query)]


def next_version(connection: Connection, desk: str) -> str:
    """`v1`, `v2`, ... in the order of training. Call it in the transaction that adds the model."""
    return f"v{(connection.scalar(select(func.count()).select_from(models).where(models.c.desk == desk)) or 0) + 1}"


def in_force(connection: Connection, desk: str) -> Promotion | None:
    """The promotion that answers now; None before the first."""
    query = select(promotions).where(promotions.c.desk == desk).order_by(promotions.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _promotion(row)


def answering(connection: Connection, desk: str) -> dict[TicketField, Model]:
    """The model that each field is assigned to now."""
    promotion = in_force(connection, desk)
    assigned = promotion.assignments if promotion else {}
    found = {version: get(connection, desk, version) for version in sorted(set(assigned.values()))}
    return {TicketField(name): found[version] for name, version in assigned.items()}


def ever_answered(connection: Connection, desk: str) -> set[str]:
    """The fields that a model was ever in force for, whether or not one is now."""
    query = select(promotions.c.assignments).where(promotions.c.desk == desk)
    return {name for assignments in connection.scalars(query) for name in assignments}


def promote(
    connection: Connection,
    desk: str,
    *,
    assignments: dict[str, str],
    actor: str,
    why: str,
    forced: bool = False,
    gate: dict[str, dict[str, Any]] | None = None,
) -> Promotion:
    """Adds `assignments` (field to version) to those in force, by one new row.

    The log says if it was `forced`, and what the `gate` found, by field; nothing where it could not tell.

    What answers already gets no second row, as a rollback would lead back to itself; for another reason, or by somebody
    else, it is only written into the log.
    """
    current = in_force(connection, desk)
    merged = {**(current.assignments if current else {}), **assignments}
    same = current if current is not None and merged == current.assignments else None
    if same is not None and (actor, why) == (same.actor, same.why):
        return same
    action = Action.FORCE if forced else Action.PROMOTE
    versions = "+".join(sorted(set(assignments.values())))
    details = {"assignments": merged, "forced": forced, **({"gate": gate} if gate else {})}
    audit.record(connection, desk, Entry(actor, action, versions, why, details))
    if same is not None:
        return same
    return _append(connection, desk, merged, parent_id=current.id if current else None, actor=actor, why=why)


def roll_back(connection: Connection, desk: str, *, actor: str, why: str, from_id: int | None = None) -> Promotion:
    """Returns to what answered before the promotion in force; a second call goes one further back.

    Before the first there is nothing: then that is withdrawn, and no field is answered. With `from_id`, the promotion
    that is meant, it goes back from that one only, however often it is called. Raises `Conflict` when nothing answers,
    and when something else answers since.
    """
    current = in_force(connection, desk)
    if from_id is not None and current is not None and current.id != from_id:
        return _taken_back(connection, desk, from_id, current)
    if current is None or not current.assignments:
        raise Conflict(
            "No model answers now, so there is none to roll back from. "
            f"List those that could answer with: triagem --desk {desk} models"
        )
    assignments, parent_id = before(connection, desk, current)
    action, named = (Action.ROLLBACK, assignments) if assignments else (Action.WITHDRAW, current.assignments)
    versions = "+".join(sorted(set(named.values())))
    audit.record(connection, desk, Entry(actor, action, versions, why, {"assignments": assignments}))
    return _append(connection, desk, assignments, parent_id=parent_id, actor=actor, why=why)


def before(connection: Connection, desk: str, promotion: Promotion) -> tuple[dict[str, str], int | None]:
    """What a rollback from `promotion` assigns, nothing before the first, and the `parent_id` of that."""
    parent = None if promotion.parent_id is None else _find(connection, desk, promotion.parent_id)
    return (parent.assignments, parent.parent_id) if parent else ({}, None)


def _taken_back(connection: Connection, desk: str, from_id: int, current: Promotion) -> Promotion:
    """What is in force, if that is what the promotion `from_id` was taken back to."""
    meant = _find(connection, desk, from_id)
    if meant is None or before(connection, desk, meant) != (current.assignments, current.parent_id):
        raise Conflict("Something else answers since. Look at what answers now before you roll back.")
    return current


def _find(connection: Connection, desk: str, promotion_id: int) -> Promotion | None:
    query = select(promotions).where(promotions.c.desk == desk, promotions.c.id == promotion_id)
    row = connection.execute(query).first()
    return None if row is None else _promotion(row)


def _append(
    connection: Connection, desk: str, assignments: dict[str, str], *, parent_id: int | None, actor: str, why: str
) -> Promotion:
    row = {
        "desk": desk,
        "assignments": assignments,
        "parent_id": parent_id,
        "actor": actor,
        "why": why,
        "created_at": datetime.now(UTC),
    }
    connection.execute(insert(promotions).values(row))
    promotion = in_force(connection, desk)
    assert promotion is not None
    return promotion


def _promotion(row: Row[Any]) -> Promotion:
    return Promotion(row.id, row.assignments, row.parent_id, row.actor, row.why, row.created_at)


def _model(row: Row[Any]) -> Model:
    return Model(
        version=row.version,
        fields=tuple(row.fields),
        manifest_digest=row.manifest_digest,
        model_digest=row.model_digest,
        snapshot_digest=row.snapshot_digest,
        config=row.config,
        report=row.report,
        created_at=row.created_at,
    )
