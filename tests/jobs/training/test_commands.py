import json
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from service.doctor import examine
from service.schemas.candidates import FieldGateOut, GateOut, ReplayOut, ShadowOut
from service.schemas.models import PromotionOut
from tests.jobs.training.conftest import put, sample
from tests.library.triage.mixed import asked
from training.commands import COMMANDS
from training.label_commands import audit_
from triagem.errors import Conflict, DamagedArtifact, InvalidInput, TriagemError
from triagem.settings import Settings
from triagem.store import runs
from triagem.store.database import Database
from triagem.store.runs import RunKind, RunState, Worker
from triagem.triage.triager import model_path


@pytest.fixture
def settings(database: Database) -> Settings:
    put(database, *sample())
    return Settings(data_dir=database.data_dir, encoder="hashing", threads=1)


def triagem(settings: Settings, name: str, *arguments: str) -> Result:
    result = CliRunner().invoke(COMMANDS[name], arguments, obj=settings)
    if isinstance(result.exception, TriagemError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_train_says_what_came_out_and_what_answers(settings: Settings) -> None:
    lines = triagem(settings, "train").stdout.splitlines()
    assert lines[0].startswith("v1  from 90 tickets")
    assert lines[-1] == "v1 answers now: category, team"


def test_models_are_listed_shown_and_verified_for_programs(settings: Settings) -> None:
    triagem(settings, "train", "--field", "category", "--seed", "3")
    [listed] = json.loads(triagem(settings, "models", "--json").stdout)
    assert (listed["version"], listed["answers"], listed["config"]["seed"]) == ("v1", ["category"], 3)
    shown = json.loads(triagem(settings, "models", "show", "v1", "--json").stdout)
    assert shown["report"]["fields"]["category"]["classes"] == 3
    ahead = shown["report"]["fields"]["category"]["ahead"]
    lines = triagem(settings, "models", "show", "v1").stdout.splitlines()
    told = lines[lines.index("On the newest tickets, by a model of the earlier ones alone:") + 2].split()
    assert told[:3] == ["category", str(ahead["tickets"]), f"{ahead['accuracy']:.1%}"]
    assert len(told) == 10
    verified = json.loads(triagem(settings, "models", "verify", "v1", "--json").stdout)
    assert verified == {"version": "v1", "model_digest": listed["model_digest"], "reproduced": True, "changed": []}


def test_verify_says_which_tickets_would_be_learned_otherwise_today(settings: Settings, database: Database) -> None:
    triagem(settings, "train")
    put(database, replace(sample()[3], category="network"))
    assert "1 of them would be learned with another label" in triagem(settings, "models", "verify", "v1").stdout
    assert json.loads(triagem(settings, "models", "verify", "v1", "--json").stdout)["changed"] == ["t003"]


def test_train_warns_of_what_gives_labels_away_and_the_report_names_it(settings: Settings, database: Database) -> None:
    assert triagem(settings, "train").stderr == ""
    put(database, *(replace(one, description=f"fila=n2; {one.description}") for one in sample() if one.team == "field"))
    warned = triagem(settings, "train", "--field", "category").stderr
    assert warned == (
        "Warning: lines, ids or pairs give labels away (category 1), so the figures may promise too much. "
        "List them with: triagem --desk main audit\n"
    )
    shown = json.loads(triagem(settings, "models", "show", "v2", "--json").stdout)["report"]["fields"]["category"]
    [leak] = shown["leaks"]
    assert (leak["kind"], leak["key"], leak["label"], leak["tickets"]) == ("pair", "fila", "network", 30)
    assert (
        "'network' away in 30 tickets (t001, t004, t007): fila: n2" in CliRunner().invoke(audit_, obj=settings).stdout
    )


def test_promote_and_rollback_say_what_answers_now(settings: Settings) -> None:
    triagem(settings, "train")
    triagem(settings, "train")
    promoted = triagem(settings, "promote", "v2").stdout.splitlines()
    assert promoted[0] == "category: no worse (0 gained, 0 lost) than v1, compared on 90 tickets"
    assert promoted[-1] == "answering now: category v2, team v2"
    assert triagem(settings, "rollback").stdout == "answering now: category v1, team v1\n"
    there, back = (
        json.loads(triagem(settings, *command, "--json").stdout) for command in (("promote", "v2"), ("rollback",))
    )
    assert set(there) == set(back) == set(PromotionOut.model_fields)
    assert (there["assignments"]["team"], back["assignments"]["team"]) == ("v2", "v1")


def test_a_withdrawn_model_is_told_with_the_reason_and_no_later_training_takes_its_place(settings: Settings) -> None:
    triagem(settings, "train", "--field", "category")
    assert triagem(settings, "rollback", "--why", "it files faxes as network").stdout == "answering now: nothing\n"
    with pytest.raises(Conflict, match="No model answers now"):
        triagem(settings, "rollback")
    first, withdrawn, until = triagem(settings, "models").stdout.splitlines()
    assert "answers: -" in first
    assert withdrawn.startswith("Withdrawn ")
    assert withdrawn.endswith(": it files faxes as network")
    assert until == "No model answers until somebody promotes one: triagem --desk main promote VERSION"
    lines = triagem(settings, "train").stdout.splitlines()
    assert lines[-2:] == [
        "v2 answers now: team",
        "Not answering yet: category. To let it answer: triagem --desk main promote v2",
    ]
    assert triagem(settings, "promote", "v1").stdout.splitlines()[-1] == "answering now: team v2, category v1"
    assert "withdraw v1  it files faxes as network" in triagem(settings, "log").stdout


@pytest.mark.parametrize("why", [(), ("--why", "  ")])
def test_a_forced_promotion_needs_a_reason(settings: Settings, why: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="--why"):
        triagem(settings, "promote", "v1", "--force", *why)


def test_a_damaged_model_is_not_promoted_not_even_by_force(settings: Settings, database: Database) -> None:
    triagem(settings, "train")
    triagem(settings, "train")
    file = max(model_path(database.data_dir, "main", "v2").iterdir(), key=lambda path: path.stat().st_size)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DamagedArtifact):
        triagem(settings, "promote", "v2", "--force", "--why", "whatever it is")
    assert json.loads(triagem(settings, "models", "--json").stdout)[-1]["answers"] == ["category", "team"]


def test_an_unknown_field_is_refused_with_those_there_are(settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="category, type, priority, team"):
        triagem(settings, "train", "--field", "mood")


def test_a_queued_run_is_continued_by_its_own_parameters(settings: Settings, database: Database) -> None:
    with database.write() as connection:
        run = runs.queue(connection, "main", kind=RunKind.TRAIN, parameters={"fields": ["team"], "seed": 5})
    trained = json.loads(triagem(settings, "train", "--run", run.id, "--json").stdout)
    assert (trained["fields"], trained["config"]["seed"]) == (["team"], 5)
    with database.read() as connection:
        ended = runs.get(connection, "main", run.id)
    assert (ended.state, ended.result) == (RunState.DONE, {"version": "v1", "live": ["team"]})


def test_a_second_training_beside_the_first_is_refused(settings: Settings, database: Database) -> None:
    with database.write() as connection:
        run = runs.queue(connection, "main", kind=RunKind.TRAIN, parameters={})
    with Worker(database, "main", run), pytest.raises(Conflict, match="under way"):
        triagem(settings, "train")


def test_a_failed_training_is_written_down_with_its_reason(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, encoder="hashing")
    with pytest.raises(InvalidInput, match="no labelled tickets"):
        triagem(settings, "train")
    with Database(tmp_path).read() as connection:
        assert runs.waiting(connection) == []


def test_the_log_says_who_forced_what_and_why(settings: Settings) -> None:
    triagem(settings, "train", "--why", "the first tickets are there")
    triagem(settings, "promote", "v1", "--force", "--why", "the auditors asked")
    forced, trained, first = json.loads(triagem(settings, "log", "--json").stdout)
    assert (forced["action"], forced["subject"], forced["why"]) == ("force", "v1", "the auditors asked")
    assert forced["actor"].endswith(" (command line)")
    assert (trained["action"], trained["subject"], trained["why"]) == ("train", "v1", "the first tickets are there")
    assert trained["actor"] == forced["actor"]
    assert (first["action"], first["actor"]) == ("promote", "train")
    assert "force v1  the auditors asked" in triagem(settings, "log").stdout.splitlines()[0]


def test_times_are_printed_in_the_desks_zone_which_they_name(settings: Settings) -> None:
    triagem(settings, "train")
    [made] = json.loads(triagem(settings, "models", "--json").stdout)
    local = datetime.fromisoformat(made["created_at"]).astimezone(ZoneInfo("America/Sao_Paulo"))
    written = f"{local:%Y-%m-%d %H:%M} -03"
    assert f"v1     {written}  answers" in triagem(settings, "models").stdout
    assert f"v1  {written}  digest" in triagem(settings, "models", "show", "v1").stdout
    done = datetime.fromisoformat(json.loads(triagem(settings, "log", "--json").stdout)[0]["at"])
    told = triagem(settings, "log").stdout.splitlines()[0]
    assert told.startswith(f"{done.astimezone(local.tzinfo):%Y-%m-%d %H:%M} -03  ")


def test_the_gate_is_asked_without_promoting(settings: Settings) -> None:
    triagem(settings, "train")
    triagem(settings, "train", "--seed", "1")
    lines = triagem(settings, "models", "gate", "v2").stdout.splitlines()
    assert lines[0].startswith("category: no worse (0 gained, 0 lost) than v1, compared on ")
    found = json.loads(triagem(settings, "models", "gate", "v2", "--json").stdout)
    assert (found["version"], found["fields"][0]["lost"], found["fields"][0]["objection"]) == ("v2", 0, None)
    assert (set(found), set(found["fields"][0])) == (set(GateOut.model_fields), set(FieldGateOut.model_fields))
    assert triagem(settings, "models", "gate", "v1").stdout == "v1 answers all its fields already.\n"
    assert json.loads(triagem(settings, "models", "--json").stdout)[0]["answers"] == []


def test_the_mix_of_the_newest_requests_is_shown_before_it_counts(settings: Settings) -> None:
    triagem(settings, "train")
    assert triagem(settings, "models", "mix").stdout.startswith("Too little to tell")
    with closing(Database(settings.data_dir)) as database:
        asked(database, network=120)
    shown = triagem(settings, "models", "mix")
    assert shown.stdout.startswith("category  v1  120 requests: another mix (population stability index ")
    assert "Nothing is changed yet" in shown.stderr
    assert "In force." in triagem(settings, "models", "mix", "--apply", "--why", "it was so all week").stderr
    [category, _] = json.loads(triagem(settings, "models", "mix", "--json").stdout)
    assert (category["closed"], category["opened"]) == ({}, {})
    last = json.loads(triagem(settings, "log", "--json").stdout)[0]
    assert (last["action"], last["why"]) == ("mix", "it was so all week")


def test_targets_are_shown_then_set_with_a_reason(settings: Settings) -> None:
    triagem(settings, "train")
    seen = triagem(settings, "models", "targets", "--field", "category", "--auto", "0.9")
    assert seen.stdout.startswith("auto      now ")
    assert "Nothing is changed yet" in seen.stderr
    for why in ((), ("--why", "  ")):
        with pytest.raises(InvalidInput, match="--why"):
            triagem(settings, "models", "targets", "--field", "category", "--auto", "0.9", "--apply", *why)
    with pytest.raises(InvalidInput, match=r"What is not given stays as it is; both can be given\."):
        triagem(settings, "models", "targets", "--field", "category", "--auto", "0.7")
    triagem(settings, "models", "targets", "--field", "category", "--auto", "0,9", "--apply", "--why", "more")
    [category, *_] = json.loads(triagem(settings, "models", "targets", "--json").stdout)
    assert category["targets"] == {"auto": 0.9, "preselect": 0.8}
    assert "category: auto 90.0%, preselect 80.0%; v1 answers" in triagem(settings, "models", "targets").stdout


def test_a_candidate_is_replayed_and_put_in_shadow(settings: Settings) -> None:
    triagem(settings, "train")
    triagem(settings, "train", "--seed", "1")
    replayed = json.loads(triagem(settings, "models", "replay", "v2", "--last", "30", "--json").stdout)
    assert (replayed["tickets"], replayed["left_out"], replayed["changes"]) == (30, 0, [])
    assert triagem(settings, "models", "replay", "v2").stdout.startswith("90 tickets\nfield ")
    assert "v2 answers in shadow" in triagem(settings, "models", "shadow", "v2").stdout
    shown = json.loads(triagem(settings, "models", "shadow", "--json").stdout)
    assert (shown["version"], shown["fields"][0]["answers"]) == ("v2", 0)
    ShadowOut.model_validate(shown)  # by command it is told as over HTTP
    ReplayOut.model_validate(replayed)
    stopped = triagem(settings, "models", "shadow", "--stop")
    assert (stopped.stderr, stopped.stdout[:25]) == ("v2 no longer answers in shadow.\n", "Nothing answers in shadow")
    assert triagem(settings, "models", "shadow", "--stop").stderr == "Nothing was to be stopped.\n"
    with pytest.raises(InvalidInput, match="Say which field"):
        triagem(settings, "models", "replay", "--auto", "0.9")


def test_the_doctor_names_the_fields_that_a_model_answers_not_those_that_it_knows(settings: Settings) -> None:
    triagem(settings, "train")
    triagem(settings, "train", "--field", "category")
    triagem(settings, "promote", "v2")
    found = {finding.part: finding.found for finding in examine(settings)}
    assert found["model v1 of main"] == "answers team; every hash matches"
    assert found["model v2 of main"] == "answers category; every hash matches"


def test_a_target_that_is_no_number_is_refused_with_an_example(settings: Settings) -> None:
    refused = CliRunner().invoke(COMMANDS["models"], ["targets", "--field", "team", "--auto", "much"], obj=settings)
    assert refused.exit_code == 2
    assert "Invalid value for '--auto': 'much' is not a number such as 0.9." in refused.stderr


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(settings: Settings, tmp_path: Path) -> None:
    triagem(settings, "train", "--field", "category")
    with pytest.raises(InvalidInput, match=r"report\.html cannot be written: No such file or directory\. Name a file"):
        triagem(settings, "models", "show", "v1", "--html", str(tmp_path / "none" / "report.html"))


def test_a_report_is_written_as_a_page(settings: Settings, tmp_path: Path) -> None:
    triagem(settings, "train", "--field", "category")
    triagem(settings, "models", "show", "v1", "--html", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'lang="pt-BR"' in page and page.count("<svg") == 2
    report = json.loads(triagem(settings, "models", "show", "v1", "--json").stdout)["report"]
    profile = report["fields"]["category"]["profile"]
    assert sum(profile["predicted"].values()) == pytest.approx(1.0, abs=1e-5)
    # Every sample ticket ends in a word of its own kind: twenty-six for ninety tickets, so nearly none is unseen.
    assert profile["unseen_words"] < 0.1
