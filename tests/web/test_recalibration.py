"""Feedback over HTTP, the command, and a running service that answers by it."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from tests.web.conftest import Site
from training.commands import COMMANDS
from triagem.errors import Conflict, InvalidInput
from triagem.search.relevance import SHOW_AT
from triagem.store import audit, events
from triagem.store.audit import Action
from triagem.store.database import Database

QUESTION = "nao consigo entrar na minha conta depois de trocar a senha"


def calibrate(site: Site, *arguments: str) -> Any:
    result = CliRunner().invoke(COMMANDS["calibrate"], [*arguments, "--json"], obj=site.settings)
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout)


def first(client: TestClient, session: str = "looking") -> tuple[str, float]:
    """A suggestion's id, and how relevant its first article is said to be; 0 where nothing is shown."""
    answer = client.post("/v1/suggest", json={"description": QUESTION, "session_id": session}).json()
    return answer["suggestion_id"], answer["articles"][0]["relevance"] if answer["articles"] else 0.0


def everyone_says(client: TestClient, event: str, *, people: range) -> None:
    for number in people:
        suggestion_id, _ = first(client, f"session-{event}-{number}")
        given = {"suggestion_id": suggestion_id, "event": event, "article_id": "pt/entrar"}
        assert client.post("/v1/feedback", json=given).status_code == 201


def test_rejections_lower_what_the_running_service_says_and_a_reset_brings_it_back(
    client: TestClient, open_site: Site
) -> None:
    _, before = first(client)
    everyone_says(client, "rejected", people=range(24))
    looked = calibrate(open_site)
    assert (looked["observations"], looked["sources"], looked["helped"]) == (24, 24, 0)
    assert first(client)[1] == before  # looking changes nothing

    applied = calibrate(open_site, "--apply", "--why", "nobody was helped")
    _, after = first(client)
    assert applied["in_force"]["version"] == 1
    assert applied["judgement"]["own"]["log_loss"] < applied["judgement"]["shipped"]["log_loss"]
    assert 0.3 * before < after < 0.8 * before  # 24 voices beside a prior of 50
    assert after >= SHOW_AT

    reset = calibrate(open_site, "--reset")
    assert (reset["in_force"]["version"], first(client)[1]) == (2, before)
    with Database(open_site.data_dir).read() as connection:
        log = audit.newest_first(connection, "main", limit=5)
    assert [(one.action, one.subject) for one in log] == [
        (Action.RELEVANCE, "version 2"),
        (Action.RELEVANCE, "version 1"),
    ]
    assert log[1].why == "nobody was helped"
    assert log[1].details["after"]["observations"] == 24


def test_that_it_solved_the_matter_raises_it_again(client: TestClient, open_site: Site) -> None:
    _, before = first(client)
    everyone_says(client, "rejected", people=range(20))
    calibrate(open_site, "--apply")
    _, lowered = first(client)
    everyone_says(client, "solved", people=range(8))
    calibrate(open_site, "--apply")
    assert lowered < first(client)[1] < before


def test_a_second_calibration_does_not_build_on_the_first(client: TestClient, open_site: Site) -> None:
    everyone_says(client, "rejected", people=range(24))
    once = calibrate(open_site, "--apply")["in_force"]
    suggestion_id, told = first(client)
    twice = calibrate(open_site, "--apply")["in_force"]
    assert (twice["slope"], twice["offset"]) == (once["slope"], once["offset"])
    client.post("/v1/feedback", json={"suggestion_id": suggestion_id, "event": "shown"})
    with Database(open_site.data_dir).read() as connection:
        event = events.get(connection, "main", suggestion_id)
    assert event is not None
    assert event.payload["articles"]["pt/entrar"] == pytest.approx(told, abs=1e-4)
    assert event.payload["raw"]["pt/entrar"] > told


def test_one_session_cannot_move_a_desk(client: TestClient, open_site: Site) -> None:
    suggestion_id, _ = first(client, "one")
    for _ in range(40):
        given = {"suggestion_id": suggestion_id, "event": "rejected", "article_id": "pt/entrar"}
        assert client.post("/v1/feedback", json=given).status_code == 201
    assert calibrate(open_site)["observations"] == 1
    with pytest.raises(Conflict, match="20 observations are needed, there are 1"):
        calibrate(open_site, "--apply")


def test_apply_and_reset_at_once_are_refused(open_site: Site) -> None:
    with pytest.raises(InvalidInput, match="either"):
        calibrate(open_site, "--apply", "--reset")


def test_what_is_in_force_already_is_not_written_again(client: TestClient, open_site: Site) -> None:
    everyone_says(client, "rejected", people=range(24))
    calibrate(open_site, "--apply")
    again = CliRunner().invoke(COMMANDS["calibrate"], ["--apply"], obj=open_site.settings)
    assert again.stdout.splitlines()[-1].startswith("answering now: version 1, ")
    assert again.stderr == "That was in force already: nothing changed.\n"
    assert [calibrate(open_site, "--reset")["in_force"]["version"] for _ in range(2)] == [2, 2]
    with Database(open_site.data_dir).read() as connection:
        assert [one.subject for one in audit.newest_first(connection, "main", limit=9)] == ["version 2", "version 1"]


def test_for_a_person_the_command_says_what_it_would_change(client: TestClient, open_site: Site) -> None:
    everyone_says(client, "rejected", people=range(20))
    shown = CliRunner().invoke(COMMANDS["calibrate"], [], obj=open_site.settings).stdout.splitlines()
    assert shown[0] == "20 observations of 20 people or sessions: 0 times an article helped, 20 times not"
    assert any(line.startswith("calibration error") for line in shown)
    assert shown[-2].endswith("To use it: triagem --desk main calibrate --apply")
    assert shown[-1] == "answering now: the shipped relevance"
