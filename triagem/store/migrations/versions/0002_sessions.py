"""Browser sessions, and the ways to open tickets and to those of one requester.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "digest"),
    )
    op.create_index("sessions_by_digest", "sessions", ["digest"], unique=True)
    op.create_index("tickets_by_closing", "tickets", ["desk", "closed_at", "created_at"], unique=False)
    op.create_index("tickets_by_requester", "tickets", ["desk", "requester", "created_at"], unique=False)
