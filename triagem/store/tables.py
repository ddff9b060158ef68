"""The tables, once, as SQLAlchemy Core metadata: the same for SQLite and PostgreSQL.

`desk` is the first column of every key, so that desks never meet and the schema can be distributed by it.
Reading and writing stand in the module of each noun.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time: stored as naive UTC, returned with its zone. A naive value is taken as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

desks = Table(
    "desks",
    metadata,
    Column("desk", Text, primary_key=True),
    Column("created_at", Moment, nullable=False),
    # The published generation; this row is the only switch between two indexes.
    Column("generation_id", Text),
)

articles = Table(
    "articles",
    metadata,
    Column("desk", Text, nullable=False),
    Column("id", Text, nullable=False),
    # Where it came from: the name given to a folder or file, and the path inside it.
    Column("source", Text, nullable=False),
    Column("origin", Text),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("category", Text),
    Column("tags", JSON, nullable=False),
    Column("url", Text),
    Column("updated_at", Moment),
    # Of the author's bytes; the same digest means that there is nothing to do.
    Column("digest", Text, nullable=False),
    # Of the title as given to the encoder: the key of its vector.
    Column("title_digest", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "id"),
    Index("articles_by_source", "desk", "source"),
    Index("articles_by_title", "desk", "title_digest"),
)

passages = Table(
    "passages",
    metadata,
    Column("desk", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    # Of the text given to the encoder: the key of its vector.
    Column("digest", Text, nullable=False),
    PrimaryKeyConstraint("desk", "article_id", "ordinal"),
    Index("passages_by_digest", "desk", "digest"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("desk", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("category", Text),
    Column("type", Text),
    Column("priority", Text),
    Column("team", Text),
    Column("requester", Text),
    Column("contract", Text),
    Column("resolution", Text),
    Column("article_ids", JSON, nullable=False),
    Column("closed_at", Moment),
    Column("reopened", Boolean, nullable=False),
    Column("provenance", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Of the text given to the encoder: the key of its vector.
    Column("text_digest", Text, nullable=False),
    PrimaryKeyConstraint("desk", "id"),
    Index("tickets_by_time", "desk", "created_at"),
    Index("tickets_by_text", "desk", "text_digest"),
    # The open ones, newest first; and those of one person.
    Index("tickets_by_closing", "desk", "closed_at", "created_at"),
    Index("tickets_by_requester", "desk", "requester", "created_at"),
    # In the order of `TicketField`, so that counting labels reads nothing else.
    Index("tickets_by_labels", "desk", "category", "type", "priority", "team"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("desk", Text, nullable=False),
    Column("encoder", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Little-endian float16, unit length before rounding.
    Column("vector", LargeBinary, nullable=False),
    PrimaryKeyConstraint("desk", "encoder", "digest"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Index("changes_by_desk", "desk", "seq"),
    sqlite_autoincrement=True,
)

generations = Table(
    "generations",
    metadata,
    Column("desk", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("encoder", Text, nullable=False),
    # The last change that the generation holds; later ones are read from `changes`.
    Column("seq", Integer, nullable=False),
    Column("manifest_digest", Text, nullable=False),
    Column("statistics", JSON, nullable=False),
    Column("published_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "id"),
)

models = Table(
    "models",
    metadata,
    Column("desk", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("manifest_digest", Text, nullable=False),
    Column("model_digest", Text, nullable=False),
    Column("snapshot_digest", Text, nullable=False),
    Column("config", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "version"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("desk", Text, nullable=False),
    # {field: version}: what answers from this row on. The newest row of a desk is in force.
    Column("assignments", JSON, nullable=False),
    # The promotion to return to on a rollback; before the first there is nothing, which is an empty `assignments`.
    Column("parent_id", Integer),
    Column("actor", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("promotions_by_desk", "desk", "id"),
    sqlite_autoincrement=True,
)

runs = Table(
    "runs",
    metadata,
    Column("desk", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("result", JSON),
    Column("error", Text),
    Column("failure", Text),
    Column("cancel_requested", Boolean, nullable=False),
    Column("owner", Text),
    Column("lease_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    PrimaryKeyConstraint("desk", "id"),
    Index("runs_by_state", "desk", "state"),
)

events = Table(
    "events",
    metadata,
    Column("desk", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # The suggestion or triage that a feedback event speaks of; the ticket that a triage looked at.
    Column("subject_id", Text),
    Column("payload", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "id"),
    Index("events_by_subject", "desk", "subject_id"),
    Index("events_by_kind", "desk", "kind", "created_at"),
)

article_uses = Table(
    "article_uses",
    metadata,
    Column("desk", Text, nullable=False),
    # As in 2026-01, by universal time.
    Column("month", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("solved", Integer, nullable=False),
    PrimaryKeyConstraint("desk", "month", "article_id"),
)

keys = Table(
    "keys",
    metadata,
    Column("desk", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("secret_digest", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("contract", Text),
    PrimaryKeyConstraint("desk", "id"),
    # A key is looked up before its desk is known.
    Index("keys_by_id", "id", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("desk", Text, nullable=False),
    # Of the cookie: who reads this table opens nothing with it.
    Column("digest", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "digest"),
    # A session is looked up before its desk is known.
    Index("sessions_by_digest", "digest", unique=True),
)

triaged = Table(
    "triaged",
    metadata,
    Column("desk", Text, nullable=False),
    # The triage's id in `events`.
    Column("id", Text, nullable=False),
    Column("ticket_id", Text),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("channel", Text),
    Column("requester", Text),
    # Of the text given to the encoder: the key of its vector.
    Column("text_digest", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "id"),
    Index("triaged_by_time", "desk", "created_at"),
    Index("triaged_by_text", "desk", "text_digest"),
)

choices = Table(
    "choices",
    metadata,
    Column("desk", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", JSON, nullable=False),
    # Grows with every change of any choice of the desk.
    Column("revision", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    PrimaryKeyConstraint("desk", "name"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("audit_by_desk", "desk", "id"),
    sqlite_autoincrement=True,
)
