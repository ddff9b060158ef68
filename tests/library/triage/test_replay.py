from datetime import UTC, datetime
from pathlib import Path

from tests.library.triage.handmade import ENCODER, handmade, publish, publish_one_and_a_candidate
from tests.library.triage.mixed import asked
from tests.library.triage.proof import evidence
from triagem.store import triaged
from triagem.store.database import Database
from triagem.store.triaged import TriagedText
from triagem.text.inputs import input_digest
from triagem.triage.replay import replay
from triagem.triage.triager import Triager
from triagem.types import Language


def test_what_would_take_too_long_to_encode_is_left_out_and_counted_and_without_a_limit_nothing_is(
    tmp_path: Path,
) -> None:
    publish_one_and_a_candidate(tmp_path)
    database = Database(tmp_path)
    asked(database, billing=1, network=1)
    triager = Triager(database, ENCODER)
    some, every = (replay(database, triager, ENCODER, "main", version="v2", encode_at_most=most) for most in (1, None))
    assert [(one.tickets, one.left_out, len(one.changes)) for one in (some, every)] == [(1, 1, 1), (2, 0, 2)]
    assert [one.after.value for one in some.changes] == ["rede"]  # the newest
    database.close()


def test_a_replay_fills_no_foreign_text_either(tmp_path: Path) -> None:
    database = Database(tmp_path)
    publish(database, "v1", handmade(evidence=evidence(billing=400)))
    texts = ("the invoice is wrong", "Die invoice is wrong, ich kann mich nicht bei meinem Konto anmelden")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    past = [TriagedText(text, "", text, Language.UND, input_digest(text), now) for text in texts]
    with database.write() as connection:
        triaged.append(connection, "main", past)
    (category,) = replay(database, Triager(database, ENCODER), ENCODER, "main").fields
    assert (category.filled_before, category.filled_after) == (1, 1)
    database.close()
