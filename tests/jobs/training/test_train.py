import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest

from tests.jobs.training.conftest import START, put, sample, ticket
from training.train import Plan, Trained, train
from training.verify import Verified, verify
from triagem.encoder.base import Vectors
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import Cancelled, Conflict, DamagedArtifact, InvalidInput
from triagem.store import models, tickets
from triagem.store.database import Database
from triagem.triage.classifier import Classifier, Judgement
from triagem.triage.compared import seconds_a_ticket
from triagem.triage.gate import judge_promotion
from triagem.triage.learnable import learnable
from triagem.triage.objection import ObjectionCode
from triagem.triage.promotion import promote
from triagem.triage.triager import Triager
from triagem.types import Ticket, TicketField


@dataclass(frozen=True)
class Waiting(Classifier):
    """Waits 10 ms for each ticket, as behind a busy machine's other work, and notes who was asked."""

    name: str = ""
    asked: list[str] = field(default_factory=list)

    def judge(self, texts: Sequence[str], vectors: Vectors) -> dict[TicketField, Judgement]:
        self.asked.append(self.name)
        time.sleep(0.010)
        return {}


def quietly(share: float, what: str) -> None:
    pass


def shuffled(tickets: Sequence[Ticket], seed: int) -> list[Ticket]:
    """The same tickets, each with the category of another one drawn."""
    categories = [one.category for one in tickets]
    Random(seed).shuffle(categories)
    return [replace(one, category=category) for one, category in zip(tickets, categories, strict=True)]


def of_forty() -> list[Ticket]:
    """A thousand tickets of forty categories, each of two of its category's six words and one of its own."""
    drawn, made = Random(0), []
    for number in range(1_000):
        category = number % 40
        words = [f"{chr(97 + category // 26)}{chr(97 + category % 26)}{one}" for one in drawn.sample("bcdfgh", 2)]
        text = f"{' '.join(words)} {''.join(drawn.sample('aeioukmnprst', 6))}"
        made.append(ticket(f"t{number:04}", text, day=number, category=f"class {category}"))
    return made


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


@pytest.mark.parametrize("seed", range(10))
def test_shuffled_labels_are_stopped_although_the_gate_has_no_others_to_judge_by(
    database: Database, encoder: HashingEncoder, seed: int
) -> None:
    put(database, *sample())
    trained(database, encoder)
    put(database, *shuffled(sample(), seed))
    trained(database, encoder)
    [category, team] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert category.objection is not None
    assert category.objection.code is ObjectionCode.LABELS_CHANGED
    assert category.objection.tickets == 90
    assert category.objection.changed > 40
    assert team.objection is None
    with pytest.raises(Conflict, match=r"look at the labels.*--force --why"):
        promote(database, "main", "v2", encoder_digest=encoder.digest, actor="ana", why="newer", forced=False)


def test_a_thousand_shuffled_labels_of_forty_classes_are_stopped_and_fifty_corrected_ones_are_not(
    database: Database, encoder: HashingEncoder
) -> None:
    right = of_forty()
    wrong = [*shuffled(right[:50], 0), *right[50:]]
    put(database, *wrong)
    trained(database, encoder)
    put(database, *right)
    trained(database, encoder)
    [corrected] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert corrected.objection is None
    promote(database, "main", "v2", encoder_digest=encoder.digest, actor="ana", why="corrected", forced=False)
    put(database, *shuffled(right, 1))
    trained(database, encoder)
    [found] = judge_promotion(database, "main", "v3", encoder_digest=encoder.digest)
    assert found.objection is not None
    assert found.objection.code is ObjectionCode.LABELS_CHANGED


def test_a_model_no_better_than_the_commonest_class_replaces_none_that_answers(
    database: Database, encoder: HashingEncoder
) -> None:
    """Its tickets are all others than the first model's, so that no label of these was changed."""
    put(database, *sample())
    trained(database, encoder)
    with database.write() as connection:
        connection.exec_driver_sql("delete from tickets")
    later = [replace(one, id=f"later-{one.id}") for one in sample()]
    put(
        database,
        *(replace(one, category="network" if at % 9 else "billing") for at, one in enumerate(shuffled(later, 0))),
    )
    report = trained(database, encoder).model.report["fields"]["category"]["left_out"]
    assert report["accuracy"] <= report["majority_accuracy"]
    category = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)[0]
    assert category.objection is not None
    assert category.objection.code is ObjectionCode.NO_BETTER_THAN_GUESSING


def test_a_model_learned_from_shuffled_labels_is_stopped_by_the_gate_when_the_right_ones_are_back(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *sample())
    trained(database, encoder)
    put(database, *shuffled(sample(), 0))
    trained(database, encoder)
    put(database, *sample())
    [category, team] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert category.comparison.difference < -0.5
    assert category.objection is not None
    assert category.objection.code in {ObjectionCode.WORSE_IN_PART, ObjectionCode.NO_BETTER_THAN_GUESSING}
    assert team.objection is None


def test_new_tickets_are_judged_by_what_neither_model_has_seen(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(156)[:120])
    trained(database, encoder)
    put(database, *sample(156))
    trained(database, encoder)
    [category, _] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert category.comparison.tickets > 120
    assert category.objection is None


def test_two_versions_are_timed_by_turns_and_by_their_own_work(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    trained(database, encoder)
    opened = Triager(database, encoder).answering("main")[TicketField.CATEGORY].classifier
    asked: list[str] = []
    new, old = (Waiting(opened.lexicon, opened.anchors, opened.heads, name, asked) for name in ("new", "old"))
    with database.read() as connection:
        stored = learnable(connection, "main").tickets
    seconds = seconds_a_ticket(database, "main", (new, old), stored, encoder.digest)
    assert seconds is not None
    assert max(seconds) < 0.005
    assert asked == [*["new"] * 16, *["old"] * 16] * 3


def test_a_version_that_is_the_same_to_the_byte_is_not_timed(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    for seed in (0, 0, 1):
        trained(database, encoder, seed=seed)
    same, other = (judge_promotion(database, "main", name, encoder_digest=encoder.digest)[0] for name in ("v2", "v3"))
    assert (same.seconds, same.objection) == (None, None)
    assert other.seconds is not None
