from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triagem.errors import InvalidInput
from triagem.triage.sla import Known, Policies
from triagem.triage.sla_file import read_policies
from triagem.types import Language

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


@pytest.fixture(scope="module")
def shipped() -> Policies:
    return read_policies()


@pytest.mark.parametrize(
    ("known", "policy"),
    [
        (Known("urgent", "business", "incident"), "urgent-business"),
        (Known("urgent", "basic", "complaint"), "urgent"),
        (Known(" Urgente ", None, None), "urgent"),
        (Known("high", "business"), "high"),
        (Known("P1"), "urgent"),
        (Known("critica", "business"), "urgent-business"),
        (Known("Alta"), "high"),
        (Known("normal", "Business"), "business"),
        (Known("normal", "basic", "complaint"), "complaint"),
        (Known("normal", "basic", "incident"), "standard"),
        (Known(), "standard"),
    ],
)
def test_the_first_policy_that_fits_is_the_one(shipped: Policies, known: Known, policy: str) -> None:
    assert shipped.policy_for(known).name == policy


def test_a_priority_that_a_file_names_stands_for_itself_alone(tmp_path: Path) -> None:
    own = tmp_path / "sla.toml"
    policies = (("pronto", '"urgente"'), ("crise", '"Crítica"'), ("comum", None))
    own.write_text(
        '[calendars.all]\ntime_zone = "UTC"\n'
        + "".join(
            f'[[policies]]\nname = "{name}"\ncalendar = "all"\nresponse = "1h"\n'
            + (f"priority = [{priority}]\n" if priority else "")
            for name, priority in policies
        ),
        encoding="utf-8",
    )
    found = read_policies(own)
    said = {name: found.policy_for(Known(name)).name for name in ("Urgente", "P1", "crítica", "alta")}
    assert said == {"Urgente": "pronto", "P1": "pronto", "crítica": "crise", "alta": "comum"}


def test_a_policy_is_called_by_its_title_and_by_its_name_where_it_has_none(shipped: Policies, tmp_path: Path) -> None:
    assert shipped.title("standard", Language.PT) == "padrão"
    assert shipped.title("urgent-business", Language.EN) == "urgent, business contract"
    own = tmp_path / "sla.toml"
    own.write_text('[calendars.all]\ntime_zone = "UTC"\n[[policies]]\nname = "ouro"\ncalendar = "all"\nresponse = "1h"')
    assert read_policies(own).title("ouro", Language.EN) == "ouro"


def test_a_ticket_of_friday_evening_is_due_in_working_hours(shipped: Policies) -> None:
    clock = shipped.clock(Known(), created_at=at("2026-03-13 17:00"), now=at("2026-03-13 17:00"))
    assert clock is not None
    assert clock.response_due == at("2026-03-16 17:00")
    assert clock.resolution_due == at("2026-03-20 17:00")
    assert clock.response_due.utcoffset() == timedelta(hours=-3)
    assert (clock.response_used, clock.resolution_used, clock.at_risk) == (0.0, 0.0, False)


def test_an_urgent_ticket_of_a_business_customer_is_due_at_night_and_on_carnival(shipped: Policies) -> None:
    created = at("2026-02-16 22:30")
    clock = shipped.clock(Known("urgent", "business"), created_at=created, now=created)
    assert clock is not None
    assert (clock.response_due, clock.resolution_due) == (at("2026-02-16 23:30"), at("2026-02-17 06:30"))


@pytest.mark.parametrize(
    ("now", "used", "at_risk"),
    [
        ("2026-03-11 11:00", 0.5, False),
        ("2026-03-11 11:59", 0.7458, False),
        ("2026-03-11 12:00", 0.75, True),
        ("2026-03-11 13:00", 1.0, True),
        ("2026-09-01 13:00", 1.0, True),
        ("2026-03-10 11:00", 0.0, False),  # a clock of the help desk that is ahead of ours
    ],
)
def test_a_ticket_is_at_risk_when_most_of_its_time_is_used(
    shipped: Policies, now: str, used: float, at_risk: bool
) -> None:
    clock = shipped.clock(Known("high"), created_at=at("2026-03-11 09:00"), now=at(now))
    assert clock is not None
    assert (clock.response_used, clock.at_risk) == (used, at_risk)


@pytest.mark.parametrize("year", [1, 1900, 1969, 2200, 9999])
def test_no_clock_runs_for_a_date_that_means_none(shipped: Policies, year: int) -> None:
    created = datetime(year, 1, 1, tzinfo=UTC)
    assert shipped.clock(Known(), created_at=created, now=at("2026-03-11 12:00")) is None


@pytest.mark.parametrize("year", [1970, 2199])
def test_clocks_run_at_the_ends_of_the_calendar(shipped: Policies, year: int) -> None:
    created = datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    for known in (Known(), Known("urgent", "business")):
        clock = shipped.clock(known, created_at=created, now=created)
        assert clock is not None and clock.response_due > created


def test_the_requester_is_told_in_their_language_by_when(shipped: Policies) -> None:
    morning = at("2026-03-11 09:00").astimezone(UTC)
    assert shipped.expected_response(Known(), Language.PT, now=morning) == (
        "Você deve receber uma resposta até hoje às 18h (horário de Brasília)."
    )
    evening = at("2026-03-13 17:30")
    assert shipped.expected_response(Known(), Language.PT, now=evening) == (
        "Você deve receber uma resposta até segunda-feira, 16 de março, às 17h30 (horário de Brasília)."
    )
    assert shipped.expected_response(Known(), Language.EN, now=evening) == (
        "You should hear from us by Monday, 16 March, at 17:30 (Brasília time)."
    )


OWN = """
[calendars.lisbon]
time_zone = "Europe/Lisbon"
holidays = "PT"
[calendars.lisbon.week]
monday = ["09:00-13:00", "14:00-24:00"]
[calendars.lisbon.days]
2026-12-28 = []
[[policies]]
name = "all"
calendar = "lisbon"
response = "1h30m"
"""


def test_a_desk_may_have_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "sla.toml").write_text(OWN, encoding="utf-8")
    policies = read_policies(tmp_path / "sla.toml")
    monday = datetime(2026, 12, 21, 12, 0, tzinfo=ZoneInfo("Europe/Lisbon"))
    clock = policies.clock(Known("urgent"), created_at=monday, now=monday)
    assert clock is not None
    assert clock.response_due == datetime(2026, 12, 21, 14, 30, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert (clock.resolution_due, clock.resolution_used) == (None, None)
    late = monday.replace(hour=23, minute=0)
    due = policies.clock(Known(), created_at=late, now=late)
    assert due is not None and due.response_due == datetime(2027, 1, 4, 9, 30, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert policies.expected_response(Known(), Language.EN, now=monday) == "You should hear from us by today at 14:30."


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('response = "1h30m"', 'response = "soon"', "policies.0.response: 'soon' is not a working time"),
        ('response = "1h30m"', 'response = ""', "is not a working time"),
        ('response = "1h30m"', 'response = "0m"', "is not a working time"),
        ('response = "1h30m"', 'response = "9999h"', "up to 2600h"),
        ('response = "1h30m"', 'response = "2000h"', "are too few for policy 'all'"),
        ('calendar = "lisbon"', 'calendar = "porto"', "the calendar 'porto', which is not there"),
        ('calendar = "lisbon"', 'calendar = "lisbon"\npriority = ["high"]', "the last policy must have no conditions"),
        ("Europe/Lisbon", "Europe/Atlantis", "calendars.lisbon.time_zone: there is no time zone 'Europe/Atlantis'"),
        ("Europe/Lisbon", "../../etc/passwd", "there is no time zone"),
        ('"PT"', '"XX"', "nobody knows the holidays of 'XX'"),
        ("14:00-24:00", "22:00-06:00", "a night shift is two"),
        ("14:00-24:00", "12:00-18:00", "the hours 09:00-13:00 and 12:00-18:00 overlap"),
        ('["09:00-13:00", "14:00-24:00"]', "[]", "no day has hours"),
        ("monday", "mondays", "calendars.lisbon.week.mondays"),
        ("[[policies]]", "[[policies", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, written: str, instead: str, said: str) -> None:
    assert written in OWN
    (tmp_path / "sla.toml").write_text(OWN.replace(written, instead), encoding="utf-8")
    with pytest.raises(InvalidInput) as raised:
        read_policies(tmp_path / "sla.toml")
    assert said in str(raised.value)
    assert "sla.toml" in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.toml cannot be read"):
        read_policies(tmp_path / "nowhere.toml")
