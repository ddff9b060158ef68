"""An index that holds all labels of a ticket, so that they are counted without reading the tickets.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("tickets_by_labels", "tickets", ["desk", "category", "type", "priority", "team"])
