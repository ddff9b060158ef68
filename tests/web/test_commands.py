"""The commands as a person types them."""

import json
import re
import socket
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

import service
from service.commands import COMMANDS, keys_
from service.listening import require_free
from service.serving import run_service
from tests.library.triage.handmade import handmade, publish
from tests.web.conftest import Site
from triagem.__main__ import cli, main
from triagem.errors import Conflict, DamagedArtifact, InvalidInput, NoGeneration, NotFound
from triagem.settings import Settings
from triagem.store import articles, keys
from triagem.store.database import DATABASE_FILE, Database
from triagem.store.keys import Scope

QUESTION = "nao consigo entrar na minha conta depois de trocar a senha"


def _run(settings: Settings, command: str, *arguments: str) -> Result:
    result = CliRunner().invoke(COMMANDS[command], list(arguments), obj=settings)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_suggest_shows_the_right_article_first_with_its_relevance_in_per_cent(open_site: Site) -> None:
    lines = _run(open_site.settings, "suggest", QUESTION).stdout.splitlines()
    assert lines[0].startswith("1. ") and " %  Não consigo entrar depois de trocar a senha" in lines[0]
    assert lines[1].strip() == "https://help.example.com/pt/entrar"


def test_suggest_as_json_is_the_answer_of_the_service_without_an_id(open_site: Site) -> None:
    answer = json.loads(_run(open_site.settings, "suggest", QUESTION, "--json").stdout)
    assert answer["articles"][0]["article_id"] == "pt/entrar"
    assert set(answer) == {"articles", "missing", "expected_response", "notices", "index_generation"}


def test_suggest_says_when_nothing_is_likely_to_help(open_site: Site) -> None:
    answer = _run(open_site.settings, "suggest", "qual o horário do zoológico municipal?")
    lines = answer.stdout.splitlines()
    assert lines[0] == "No article is likely to help."
    assert lines[-1].startswith("Você deve receber uma resposta até ")


def test_suggest_asks_for_what_is_missing(open_site: Site) -> None:
    shown = _run(open_site.settings, "suggest", "o wifi caiu, vocês são uns idiotas").stdout
    assert "\nMissing\n- Aparece alguma mensagem ou código de erro?" in shown
    assert "não muda a prioridade" in shown


def test_a_mistake_in_a_file_of_rules_is_named_before_anything_is_answered(open_site: Site, tmp_path: Path) -> None:
    (tmp_path / "sla.toml").write_text("policies = []")
    settings = open_site.settings.model_copy(update={"sla": tmp_path / "sla.toml"})
    with pytest.raises(InvalidInput, match="calendars"):
        _run(settings, "suggest", QUESTION)
    doctor = _run(settings, "doctor", "--json")
    assert [finding["part"] for finding in json.loads(doctor.stdout) if not finding["ok"]] == ["rules"]


def test_suggest_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoGeneration, match="triagem --desk main index PATH"):
        _run(Settings(data_dir=tmp_path, encoder="hashing"), "suggest", QUESTION)


def test_an_empty_text_is_refused(open_site: Site) -> None:
    with pytest.raises(InvalidInput):
        _run(open_site.settings, "suggest", " \n ")


def test_triage_shows_each_field_and_what_was_found(open_site: Site) -> None:
    shown = _run(open_site.settings, "triage", "Não consigo entrar", "Troquei a senha").stdout
    assert "category  left open: no_model" in shown
    assert "respond   by " in shown and "(standard)" in shown
    assert "Similar solved tickets" in shown and "Limpou o cache e entrou." in shown
    answer = json.loads(_run(open_site.settings, "triage", "Não consigo entrar", "--json").stdout)
    assert answer["fields"]["team"]["reason"] == "no_model"


def test_triage_explains_on_demand_which_words_and_which_sentence_decided(open_site: Site) -> None:
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade())
    database.close()
    asked = ("triage", "Good morning to everybody", "Sadly my invoice is wrong again.")
    assert "divided" not in _run(open_site.settings, *asked).stdout
    why = _run(open_site.settings, *asked, "--explain").stdout.partition(
        "What leaving a word or a sentence out divides the odds by\n"
    )[2]
    assert re.match(r"category  billing: (invoice|wrong) \d\.\d, ", why)
    assert re.search(r'"Sadly my invoice is\s+wrong again\." \d', why)
    fields = json.loads(_run(open_site.settings, *asked, "--explain", "--json").stdout)["fields"]
    assert fields["category"]["evidence"]["left_out"]["sentence"]["text"] == "Sadly my invoice is wrong again."


def test_a_command_that_is_named_names_the_desk_that_it_is_for(tmp_path: Path) -> None:
    shop = Settings(data_dir=tmp_path, encoder="hashing", desk="shop")
    with pytest.raises(NoGeneration, match="triagem --desk shop index PATH"):
        _run(shop, "suggest", QUESTION)
    assert "triagem --desk shop keys create --scope triage" in _run(shop, "keys", "list").stderr
    with pytest.raises(NotFound, match="triagem --desk shop keys list"):
        _run(shop, "keys", "revoke", "none")


def test_triage_with_an_index_of_another_encoder_says_that_nothing_was_searched(open_site: Site) -> None:
    wrong = open_site.settings.model_copy(update={"encoder": "default"})
    shown = _run(wrong, "triage", "Não consigo entrar")
    assert shown.exit_code == 0
    assert shown.stderr == (
        "Neither articles nor tickets could be searched. The index of desk 'main' was built with another encoder. "
        "Build it anew: triagem --desk main index --rebuild\n"
    )
    assert "No article is likely to help." not in shown.stdout and "category  left open: no_model" in shown.stdout
    told = json.loads(_run(wrong, "triage", "Não consigo entrar", "--json").stdout)["not_searched"]
    assert told.endswith("triagem --desk main index --rebuild")


def test_a_key_is_shown_once_and_works_until_it_is_revoked(open_site: Site) -> None:
    token = _run(open_site.settings, "keys", "create", "--scope", "triage", "--name", "desk").stdout.strip()
    database = Database(open_site.data_dir)
    with database.read() as connection:
        key = keys.verify(connection, token)
    assert key is not None and (key.desk, key.scopes) == ("main", (keys.Scope.TRIAGE,))
    listed = _run(open_site.settings, "keys", "list").stdout
    assert key.id in listed and token not in listed
    assert f"{key.created_at.astimezone(ZoneInfo('America/Sao_Paulo')):%Y-%m-%d %H:%M} -03" in listed
    revoked = json.loads(_run(open_site.settings, "keys", "revoke", key.id, "--json").stdout)
    with database.read() as connection:
        assert keys.verify(connection, token) is None
    database.close()
    record = json.loads(_run(open_site.settings, "keys", "list", "--json").stdout)[0]
    assert record["revoked_at"] is not None
    assert revoked == record


def test_an_origin_is_kept_as_a_browser_sends_it(open_site: Site) -> None:
    create = ("create", "--scope", "suggest", "--json", "--origin")
    made = json.loads(_run(open_site.settings, "keys", *create, "https://Help.Example.com:8443/").stdout)
    assert made["origins"] == ["https://help.example.com:8443"]
    for unusable in ("help.example.com", "https://help.example.com/form", "ftp://a.example", "https://a:b:c"):
        with pytest.raises(InvalidInput, match="without a path"):
            _run(open_site.settings, "keys", *create, unusable)


def test_without_a_key_strangers_are_not_served(open_site: Site) -> None:
    with pytest.raises(Conflict, match="triagem --desk main keys create"):
        run_service(open_site.settings.model_copy(update={"host": "0.0.0.0"}))


def test_a_backup_brings_the_same_answers_back_and_keeps_what_it_replaces(open_site: Site, tmp_path: Path) -> None:
    settings, folder = open_site.settings, tmp_path / "backup"
    before = _run(settings, "suggest", QUESTION, "--json").stdout
    assert "Backed up" in _run(settings, "backup", str(folder)).stdout
    database = Database(open_site.data_dir)
    with database.write() as connection:
        articles.remove(connection, "main", articles.ids(connection, "main"))
    database.close()
    assert "Restored" in _run(settings, "restore", str(folder)).stdout
    assert _run(settings, "suggest", QUESTION, "--json").stdout == before
    assert len(list(open_site.data_dir.glob(f"replaced-*/{DATABASE_FILE}"))) == 1


def test_an_altered_backup_is_refused_before_anything_is_touched(open_site: Site, tmp_path: Path) -> None:
    settings, folder = open_site.settings, tmp_path / "backup"
    _run(settings, "backup", str(folder))
    with (folder / DATABASE_FILE).open("r+b") as file:
        file.seek(5_000)
        file.write(b"\xff")
    with pytest.raises(DamagedArtifact):
        _run(settings, "restore", str(folder))
    assert not list(open_site.data_dir.glob("replaced-*"))
    assert _run(settings, "suggest", QUESTION).exit_code == 0


def test_a_backup_needs_a_folder_of_its_own(open_site: Site, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(Conflict, match="not empty"):
        _run(open_site.settings, "backup", str(tmp_path / "full"))
    with pytest.raises(NotFound, match="holds no backup"):
        _run(open_site.settings, "restore", str(tmp_path / "full"))


def test_the_doctor_finds_a_sound_installation_sound(open_site: Site) -> None:
    result = _run(open_site.settings, "doctor")
    assert result.exit_code == 0
    assert "every hash matches" in result.stdout and "FAIL" not in result.stdout


def test_the_doctor_finds_a_flipped_bit_in_an_index_and_says_what_to_do(open_site: Site) -> None:
    file = max((open_site.data_dir / "generations").rglob("*.npy"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    result = _run(open_site.settings, "doctor", "--json")
    assert result.exit_code == 1
    failed = [finding for finding in json.loads(result.stdout) if not finding["ok"]]
    assert [(finding["part"], finding["do"]) for finding in failed] == [
        ("index of main", "Build it anew: triagem --desk main index --rebuild")
    ]


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(
    open_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(
        sys, "argv", ["triagem", "--data-dir", str(open_site.data_dir), "backup", f"{tmp_path}/file/new"]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines()[-1] in [
        f"triagem: No backup can be written to {tmp_path}/file/new: {why}. Name a new folder where you may write."
        for why in ("File exists", "Not a directory")
    ]


def test_every_command_that_makes_a_key_is_one_that_can_be_typed() -> None:
    named = re.compile(r"triagem(?: --desk \S+)? (keys create[^\n\"`<,]*)")
    root = Path(service.__file__ or "").parent
    commands = [
        command.strip(". )")
        for path in (*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.toml"))
        for command in named.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(commands) >= 6
    for command in commands:
        words = command.replace("SCOPE", Scope.TRIAGE).replace("{{ tour.origin }}", "https://a.example").split()
        keys_.commands["create"].make_context("create", words[2:])


def test_a_contract_that_no_rule_names_is_remarked_upon(open_site: Site) -> None:
    create = ("keys", "create", "--scope", "suggest", "--contract")
    gold = _run(open_site.settings, *create, "gold")
    assert "names the contract 'gold', so it changes nothing yet. Named are: business, empresarial." in gold.stderr
    assert gold.stdout.startswith("trg_")
    assert "names the contract" not in _run(open_site.settings, *create, "Business").stderr


def test_an_unfit_name_of_a_desk_is_answered_with_what_fits() -> None:
    answer = CliRunner().invoke(cli, ["--desk", "nó pe", "log"])
    assert answer.exit_code == 1
    assert answer.stderr == (
        "Error: Setting 'desk': a desk's name is 1 to 63 of a-z, 0-9, - and _, and begins with a letter or digit\n"
    )


def test_a_taken_port_is_said_before_anything_is_done(open_site: Site, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=f"Port {port} of 127.0.0.1 is in use"):
            _run(open_site.settings, "serve", "--port", str(port))
        empty = open_site.settings.model_copy(update={"data_dir": tmp_path / "empty"})
        with pytest.raises(Conflict, match="choose another with --port"):
            _run(empty, "demo", "--port", str(port))
    assert not (tmp_path / "empty").exists()


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(Conflict, match="none of this machine's"):
        require_free("192.0.2.1", 8080)
    with pytest.raises(Conflict, match="is no address of this machine"):
        require_free("no such host", 8080)


def test_any_port_will_do_where_none_is_named() -> None:
    require_free("127.0.0.1", 0)


def test_the_demo_leaves_another_desks_articles_alone(open_site: Site) -> None:
    with pytest.raises(Conflict, match="already holds other articles"):
        _run(open_site.settings, "demo", "--no-serve")
