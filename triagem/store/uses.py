"""How often each article was shown, opened, and said to have solved the matter: counted by month as events are written.

Who reads the counts need not read the events. They name nobody, so they outlive what is forgotten.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from triagem.store.tables import article_uses

_COUNTED = (article_uses.c.shown, article_uses.c.opened, article_uses.c.solved)


@dataclass(frozen=True, slots=True)
class Use:
    """How often an article was shown, opened, and said to have solved the matter."""

    shown: int = 0
    opened: int = 0
    solved: int = 0

    def __add__(self, other: "Use") -> "Use":
        return Use(self.shown + other.shown, self.opened + other.opened, self.solved + other.solved)


def add(connection: Connection, desk: str, uses: Iterable[tuple[datetime, str, Use]]) -> None:
    """Counts uses, each with its moment and its article's id."""
    counted: dict[tuple[str, str], Use] = {}
    for at, article_id, use in uses:
        key = (_month(at), article_id)
        counted[key] = counted.get(key, Use()) + use
    if not counted:
        return
    new = upsert(article_uses)
    grown = {column.name: column + new.excluded[column.name] for column in _COUNTED}
    rows = [
        {"desk": desk, "month": month, "article_id": article_id, **asdict(use)}
        for (month, article_id), use in counted.items()
    ]
    keys = ["desk", "month", "article_id"]
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=grown), rows)


def since(connection: Connection, desk: str, moment: datetime) -> dict[str, Use]:
    """By its id each article that was used from the month of `moment` on."""
    table = article_uses.c
    query = (
        select(table.article_id, *map(func.sum, _COUNTED))
        .where(table.desk == desk, table.month >= _month(moment))
        .group_by(table.article_id)
    )
    return {article_id: Use(*counts) for article_id, *counts in connection.execute(query)}


def _month(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m")
