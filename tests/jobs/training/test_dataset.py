from dataclasses import replace

import numpy as np
import pytest

from tests.jobs.training.conftest import digest_of, put, sample, snapshot_of, ticket
from training.dataset import held_out
from triagem.encoder.hashing import HashingEncoder
from triagem.store import vectors
from triagem.store.database import Database
from triagem.types import Language, Provenance, Ticket, TicketField


def test_labels_no_person_has_seen_are_never_learned_from(database: Database, encoder: HashingEncoder) -> None:
    put(
        database,
        ticket("a", "invoice wrong", category="billing"),
        ticket("b", "router dead", category="network", provenance=Provenance.AUTO_UNREVIEWED),
        ticket("c", "nothing known of this one"),
    )
    snapshot = snapshot_of(database, encoder)
    assert [one.id for one in snapshot.examples] == ["a"]


def test_of_tickets_that_say_the_same_the_newest_stays(database: Database, encoder: HashingEncoder) -> None:
    put(
        database,
        ticket("old", "Order 4711 has not arrived", day=1, category="orders"),
        ticket("new", "order 4712 has not ARRIVED!", day=2, category="delivery"),
        ticket("other", "I want to cancel", day=3, category="orders"),
    )
    snapshot = snapshot_of(database, encoder)
    assert [one.id for one in snapshot.examples] == ["new", "other"]
    assert snapshot.repeats == 1


def test_a_copy_with_one_word_of_many_changed_is_a_repeat(database: Database, encoder: HashingEncoder) -> None:
    text = "hello i have tried to log in to my account since this morning and it always says wrong password name"
    put(database, ticket("a", f"{text} anna", day=1, category="x"), ticket("b", f"{text} berta", day=2, category="x"))
    assert [one.id for one in snapshot_of(database, encoder).examples] == ["b"]


@pytest.mark.parametrize(
    "changed",
    [
        replace(sample(1)[0], category="changed"),
        replace(sample(1)[0], created_at=sample(2)[1].created_at),
        replace(sample(1)[0], language=Language.PT),
        replace(sample(1)[0], description="something else"),
    ],
    ids=["label", "date", "language", "text"],
)
def test_the_digest_does_not_depend_on_order_but_on_all_that_shapes_a_model(
    database: Database, changed: Ticket
) -> None:
    put(database, *sample(6))
    first = digest_of(database)
    put(database, *reversed(sample(6)))
    assert digest_of(database) == first
    put(database, changed)
    assert digest_of(database) != first
    put(database, sample(1)[0])
    assert digest_of(database) == first


def test_missing_vectors_are_computed_and_kept(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(6))
    snapshot = snapshot_of(database, encoder)
    digests = [one.text_digest for one in snapshot.examples]
    with database.read() as connection:
        kept = vectors.load(connection, "main", encoder=encoder.digest, digests=digests)
    assert np.array_equal(snapshot.vectors, np.array([kept[digest] for digest in digests]))


def test_with_dates_the_newest_fifth_is_held_out(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(50))
    snapshot = snapshot_of(database, encoder)
    out = held_out(snapshot, snapshot.labelled(TicketField.CATEGORY), seed=0)
    assert out.tolist() == [False] * 40 + [True] * 10


def test_without_dates_a_fifth_is_drawn_by_the_seed(database: Database, encoder: HashingEncoder) -> None:
    put(
        database,
        *(ticket(f"t{n}", " ".join("abcdefgh"[n % 8] * (n + k) for k in (2, 3)), category="x") for n in range(50)),
    )
    snapshot = snapshot_of(database, encoder)
    positions = snapshot.labelled(TicketField.CATEGORY)
    first, again, other = (held_out(snapshot, positions, seed=seed) for seed in (1, 1, 2))
    assert first.sum() == round(len(positions) / 5)
    assert first.tolist() == again.tolist() != other.tolist()
