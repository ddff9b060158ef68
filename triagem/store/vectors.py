"""Vectors by the digest of the text they stand for: computed once per encoder, kept until nothing refers to them.

They are stored as little-endian float16, which moves a cosine by less than 0.001 and halves the space.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.dialects.sqlite import insert as upsert

from triagem.store.chunks import chunks
from triagem.store.tables import articles, passages, tickets, triaged, vectors

Vector = NDArray[np.float32]


def put(connection: Connection, desk: str, *, encoder: str, rows: Mapping[str, Vector]) -> None:
    """Stores the vectors of an encoder by text digest; those already there are left as they are."""
    if not rows:
        return
    values = [
        {"desk": desk, "encoder": encoder, "digest": digest, "vector": vector.astype("<f2").tobytes()}
        for digest, vector in rows.items()
    ]
    connection.execute(upsert(vectors).on_conflict_do_nothing(), values)


def load(connection: Connection, desk: str, *, encoder: str, digests: Sequence[str]) -> dict[str, Vector]:
    """The vectors that exist among `digests`, as float32."""
    found: dict[str, Vector] = {}
    for chunk in chunks(digests):
        query = select(vectors.c.digest, vectors.c.vector).where(
            vectors.c.desk == desk, vectors.c.encoder == encoder, vectors.c.digest.in_(chunk)
        )
        for digest, blob in connection.execute(query).all():
            found[digest] = np.frombuffer(blob, dtype="<f2").astype(np.float32)
    return found


def sweep(connection: Connection, desk: str, *, encoder: str) -> int:
    """Deletes vectors of other encoders, and of texts that nothing stored holds any more; returns how many."""
    used_by_passage = exists().where(passages.c.desk == vectors.c.desk, passages.c.digest == vectors.c.digest)
    used_by_title = exists().where(articles.c.desk == vectors.c.desk, articles.c.title_digest == vectors.c.digest)
    used_by_ticket = exists().where(tickets.c.desk == vectors.c.desk, tickets.c.text_digest == vectors.c.digest)
    used_by_text = exists().where(triaged.c.desk == vectors.c.desk, triaged.c.text_digest == vectors.c.digest)
    used = used_by_passage | used_by_title | used_by_ticket | used_by_text
    unused = (vectors.c.encoder != encoder) | ~used
    return connection.execute(delete(vectors).where(vectors.c.desk == desk, unused)).rowcount
