"""The index of triaged texts by requester, which nothing reads, is gone: it made every row dearer to write.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_index("triaged_by_requester", table_name="triaged")
