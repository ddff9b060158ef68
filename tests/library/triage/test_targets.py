from pathlib import Path

import pytest

from tests.library.triage.handmade import ENCODER, handmade, publish
from tests.library.triage.proof import evidence
from triagem.errors import InvalidInput, NoModel
from triagem.store import audit, choices, desks
from triagem.store.choices import Choice
from triagem.store.database import Database
from triagem.triage.decide import Targets, rules_of
from triagem.triage.standing import change, standing
from triagem.triage.targets import choose, closing, curve, effect
from triagem.triage.taxonomy import Taxonomy, store
from triagem.triage.triager import Triager
from triagem.types import Mode, TicketField

CATEGORY = TicketField.CATEGORY
HEAD = handmade(evidence=evidence()).heads[CATEGORY]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(tmp_path)
    with opened.write() as connection:
        desks.ensure(connection, "main")
    publish(opened, "v1", handmade(evidence=evidence()))
    return opened


def test_a_lower_target_fills_more_and_opens_classes() -> None:
    # 100 tickets without an error prove 0.97, 36 of 36 prove 0.92, 36 of 40 prove 0.78.
    points = {point.target: point.covered for point in curve(HEAD, targets=(0.75, 0.90, 0.95, 0.99))}
    assert [one.open_classes for one in points.values()] == [2, 2, 1, 0]
    assert [points[target].coverage for target in (0.75, 0.90, 0.95)] == [1.0, 136 / 140, 100 / 140]
    assert points[0.95].precision == 1.0
    assert (points[0.99].coverage, points[0.99].precision) == (0.0, None)


def test_the_effect_names_the_classes_that_open_and_close() -> None:
    usual, laxer = rules_of(HEAD, Targets(0.95, 0.80)), rules_of(HEAD, Targets(0.90, 0.80))
    auto, preselect = effect(usual, laxer)
    assert (auto.mode, auto.opened, auto.closed) == (Mode.AUTO, ("network",), ())
    assert auto.before.coverage < auto.after.coverage
    assert (preselect.mode, preselect.opened, preselect.closed) == (Mode.PRESELECT, (), ())
    [back, _] = effect(laxer, usual)
    assert back.closed == ("network",)


def test_targets_that_cannot_be_meant_are_refused(database: Database) -> None:
    triager = Triager(database, ENCODER)
    for wrong in (Targets(0.3, 0.2), Targets(0.999, 0.8), Targets(0.8, 0.9)):
        with pytest.raises(InvalidInput, match=r"between 0\.5 and 0\.995"):
            change(triager, "main", CATEGORY, wrong)
    with pytest.raises(NoModel, match="triagem --desk main train"):
        change(triager, "main", TicketField.TEAM, Targets())


def test_setting_a_target_changes_the_next_answer_and_is_written_down(database: Database) -> None:
    triager = Triager(database, ENCODER)

    def mode() -> Mode:
        text = "the router is offline"
        triaged = triager.decide("main", subject="", description=text, vector=ENCODER.encode([text])[0])
        return triaged.fields[CATEGORY].mode

    assert mode() is Mode.PRESELECT
    with database.write() as connection:
        choose(connection, "main", CATEGORY, Targets(0.90, 0.80), actor="ana", why="agents asked for more")
    assert mode() is Mode.AUTO
    assert standing(triager, "main", CATEGORY).open_classes[Mode.AUTO] == ("billing", "network")
    assert triager.targets("main")[TicketField.TEAM] == Targets()
    with database.read() as connection:
        [entry, _] = audit.newest_first(connection, "main", limit=10)
    assert (entry.actor, entry.action.value, entry.subject) == ("ana", "targets", "category")
    assert entry.details["after"] == {"auto": 0.9, "preselect": 0.8}


LAXER = Targets(0.90, 0.80)


def opens(database: Database) -> dict[Mode, tuple[str, ...]]:
    triager = Triager(database, ENCODER)
    return {one.mode: one.opened for one in change(triager, "main", CATEGORY, LAXER)}


def filled_at(database: Database, target: float) -> dict[Mode, float]:
    curves = standing(Triager(database, ENCODER), "main", CATEGORY).curves
    return {mode: next(one.covered.coverage for one in curves[mode] if one.target == target) for mode in curves}


def test_a_target_opens_no_class_that_corrections_closed(database: Database) -> None:
    both = {Mode.AUTO: 136 / 140, Mode.PRESELECT: 136 / 140}
    assert (opens(database)[Mode.AUTO], filled_at(database, 0.90)) == (("network",), both)
    with database.write() as connection:
        choices.put(connection, "main", Choice.CLOSED, {"v1": {"category": {"auto": ["network"]}}})
    assert (opens(database)[Mode.AUTO], filled_at(database, 0.90)) == ((), {**both, Mode.AUTO: 100 / 140})


def test_a_target_opens_no_class_that_is_not_proven_for_the_mix_in_force(database: Database) -> None:
    assert filled_at(database, 0.95)[Mode.AUTO] == 100 / 140
    mix = {"shares": {"billing": 0.98, "network": 0.02}, "tickets": 200, "at": "2026-01-01T00:00:00+00:00"}
    with database.write() as connection:
        choices.put(connection, "main", Choice.MIX, {"v1": {"category": mix}})
    assert opens(database)[Mode.AUTO] == ()
    assert filled_at(database, 0.90) == {Mode.AUTO: 100 / 140, Mode.PRESELECT: 100 / 140}


def test_a_target_opens_no_retired_class_and_a_renamed_one_under_its_name_of_now(database: Database) -> None:
    renamed = Taxonomy().with_renamed(CATEGORY, "network", "internet")
    with database.write() as connection:
        store(connection, "main", renamed, actor="ana", why="clearer")
    assert opens(database)[Mode.AUTO] == ("internet",)
    with database.write() as connection:
        store(connection, "main", renamed.with_retired(CATEGORY, "internet"), actor="ana", why="no longer ours")
    assert (opens(database)[Mode.AUTO], filled_at(database, 0.90)[Mode.AUTO]) == ((), 100 / 140)


def test_a_closed_class_is_closed_in_the_named_mode_alone() -> None:
    rules = closing(rules_of(HEAD, Targets(0.90, 0.80)), {Mode.AUTO: ["billing"]})
    assert [one.tickets > 0 for one in rules.auto] == [False, True]
    assert [one.tickets > 0 for one in rules.preselect] == [True, True]
