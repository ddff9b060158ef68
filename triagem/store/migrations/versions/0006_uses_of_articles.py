"""Uses of articles are counted as they happen, and events are found by their kind.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("events_by_kind", "events", ["desk", "kind", "created_at"])
    op.drop_index("events_by_time", "events")
    op.create_table(
        "article_uses",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "month", "article_id"),
    )
    op.execute(_SHOWN)
    op.execute(_REPORTED)


_SHOWN = """
INSERT INTO article_uses (desk, month, article_id, shown, opened, solved)
SELECT events.desk, substr(events.created_at, 1, 7), article.key, count(*), 0, 0
FROM events, json_each(events.payload, '$.articles') AS article
WHERE events.kind = 'suggestion'
GROUP BY 1, 2, 3
"""

_REPORTED = """
INSERT INTO article_uses (desk, month, article_id, shown, opened, solved)
SELECT desk, substr(created_at, 1, 7), json_extract(payload, '$.article_id'), 0,
       sum(json_extract(payload, '$.event') = 'opened'), sum(json_extract(payload, '$.event') = 'solved')
FROM events
WHERE kind = 'feedback' AND json_extract(payload, '$.article_id') IS NOT NULL
      AND json_extract(payload, '$.event') IN ('opened', 'solved')
GROUP BY 1, 2, 3
ON CONFLICT (desk, month, article_id) DO UPDATE SET opened = excluded.opened, solved = excluded.solved
"""
