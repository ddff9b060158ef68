from pathlib import Path

from tests.library.triage.handmade import ENCODER, publish_one_and_a_candidate
from tests.library.triage.mixed import asked
from triagem.store.database import Database
from triagem.triage.replay import replay
from triagem.triage.triager import Triager


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
