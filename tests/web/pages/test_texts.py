"""The pages' own words: all there, in both languages, and said as people say them."""

import re
import string
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.pages.admin.knowledge import Worry
from service.pages.agent.queue import Need, Order
from service.pages.agent.ticket import BesideModel
from service.pages.render import environment
from service.pages.texts import TEMPLATES, Speaker, catalogue
from triagem.errors import Failure
from triagem.insight.quality import Alarm
from triagem.settings import Settings
from triagem.store.audit import Action
from triagem.store.keys import Scope
from triagem.store.runs import RunKind, RunState
from triagem.triage.priority import Condition
from triagem.triage.signs import Level
from triagem.types import Language, Mode, Reason, TicketField

ZONE = ZoneInfo("America/Sao_Paulo")
PT, EN = Speaker(Language.PT, ZONE), Speaker(Language.EN, ZONE)
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SOURCES = [*TEMPLATES.rglob("*.html"), *(TEMPLATES.parents[1] / "pages").rglob("*.py")]
# The same in both languages: words that both have, and what is filled in alone.
ALIKE = {"channel.chat", "channel.api", "channel.email"}


def _places(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_every_sentence_is_there_in_both_languages_with_the_same_places() -> None:
    for name, said in catalogue().items():
        assert set(said) == {Language.PT, Language.EN}, name
        assert all(said.values()), name
        assert _places(said[Language.PT]) == _places(said[Language.EN]), name
        assert name in ALIKE or said[Language.PT] != said[Language.EN], name


def test_every_sentence_that_a_template_names_is_in_the_catalogue() -> None:
    named = {
        (name, path.name)
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"say\('([a-z_]+\.[A-Za-z0-9_]+)'(?! [+~])", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert {one for one in named if one[0] not in catalogue()} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_count_has_its_two_forms(path: Path) -> None:
    for name in re.findall(r"count\('([a-z_.]+)'", path.read_text(encoding="utf-8")):
        assert {f"{name}_one", f"{name}_many"} <= set(catalogue()), name


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("field", TicketField),
        ("mode", Mode),
        ("short", Mode),
        ("reason", Reason),
        ("need", Need),
        ("order", Order),
        ("worry", Worry),
        ("scope", Scope),
        ("action", Action),
        ("run", RunState),
        ("failure", Failure),
        ("language", Language),
        ("alarm", Alarm),
        ("condition", Condition),
        ("level", Level),
        ("matrix", BesideModel),
    ],
)
def test_every_choice_has_its_words(group: str, names: type[StrEnum]) -> None:
    assert [name for name in names if f"{group}.{name.value}" not in catalogue()] == []


def test_every_kind_of_run_and_every_setting_has_its_words() -> None:
    assert [kind for kind in RunKind if f"run.kind_{kind.value}" not in catalogue()] == []
    assert [name for name in Settings.model_fields if f"setting.{name}" not in catalogue()] == []


def test_no_template_holds_a_script_a_style_or_a_handler() -> None:
    wrong = [
        path.name
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]+src=)|javascript:", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_what_people_write_is_escaped_wherever_it_stands() -> None:
    assert environment().from_string("<p title='{{ it }}'>{{ it }}</p>").render(it="<b>'\"&") == (
        "<p title='&lt;b&gt;&#39;&#34;&amp;'>&lt;b&gt;&#39;&#34;&amp;</p>"
    )


def test_no_template_switches_escaping_off() -> None:
    wrong = [
        path.name for path in TEMPLATES.rglob("*.html") if re.search(r"\|\s*safe|autoescape", path.read_text("utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("share", "portuguese", "english"),
    [
        (None, "–", "–"),
        (0.0, "0%", "0%"),
        (0.004, "<1%", "<1%"),
        (0.934, "93%", "93%"),
        (0.997, "99,7%", "99.7%"),
        (0.99999, "99,9%", "99.9%"),
        (1.0, "100%", "100%"),
    ],
)
def test_a_share_is_never_more_certain_than_it_is(share: float | None, portuguese: str, english: str) -> None:
    assert (PT.share(share), EN.share(share)) == (portuguese, english)


def test_numbers_dates_and_spans_are_written_as_their_readers_write_them() -> None:
    assert (PT.number(12345.5, places=1), EN.number(12345.5, places=1)) == ("12.345,5", "12,345.5")
    assert (PT.moment(NOW), EN.moment(NOW)) == ("20/11/2026 12:30", "20 Nov 2026 12:30")
    assert (PT.ago(NOW, NOW), EN.ago(NOW - timedelta(seconds=59), NOW)) == ("agora mesmo", "just now")
    assert (PT.ago(NOW - timedelta(hours=1), NOW), EN.ago(NOW - timedelta(days=3), NOW)) == ("há 1 hora", "3 days ago")
