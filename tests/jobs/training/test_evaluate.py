import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.jobs.training.conftest import put, sample
from training.commands import COMMANDS
from training.evaluate import Pair, evaluate_pairs, evaluate_tickets, read_cases
from training.train import Plan, train
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import InvalidInput, NoModel
from triagem.search.ingest import Incoming, Ingest
from triagem.settings import Settings
from triagem.store.database import Database
from triagem.triage.triager import Triager
from triagem.types import Article, Ticket


def quietly(share: float, what: str) -> None:
    pass


def written(tmp_path: Path, *records: object) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_tickets_are_judged_by_field_and_language_without_those_that_are_stored(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    put(database, *sample())
    train(database, encoder, "main", plan=Plan(), threads=1, on_progress=quietly)
    path = written(
        tmp_path,
        {"description": "refund of the payment to my card", "category": "billing", "language": "en"},
        {"description": "esqueci a senha do login da conta", "category": "conta", "language": "pt"},
        {"description": "wifi signal of the router", "category": "billing", "language": "en"},
        {"description": sample(1)[0].description, "category": "billing", "language": "en"},
    )
    cases = [case for case in read_cases(path) if isinstance(case, Ticket)]
    found = evaluate_tickets(database, Triager(database, encoder), encoder, "main", cases, on_progress=quietly)
    category = found["fields"]["category"]
    assert (found["tickets"], found["already_stored"]) == (3, 1)
    assert category["accuracy"] == pytest.approx(2 / 3)
    assert {name: part["accuracy"] for name, part in category["by_language"].items()} == {"pt": 1.0, "en": 0.5}
    assert sum(mode["coverage"] for mode in category["modes"].values()) == pytest.approx(1.0)


def test_tickets_are_measured_by_the_targets_and_the_rules_of_priority_that_answer(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    put(database, *sample())
    train(database, encoder, "main", plan=Plan(), threads=1, on_progress=quietly)
    new = [{"description": f"{one.description} new", "category": one.category, "priority": "P4"} for one in sample()]
    path, rules = written(tmp_path, *new), tmp_path / "priority.toml"
    rules.write_text('[[rules]]\nseverity = ["low"]\npriority = "P4"\n[[rules]]\npriority = "P3"\n', encoding="utf-8")
    settings = Settings(data_dir=database.data_dir, encoder="hashing", preselect_precision=0.5, priority=rules)
    filled = []
    for target in (0.6, 0.99):
        chosen = settings.model_copy(update={"auto_precision": target})
        measured = CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=chosen)
        fields = json.loads(measured.stdout)["fields"]
        filled.append(fields["category"]["modes"]["auto"]["coverage"])
        assert fields["priority"]["modes"]["suggest"]["precision"] == 1.0
    assert filled == [1.0, 0.0]


def test_a_desk_without_a_model_is_not_measured(database: Database, tmp_path: Path) -> None:
    path = written(tmp_path, {"description": "refund of the payment to my card", "category": "billing"})
    settings = Settings(data_dir=database.data_dir, encoder="hashing", desk="main")
    told = CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=settings)
    assert (told.exit_code, told.stdout) == (1, "")
    assert isinstance(told.exception, NoModel)
    assert str(told.exception).endswith("make the first with: triagem --desk main train")


def test_pairs_are_ranked_by_the_search_itself(database: Database, encoder: HashingEncoder, tmp_path: Path) -> None:
    articles = [
        Article("invoice", "Correct a wrong invoice", "Open Billing and choose the invoice."),
        Article("router", "Restart the router", "Unplug the router for a minute."),
    ]
    Ingest(database, encoder, desk="main").put_articles([Incoming(article) for article in articles])
    path = written(
        tmp_path,
        {"query": "wrong invoice", "article_id": "invoice", "language": "en"},
        {"query": "router restart", "article_ids": ["router"], "language": "en"},
    )
    cases = [case for case in read_cases(path) if isinstance(case, Pair)]
    found = evaluate_pairs(database, encoder, "main", cases, on_progress=quietly)
    assert found["queries"] == 2
    assert found["all"]["recall@1"]["mean"] == 1.0
    assert found["by_language"]["en"]["ndcg@10"] == {"mean": 1.0, "interval": [1.0, 1.0]}
    assert (found["missed"], found["unknown_articles"]) == ([], [])


def test_pairs_are_asked_in_the_words_of_their_desk(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    articles = [
        Article("modem", "O modem não chegou", "Meça o sinal do modem."),
        Article("parcel", "A encomenda não chegou", "Veja onde a encomenda parou."),
    ]
    path = written(tmp_path, {"query": "meu zarpadinho não chegou", "article_id": "parcel"})
    (tmp_path / "words").mkdir()
    found = {}
    for desk, meant in {"broadband": "modem", "parcels": "encomenda"}.items():
        (tmp_path / "words" / f"{desk}.txt").write_text(f"zarpadinho = {meant}\n", encoding="utf-8")
        Ingest(database, encoder, desk=desk).put_articles([Incoming(article) for article in articles])
        settings = Settings(data_dir=database.data_dir, desk=desk, encoder="hashing", synonyms=tmp_path / "words")
        measured = CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=settings)
        found[desk] = json.loads(measured.stdout)["all"]["recall@1"]["mean"]
    assert found == {"broadband": 0.0, "parcels": 1.0}


def test_queries_that_missed_and_articles_that_do_not_exist_are_named(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    names = {"invoice": "Correct a wrong invoice", "router": "Restart the router"}
    Ingest(database, encoder, desk="main").put_articles(
        [Incoming(Article(name, title, f"{title}, at once.")) for name, title in names.items()]
    )
    path = written(
        tmp_path,
        {"query": "wrong invoice", "article_id": "invoice", "language": "en"},
        {"query": "restart router", "article_ids": ["gone", "lost"], "language": "en"},
        {"query": "router restart invoice", "article_id": "invoice", "language": "en"},
        {"query": "correct what is wrong", "article_ids": [], "language": "en"},
    )
    settings = Settings(data_dir=database.data_dir, encoder="hashing", threads=1)
    shown = CliRunner().invoke(COMMANDS["evaluate"], [str(path)], obj=settings)
    assert shown.stderr == "Named by the pairs, but no article of this desk, so never found: 2 (gone, lost)\n"
    assert shown.stdout.splitlines()[-5:] == [
        "another article first    2 of 3",
        "  restart router",
        "    first router, wanted gone, lost (not among the first ten)",
        "  router restart invoice",
        "    first router, wanted invoice (place 2)",
    ]
    found = json.loads(CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=settings).stdout)
    assert found["unknown_articles"] == ["gone", "lost"]
    assert found["missed"][1] == {
        "query": "router restart invoice",
        "article_ids": ["invoice"],
        "place": 2,
        "found": "router",
    }


def test_what_is_answered_with_nothing_is_counted_and_how_often_rightly_in_each_language(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    names = {"invoice": "Correct a wrong invoice", "router": "Restart the router", "senha": "Trocar a senha da conta"}
    Ingest(database, encoder, desk="main").put_articles(
        [Incoming(Article(name, title, f"{title}.")) for name, title in names.items()]
    )
    path = written(
        tmp_path,
        {"query": "correct a wrong invoice", "article_id": "invoice", "language": "en"},  # shown, rightly
        {"query": "restart the router", "article_id": "invoice", "language": "en"},  # shown, wrongly
        {"query": "zoo opening hours", "article_ids": list(names), "language": "en"},  # right first, but hidden
        {"query": "thanks a lot", "article_ids": [], "language": "en"},  # nothing, rightly
        {"query": "trocar a senha da conta", "article_id": "senha", "language": "pt"},  # shown, rightly
        {"query": "horário do zoológico municipal", "article_id": "gone", "language": "pt"},  # nothing, wrongly
        {"query": "bom dia", "article_ids": [], "language": "pt"},  # nothing, rightly
    )
    settings = Settings(data_dir=database.data_dir, encoder="hashing", threads=1)
    shown = json.loads(CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=settings).stdout)["shown"]
    parts = {"all": shown, **shown["by_language"]}
    expected = {
        "queries": (7, 4, 3),
        "unanswerable": (2, 1, 1),
        "share_of_answerable": (3 / 5, 2 / 3, 1 / 2),
        "right_when_shown": (2 / 3, 1 / 2, 1),
        "right_but_hidden": (1 / 3, 1 / 2, 0),
        "answered_nothing": (4 / 7, 2 / 4, 2 / 3),
        "rightly_answered_nothing": (2 / 4, 1 / 2, 1 / 2),
        "nothing_where_nothing_helps": (1, 1, 1),
    }
    for name, (everywhere, english, portuguese) in expected.items():
        found = {language: part[name] for language, part in parts.items()}
        assert found == pytest.approx({"all": everywhere, "en": english, "pt": portuguese}), name
    # Told .99 are right, wrong and right, told 0 one of four: .43 * .32 + .57 * .25; and so for each language.
    errors = {language: part["calibration_error"] for language, part in parts.items()}
    assert errors == pytest.approx({"all": 0.28, "en": 0.5, "pt": 0.0}, abs=0.02)
    printed = CliRunner().invoke(COMMANDS["evaluate"], [str(path)], obj=settings).stdout.splitlines()
    assert "                              all      en      pt" in printed
    assert "right first but hidden      33.3%   50.0%    0.0% of the right first" in printed
    assert "and rightly so              50.0%   50.0%   50.0% of those answered with nothing" in printed
    assert [line.split()[:2] for line in printed if line.startswith("ECE")] == [
        ["ECE", f"{errors['all']:.3f}"],
        ["ECE", "by"],
    ]


def test_a_file_of_stored_tickets_alone_is_refused_with_what_to_do(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    put(database, *sample())
    seen = [{"description": one.description, "category": one.category} for one in sample(2)]
    settings = Settings(data_dir=database.data_dir, encoder="hashing", threads=1)
    done = CliRunner().invoke(COMMANDS["evaluate"], [str(written(tmp_path, *seen))], obj=settings)
    assert (done.exit_code, done.stdout) == (1, "")
    assert str(done.exception) == (
        "Nothing to measure: every ticket of the file (2) stands in this desk already, where a model may have learned "
        "from it. Measure on labelled tickets that were never imported."
    )


def test_a_wrong_line_is_named_by_its_number(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="line 2"):
        read_cases(written(tmp_path, {"query": "q", "article_id": "a"}, {"query": "", "article_id": "a"}))
    table = tmp_path / "cases.csv"
    table.write_text("description;category;Reaberto\nd;c;talvez\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r'line 2: reopened \("Reaberto"\) must be true or false'):
        read_cases(table)
    with pytest.raises(InvalidInput, match="mixes"):
        read_cases(written(tmp_path, {"query": "q", "article_id": "a"}, {"description": "d", "category": "c"}))
    with pytest.raises(InvalidInput, match="nothing to measure"):
        read_cases(written(tmp_path))


@pytest.mark.parametrize("several", [["b"], []])
def test_a_pair_that_names_its_articles_in_two_ways_is_refused(tmp_path: Path, several: list[str]) -> None:
    with pytest.raises(InvalidInput, match=r"line 1: .* write all of them as article_ids"):
        read_cases(written(tmp_path, {"query": "q", "article_id": "a", "article_ids": several}))


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_field_beside_the_other_is_as_good_as_none(tmp_path: Path, empty: str | None) -> None:
    [case] = read_cases(written(tmp_path, {"query": "q", "article_id": "a", "article_ids": empty}))
    assert isinstance(case, Pair) and case.article_ids == {"a"}
    [case] = read_cases(written(tmp_path, {"query": "q", "article_id": empty, "article_ids": ["a"]}))
    assert isinstance(case, Pair) and case.article_ids == {"a"}


def test_a_file_is_read_as_the_import_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "id;created_at;subject;category\n1;22/10/2026 09:41;wrong invoice; billing\n"
        "2;05/04/2026;no signal;network\n;;slow;network\n",
        encoding="utf-8-sig",
    )
    found = [case for case in read_cases(path) if isinstance(case, Ticket)]
    assert [(case.id, case.subject, case.category) for case in found] == [
        ("line-2", "wrong invoice", "billing"),
        ("line-3", "no signal", "network"),
        ("line-4", "slow", "network"),
    ]
    path.write_text("query;article_ids\nwrong invoice;\nno signal;a,b\n", encoding="utf-8")
    pairs = [case for case in read_cases(path) if isinstance(case, Pair)]
    assert [case.article_ids for case in pairs] == [frozenset(), frozenset({"a", "b"})]


@pytest.mark.parametrize("header", ["query;article_id", "Consulta;Artigo"])
def test_an_empty_cell_under_article_says_that_nothing_answers_the_query(tmp_path: Path, header: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{header}\nwrong invoice; invoice \nbom dia;\nthanks; \n", encoding="utf-8")
    pairs = [case for case in read_cases(path) if isinstance(case, Pair)]
    assert [case.article_ids for case in pairs] == [frozenset({"invoice"}), frozenset(), frozenset()]


def test_a_spreadsheet_in_portuguese_is_measured_and_its_encoding_named(database: Database, tmp_path: Path) -> None:
    Ingest(database, HashingEncoder(), desk="main").put_articles(
        [Incoming(Article("card", "Cartão bloqueado", "Desbloqueie o cartão."))]
    )
    path = tmp_path / "cases.csv"
    path.write_bytes("pergunta;artigo;idioma\ncartão bloqueado;card;pt\n".encode("cp1252"))
    settings = Settings(data_dir=database.data_dir, encoder="hashing", threads=1)
    shown = CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=settings)
    found = json.loads(shown.stdout)
    assert (found["encoding"], found["all"]["recall@1"]["mean"]) == ("windows-1252", 1.0)
    assert "was read as windows-1252." in shown.stderr


def test_a_file_of_queries_that_nothing_answers_tells_how_many_are_answered_with_nothing(
    database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    Ingest(database, encoder, desk="main").put_articles(
        [Incoming(Article("invoice", "Correct a wrong invoice", "Correct a wrong invoice."))]
    )
    path = written(
        tmp_path,
        {"query": "zoo opening hours", "article_ids": [], "language": "en"},
        {"query": "bom dia", "article_ids": [], "language": "pt"},
        {"query": "correct a wrong invoice", "article_ids": [], "language": "en"},
    )
    settings = Settings(data_dir=database.data_dir, encoder="hashing", threads=1)
    done = CliRunner().invoke(COMMANDS["evaluate"], [str(path), "--json"], obj=settings)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["queries"], found["all"]["queries"], found["by_language"], found["missed"]) == (3, 0, {}, [])
    assert found["shown"]["nothing_where_nothing_helps"] == pytest.approx(2 / 3)
    assert (found["shown"]["share_of_answerable"], found["shown"]["right_when_shown"]) == (None, 0.0)
    printed = CliRunner().invoke(COMMANDS["evaluate"], [str(path)], obj=settings)
    assert found["all"]["mrr"] == {"mean": None, "interval": None}
    assert printed.stdout.splitlines()[0] == (
        "None of these queries has an article that answers it, so there is no order to measure."
    )
    line = next(line for line in printed.stdout.splitlines() if line.startswith("nothing shown, rightly"))
    assert line.split()[3:6] == ["66.7%", "50.0%", "100.0%"]
