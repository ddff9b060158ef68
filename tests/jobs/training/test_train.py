import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.jobs.training.conftest import START, put, sample, ticket
from training.train import Plan, Trained, train
from training.verify import Verified, verify
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import Cancelled, Conflict, DamagedArtifact, InvalidInput
from triagem.store import models, tickets
from triagem.store.database import Database
from triagem.triage.gate import judge_promotion
from triagem.triage.objection import ObjectionCode
from triagem.triage.triager import Triager
from triagem.types import TicketField


def quietly(share: float, what: str) -> None:
    pass


def trained(database: Database, encoder: HashingEncoder, *, seed: int = 0, threads: int = 1) -> Trained:
    return train(database, encoder, "main", plan=Plan(seed=seed), threads=threads, on_progress=quietly)


def test_a_first_model_answers_at_once_and_the_next_waits(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    first, second = trained(database, encoder), trained(database, encoder)
    assert (first.model.version, first.live) == ("v1", ("category", "team"))
    assert (second.model.version, second.live) == ("v2", ())
    with database.read() as connection:
        in_force = models.in_force(connection, "main")
    assert in_force is not None
    assert in_force.assignments == {"category": "v1", "team": "v1"}


def test_what_was_trained_answers_new_tickets(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    trained(database, encoder)
    text = "the refund of my payment"
    triaged = Triager(database, encoder).decide("main", subject="", description=text, vector=encoder.encode([text])[0])
    assert triaged.fields[TicketField.CATEGORY].value == "billing"
    assert triaged.fields[TicketField.TEAM].value == "finance"


def test_a_model_no_better_than_the_commonest_class_does_not_go_live(
    database: Database, encoder: HashingEncoder
) -> None:
    coin = [
        ticket(f"n{n}", f"{chr(97 + n % 26)}{chr(97 + n // 26)}", day=n, priority="high" if n % 9 == 0 else "low")
        for n in range(90)
    ]
    put(database, *coin)
    assert trained(database, encoder).live == ()


def test_the_commonest_class_is_that_of_the_tickets_judged_not_of_the_earlier_ones(
    database: Database, encoder: HashingEncoder
) -> None:
    kinds = ["question"] * 11 + ["incident"] * 14
    put(database, *(ticket(f"n{n}", chr(97 + n) * 3, day=n, type=kind) for n, kind in enumerate(kinds)))
    found = trained(database, encoder)
    report = found.model.report["fields"]["type"]
    assert report["left_out"]["majority_accuracy"] == 0.56
    assert report["ahead"]["majority_accuracy"] == 1.0
    assert report["left_out"]["accuracy"] == 0.56
    assert found.live == ()


def test_the_same_tickets_and_seed_give_the_same_digest_with_one_thread_and_with_two(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *sample())
    digests = {trained(database, encoder, threads=threads).model.model_digest for threads in (1, 2, 1)}
    assert len(digests) == 1


def verified(database: Database, encoder: HashingEncoder) -> Verified:
    folder = database.data_dir / "again"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return verify(database, encoder, "main", "v1", folder=folder, threads=2, on_progress=quietly)


def test_verify_builds_the_same_again_whatever_came_or_was_labelled_otherwise_since(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *sample())
    digest = trained(database, encoder).model.model_digest
    assert verified(database, encoder) == Verified(digest, ())
    put(database, ticket("late", "one more invoice", category="billing"))
    put(database, replace(sample()[3], category="network"), replace(sample()[4], category=None, team=None))
    assert verified(database, encoder) == Verified(digest, ("t003", "t004"))


def test_tickets_whose_dates_changed_give_another_model_and_the_old_one_is_still_verified(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *sample())
    first = trained(database, encoder).model
    put(database, *(replace(one, created_at=START + timedelta(days=90 - n)) for n, one in enumerate(sample())))
    second = trained(database, encoder).model
    assert first.snapshot_digest != second.snapshot_digest
    assert first.model_digest != second.model_digest
    found = verified(database, encoder)
    assert (found.digest, len(found.changed)) == (first.model_digest, 89)  # the day of one is what it was


def test_verify_names_the_tickets_that_are_gone_or_say_something_else(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *sample())
    trained(database, encoder)
    put(database, replace(sample()[3], description="something else"))
    with database.write() as connection:
        tickets.remove(connection, "main", ["t004"])
    with pytest.raises(Conflict, match=r"tickets have changed.*: 2 are gone or say something else \(t003, t004\)"):
        verified(database, encoder)


def test_a_model_keeps_no_word_of_its_tickets(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    trained(database, encoder)
    files = (database.data_dir / "models" / "main" / "v1").iterdir()
    assert not [file.name for file in files if b"invoice" in file.read_bytes()]


def test_a_version_of_an_older_recipe_is_not_accused(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    trained(database, encoder)
    with database.write() as connection:
        connection.exec_driver_sql("update models set config = json_set(config, '$.recipe', 2)")
    with pytest.raises(Conflict, match="an older Triagem; it cannot be built again"):
        verified(database, encoder)


def test_a_version_that_comes_out_otherwise_is_not_verified(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    trained(database, encoder)
    with database.write() as connection:
        connection.exec_driver_sql("update models set model_digest = 'another'")
    with pytest.raises(DamagedArtifact, match="v1 could not be reproduced: digest another was stored"):
        verified(database, encoder)


def test_the_report_speaks_of_tickets_the_model_had_not_seen(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    report = trained(database, encoder).model.report["fields"]["category"]
    assert report["classes"] == 3
    assert report["ahead"]["tickets"] == round(report["tickets"] / 5)
    assert report["ahead"]["accuracy"] >= 0.9
    assert report["left_out"]["majority_accuracy"] < 0.4
    assert set(report["per_class"]) == {"billing", "network", "conta"}
    assert set(report["left_out"]["by_language"]) == {"en"}


def test_nothing_to_learn_from_is_said_plainly(database: Database, encoder: HashingEncoder) -> None:
    with pytest.raises(InvalidInput, match="no labelled tickets"):
        trained(database, encoder)
    put(database, ticket("a", "invoice", category="billing"), ticket("b", "bill", category="billing"))
    with pytest.raises(InvalidInput, match="two different labels"):
        trained(database, encoder)


def test_a_training_that_is_cancelled_leaves_nothing(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())

    def cancel(share: float, what: str) -> None:
        if what == "Publishing":
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        train(database, encoder, "main", plan=Plan(), threads=1, on_progress=cancel)
    with database.read() as connection:
        assert models.newest_first(connection, "main") == []
    assert not (database.data_dir / "models" / "main" / "v1").exists()


def test_what_a_killed_training_left_behind_is_no_obstacle(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    folder = database.data_dir / "models" / "main" / "v1"
    folder.mkdir(parents=True)
    (folder / "half").write_text("written")
    assert trained(database, encoder).model.version == "v1"
    assert not (folder / "half").exists()


def test_a_model_learned_from_shuffled_labels_is_stopped_by_the_gate(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *sample())
    trained(database, encoder)
    shuffled = [
        replace(one, category=other.category) for one, other in zip(sample(), reversed(sample()[1:]), strict=False)
    ]
    put(database, *shuffled)
    trained(database, encoder)
    put(database, *sample())
    [category, team] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert category.comparison.difference < -0.5
    assert category.objection is not None
    assert category.objection.code is ObjectionCode.WORSE_IN_PART
    assert team.objection is None


def test_new_tickets_are_judged_by_what_neither_model_has_seen(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(150)[:120])
    trained(database, encoder)
    put(database, *sample(150))
    trained(database, encoder)
    [category, _] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert category.comparison.tickets == 150
    assert category.objection is None
