from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.library.triage.handmade import ENCODER, TEXTS, handmade, publish
from tests.library.triage.proof import evidence
from triagem.errors import InvalidInput, NotFound
from triagem.store import audit, desks
from triagem.store.database import Database
from triagem.triage.decide import Targets, decide, naming, rules_of
from triagem.triage.scale import Scale
from triagem.triage.taxonomy import Taxonomy, known_label, load, read_lists, store
from triagem.triage.triager import Triager
from triagem.types import FieldDecision, Mode, Reason, TicketField

CATEGORY = TicketField.CATEGORY
LISTED = Taxonomy().with_listed(CATEGORY, {"billing": "Money", "network": "Routers"})


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(tmp_path)
    with opened.write() as connection:
        desks.ensure(connection, "main")
    return opened


def put(database: Database, taxonomy: Taxonomy) -> None:
    with database.write() as connection:
        store(connection, "main", taxonomy, actor="ana", why="the catalogue changed")


def answer(database: Database, text: str = "my invoice is wrong") -> FieldDecision:
    triager = Triager(database, ENCODER)
    vector = ENCODER.encode([text])[0]
    found = triager.decide("main", subject="", description=text, vector=vector)
    return found.fields[CATEGORY]


def test_where_nothing_is_listed_every_label_counts_as_it_is() -> None:
    assert Taxonomy().current(CATEGORY, "anything") == "anything"


def test_a_list_is_complete() -> None:
    assert LISTED.current(CATEGORY, "billing") == "billing"
    assert LISTED.current(CATEGORY, "Billing ") is None
    assert LISTED.current(TicketField.TEAM, "finance") == "finance"


def test_a_retired_label_is_none_and_others_stay_as_they_are() -> None:
    retired = Taxonomy().with_retired(CATEGORY, "fax")
    assert (retired.current(CATEGORY, "fax"), retired.current(CATEGORY, "mail")) == (None, "mail")


def test_a_label_renamed_twice_goes_by_its_last_name() -> None:
    renamed = LISTED.with_renamed(CATEGORY, "network", "internet").with_renamed(CATEGORY, "internet", "connection")
    assert renamed.current(CATEGORY, "network") == "connection"
    assert renamed.active(CATEGORY) == {"billing": "Money", "connection": "Routers"}


def test_a_name_may_be_taken_back() -> None:
    there = Taxonomy().with_renamed(CATEGORY, "network", "internet")
    back = there.with_renamed(CATEGORY, "internet", "network")
    assert {back.current(CATEGORY, name) for name in ("network", "internet")} == {"network"}
    with pytest.raises(InvalidInput, match="itself"):
        there.with_renamed(CATEGORY, "internet", "internet")


def test_what_a_new_list_leaves_out_is_retired_and_a_renamed_label_keeps_its_history() -> None:
    renamed = LISTED.with_renamed(CATEGORY, "network", "internet")
    again = renamed.with_listed(CATEGORY, {"internet": "Lines"})
    assert again.current(CATEGORY, "billing") is None
    assert again.current(CATEGORY, "network") == "internet"
    with pytest.raises(InvalidInput, match="without a label"):
        LISTED.with_listed(CATEGORY, {})


def test_a_retired_label_is_not_answered_from_the_next_request_on(database: Database) -> None:
    publish(database, "v1", handmade(evidence=evidence()))
    assert answer(database).value == "billing"
    put(database, Taxonomy().with_retired(CATEGORY, "billing"))
    after = answer(database)
    assert after.value in ("network", None)
    assert [one.value for one in after.candidates] == ["network"]
    assert after.mode in (Mode.SUGGEST, Mode.ABSTAIN)


def test_a_renamed_label_is_answered_by_its_new_name_as_surely_as_before(database: Database) -> None:
    publish(database, "v1", handmade(evidence=evidence()))
    before = answer(database)
    put(database, Taxonomy().with_renamed(CATEGORY, "billing", "invoices"))
    after = answer(database)
    assert (after.value, after.mode, after.probability) == ("invoices", before.mode, before.probability)


def test_what_an_answer_rests_on_knows_no_retired_label_and_the_others_by_their_names_of_now(
    database: Database,
) -> None:
    publish(database, "v1", handmade(evidence=evidence()))
    triager = Triager(database, ENCODER)

    def labels() -> tuple[str, set[str], set[str]]:
        explained = triager.explain("main", CATEGORY, subject="", description=TEXTS[0], encoder=ENCODER)
        rests_on = triager.grounds("main", TEXTS[0], ENCODER.encode([TEXTS[0]])[0])[CATEGORY]
        assert explained is not None
        alike, near = ({one.label for one in found.neighbours} for found in (explained, rests_on))
        return explained.value, alike, near

    both = {"billing", "network"}
    assert labels() == ("billing", both, both)
    renamed = Taxonomy().with_renamed(CATEGORY, "network", "internet")
    put(database, renamed)
    assert labels() == ("billing", {"billing", "internet"}, {"billing", "internet"})
    put(database, renamed.with_retired(CATEGORY, "billing"))
    assert labels() == ("internet", {"internet"}, {"internet"})
    put(database, renamed.with_retired(CATEGORY, "billing").with_retired(CATEGORY, "internet"))
    assert triager.grounds("main", TEXTS[0], ENCODER.encode([TEXTS[0]])[0]) == {}
    assert triager.explain_all("main", TEXTS[0], ENCODER) == {}


def test_of_labels_that_go_by_one_name_the_answer_is_explained_and_not_the_likeliest_of_them(
    database: Database,
) -> None:
    made = handmade()
    three = replace(
        made.heads[CATEGORY],
        classes=("billing", "refunds", "network"),
        weights=np.array([[1.0, 0.9, 0.0], [0.0, 0.0, 1.1]], dtype=np.float32),
        owners=np.array([0, 2], dtype=np.int32),
        scale=Scale(2.0, 0.01, np.zeros(3), 1_000_000),
    )
    publish(database, "v1", replace(made, heads={CATEGORY: three}))
    both = "the invoice is wrong and the router is offline"
    assert answer(database, both).value == "network"
    put(database, Taxonomy().with_renamed(CATEGORY, "refunds", "billing"))
    merged = answer(database, both)
    triager = Triager(database, ENCODER)
    explained = triager.explain("main", CATEGORY, subject="", description=both, encoder=ENCODER)
    assert explained is not None
    assert (merged.value, explained.value) == ("billing", "billing")
    assert merged.probability == pytest.approx(explained.probability)
    spoke = {one.text for one in triager.grounds("main", both, ENCODER.encode([both])[0])[CATEGORY].words}
    assert spoke == {"invoice", "wrong"}
    assert {one.text for one in explained.words} & {"invoice", "wrong", "router", "offline"} == {"invoice", "wrong"}


def test_when_every_label_is_retired_the_field_is_left_open(database: Database) -> None:
    publish(database, "v1", handmade())
    put(database, Taxonomy().with_retired(CATEGORY, "billing").with_retired(CATEGORY, "network"))
    assert answer(database).reason is Reason.NO_MODEL


def test_labels_merged_into_one_add_up_and_what_is_proven_stays_with_each() -> None:
    rules = rules_of(handmade(evidence=evidence()).heads[CATEGORY], Targets(0.95, 0.80))
    merged = naming(rules, {"billing": "all of it", "network": "all of it"}.get)
    found = decide(CATEGORY, merged, np.array([0.6, 0.4]), familiarity=1.0)
    assert (found.value, found.probability) == ("all of it", pytest.approx(1.0))
    assert found.mode is decide(CATEGORY, rules, np.array([0.6, 0.4]), familiarity=1.0).mode


def test_it_is_kept_and_who_changed_it_is_written_down(database: Database) -> None:
    put(database, LISTED)
    with database.read() as connection:
        assert load(connection, "main") == LISTED
        [entry] = audit.newest_first(connection, "main", limit=5)
    assert (entry.actor, entry.action.value, entry.why) == ("ana", "taxonomy", "the catalogue changed")


def test_a_label_that_nothing_uses_is_taken_for_a_slip_of_the_pen() -> None:
    assert known_label("main", Taxonomy(), CATEGORY, "fax", used=frozenset({"fax"})) == "fax"
    with pytest.raises(NotFound, match=r"no label 'faks'.* triagem --desk main taxonomy"):
        known_label("main", LISTED, CATEGORY, "faks", used=frozenset({"fax"}))


def test_a_file_lists_labels_with_what_they_mean(tmp_path: Path) -> None:
    path = tmp_path / "labels.toml"
    path.write_text('[category]\n"billing/refund" = "Money back"\nnetwork = ""\n', encoding="utf-8")
    assert read_lists(path) == {CATEGORY: {"billing/refund": "Money back", "network": ""}}
    path.write_text("[mood]\nbad = 'x'\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="mood"):
        read_lists(path)
