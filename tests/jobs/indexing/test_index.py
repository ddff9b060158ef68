"""`triagem index`: a folder and the desk are the same afterwards, and only what changed was work."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from indexer.sources import open_source
from triagem.errors import Conflict, InvalidInput
from triagem.store import articles, desks, runs, tables
from triagem.store.database import Database
from triagem.store.runs import RunKind, Worker
from triagem.types import ArticleKind, Audience, Language

Run = Callable[..., dict[str, Any]]

SENHA = """---
title: Redefinir a senha
language: pt-BR
category: account
tags: [senha, acesso]
kind: troubleshooting
audience: internal
url: https://ajuda.example/senha
updated_at: "2026-03-01"
---

# Redefinir a senha

Toque em **Esqueci a senha**.
"""


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"
    (folder / "conta").mkdir(parents=True)
    (folder / "conta" / "senha.md").write_text(SENHA, encoding="utf-8")
    (folder / "router.html").write_text("<h1>Router lights</h1><p>Green means that all is well.</p>", encoding="utf-8")
    (folder / "notes.txt").write_text("not an article", encoding="utf-8")
    return folder


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    return report["added"], report["updated"], report["unchanged"], report["removed"]


def stored_ids(state: Path) -> list[str]:
    with Database(state).read() as connection:
        return articles.ids(connection, "main")


def test_front_matter_and_path_say_what_an_article_is(run: Run, state: Path, kb: Path) -> None:
    run("index", str(kb))
    with Database(state).read() as connection:
        stored = articles.get(connection, "main", "conta/senha")
    assert stored is not None
    assert (stored.title, stored.language, stored.category) == ("Redefinir a senha", Language.PT, "account")
    assert (stored.kind, stored.audience) == (ArticleKind.TROUBLESHOOTING, Audience.INTERNAL)
    assert (stored.tags, stored.url) == (("senha", "acesso"), "https://ajuda.example/senha")
    assert str(stored.updated_at) == "2026-03-01 03:00:00+00:00"


def revised(state: Path, article_id: str) -> str:
    with Database(state).read() as connection:
        stored = articles.get(connection, "main", article_id)
    assert stored is not None
    return str(stored.updated_at)


def test_a_date_of_two_readings_is_read_as_said_and_read_anew_when_that_changes(
    run: Run, state: Path, kb: Path
) -> None:
    path = kb / "conta" / "senha.md"
    path.write_text(SENHA.replace("2026-03-01", "05/04/2026"), encoding="utf-8")
    run("index", str(kb), "--dates", "month-first")
    assert counts(run("index", str(kb), "--dates", "day-first")) == (0, 1, 1, 0)
    assert counts(run("index", str(kb), "--dates", "day-first")) == (0, 0, 2, 0)
    assert revised(state, "conta/senha") == "2026-04-05 03:00:00+00:00"


def test_a_date_of_two_readings_is_refused_until_another_file_proves_the_order(run: Run, state: Path, kb: Path) -> None:
    (kb / "conta" / "senha.md").write_text(SENHA.replace("2026-03-01", "05/04/2026"), encoding="utf-8")
    refused = run("index", str(kb))["errors"]
    assert [error["where"] for error in refused] == ["conta/senha.md"]
    assert refused[0]["reason"] == (
        "updated_at can be read with the day or the month first, and no other date settles which. "
        "Write it as 2026-03-05, or say which it is: --dates day-first or --dates month-first."
    )
    (kb / "natal.md").write_text("---\ntitle: Natal\nupdated_at: 25/12/2025\n---\nTexto.", encoding="utf-8")
    assert counts(run("index", str(kb))) == (2, 0, 1, 0)
    assert revised(state, "conta/senha") == "2026-04-05 03:00:00+00:00"


@pytest.mark.parametrize("date", ["2026-03-01", "25/04/2026"])
def test_an_article_whose_date_has_one_reading_is_unchanged_by_what_another_file_proves(
    run: Run, state: Path, kb: Path, date: str
) -> None:
    (kb / "conta" / "senha.md").write_text(SENHA.replace("2026-03-01", date), encoding="utf-8")
    contrary = kb / "contrary.md"
    contrary.write_text("---\ntitle: Contrary\nupdated_at: 04/25/2026\n---\nText.", encoding="utf-8")
    run("index", str(kb))
    contrary.write_text("---\ntitle: Contrary\nupdated_at: 2026-04-25\n---\nText.", encoding="utf-8")
    (kb / "natal.md").write_text("---\ntitle: Natal\nupdated_at: 25/12/2025\n---\nTexto.", encoding="utf-8")
    assert counts(run("index", str(kb))) == (1, 1, 2, 0)


def test_files_that_prove_both_orders_settle_nothing(run: Run, kb: Path) -> None:
    for name, date in {"a": "25/12/2025", "b": "12/25/2025", "c": "05/04/2026"}.items():
        (kb / f"{name}.md").write_text(f"---\ntitle: {name}\nupdated_at: {date}\n---\nTexto.", encoding="utf-8")
    assert [error["where"] for error in run("index", str(kb))["errors"]] == ["c.md"]


def test_a_day_without_a_zone_is_that_day_in_the_desks_zone_and_read_anew_when_that_changes(
    run: Run, state: Path, kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index", str(kb))
    assert revised(state, "conta/senha") == "2026-03-01 03:00:00+00:00"
    own = '[calendars.all]\ntime_zone = "Asia/Tokyo"\n[[policies]]\nname = "all"\ncalendar = "all"\nresponse = "1h"\n'
    (tmp_path / "sla.toml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("TRIAGEM_SLA", str(tmp_path / "sla.toml"))
    assert counts(run("index", str(kb))) == (0, 1, 1, 0)
    assert revised(state, "conta/senha") == "2026-02-28 15:00:00+00:00"


def test_a_title_and_a_language_are_derived_where_none_is_given(run: Run, state: Path, kb: Path) -> None:
    run("index", str(kb))
    with Database(state).read() as connection:
        stored = articles.get(connection, "main", "router")
    assert stored is not None
    assert (stored.title, stored.language) == ("Router lights", Language.EN)


def test_an_audience_that_only_other_software_knows_is_not_the_public(run: Run, state: Path, kb: Path) -> None:
    (kb / "conta" / "senha.md").write_text(SENHA.replace("audience: internal", "audience: Admin"), encoding="utf-8")
    assert counts(run("index", str(kb))) == (2, 0, 0, 0)
    with Database(state).read() as connection:
        stored = articles.get(connection, "main", "conta/senha")
    assert stored is not None
    assert stored.audience is Audience.INTERNAL


def test_the_same_folder_again_changes_nothing(run: Run, kb: Path) -> None:
    first, second = run("index", str(kb)), run("index", str(kb))
    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (0, 0, 2, 0)
    assert first["generation"] is not None
    assert second["generation"] is None


def test_an_edited_file_is_updated_and_a_deleted_one_leaves(run: Run, state: Path, kb: Path) -> None:
    run("index", str(kb))
    (kb / "conta" / "senha.md").write_text(SENHA.replace("Toque", "Clique"), encoding="utf-8")
    (kb / "router.html").unlink()
    assert counts(run("index", str(kb))) == (0, 1, 0, 1)
    assert stored_ids(state) == ["conta/senha"]


def test_a_renamed_id_leaves_nothing_of_the_old_one(run: Run, state: Path, kb: Path) -> None:
    run("index", str(kb))
    (kb / "conta" / "senha.md").write_text(SENHA.replace("title:", "id: nova\ntitle:"), encoding="utf-8")
    assert counts(run("index", str(kb))) == (1, 0, 1, 1)
    assert stored_ids(state) == ["nova", "router"]


def test_a_single_file_is_indexed_without_removing_its_neighbours(run: Run, state: Path, kb: Path) -> None:
    run("index", str(kb))
    assert counts(run("index", str(kb / "router.html"))) == (0, 0, 1, 0)
    assert stored_ids(state) == ["conta/senha", "router"]


def test_two_folders_do_not_remove_each_others_articles(run: Run, state: Path, kb: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text("# Outro\n\nTexto.", encoding="utf-8")
    run("index", str(kb))
    run("index", str(other))
    assert counts(run("index", str(kb))) == (0, 0, 2, 0)
    assert stored_ids(state) == ["conta/senha", "router", "x"]


def test_what_lies_hidden_in_a_folder_is_no_article(run: Run, state: Path, kb: Path) -> None:
    for name in (".draft.md", ".trash/old.md", "conta/.git/notes.md"):
        (kb / name).parent.mkdir(exist_ok=True)
        (kb / name).write_text("# Secret\n\nText.", encoding="utf-8")
    assert counts(run("index", str(kb))) == (2, 0, 0, 0)
    assert stored_ids(state) == ["conta/senha", "router"]
    assert counts(run("index", str(kb / ".trash"), "--source", "trash")) == (1, 0, 0, 0)


def test_a_name_that_a_mac_decomposed_gives_the_id_that_everybody_types(run: Run, state: Path, kb: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "configuração") for form in ("NFC", "NFD"))
    (kb / f"{decomposed}.md").write_text("# Configuração\n\nTexto.", encoding="utf-8")
    run("index", str(kb))
    assert stored_ids(state) == [composed, "conta/senha", "router"]
    assert counts(run("index", str(kb))) == (0, 0, 3, 0)
    (kb / f"{composed}.md").write_text("# Configuração\n\nOutra.", encoding="utf-8")
    assert "that of" in run("index", str(kb))["errors"][0]["reason"]
    assert stored_ids(state) == [composed, "conta/senha", "router"]


def test_an_article_stored_under_a_decomposed_id_is_found_by_the_composed_one_and_gets_it_with_the_next_index(
    run: Run, state: Path, kb: Path
) -> None:
    decomposed = unicodedata.normalize("NFD", "configuração")
    (kb / f"{decomposed}.md").write_text("# Configuração\n\nTexto.", encoding="utf-8")
    run("index", str(kb))
    with Database(state).write() as connection:
        for table in (tables.articles, tables.passages):
            column = table.c.id if table is tables.articles else table.c.article_id
            connection.execute(update(table).where(column == "configuração").values({column.name: decomposed}))
    with Database(state).read() as connection:
        stored = articles.get(connection, "main", "configuração")
    assert stored is not None
    assert stored.id == decomposed
    assert len(run("index", str(kb))["errors"]) == 0
    assert stored_ids(state) == ["configuração", "conta/senha", "router"]
    assert counts(run("index", str(kb))) == (0, 0, 3, 0)


def test_a_link_out_of_the_folder_is_refused_and_what_it_once_brought_leaves(
    run: Run, state: Path, kb: Path, tmp_path: Path
) -> None:
    (tmp_path / "hosts").write_text("127.0.0.1 intranet", encoding="utf-8")
    (kb / "link.md").write_text("127.0.0.1 intranet", encoding="utf-8")
    run("index", str(kb))
    assert stored_ids(state) == ["conta/senha", "link", "router"]
    (kb / "link.md").unlink()
    (kb / "link.md").symlink_to(tmp_path / "hosts")
    (kb / "near.md").symlink_to(kb / "conta" / "senha.md")
    report = run("index", str(kb))
    assert counts(report) == (1, 0, 2, 1)
    assert [error["where"] for error in report["errors"]] == ["link.md"]
    assert "link to a file outside" in report["errors"][0]["reason"]
    assert stored_ids(state) == ["conta/senha", "near", "router"]


def test_a_folder_of_nothing_but_links_out_of_it_takes_nothing_away(kb: Path, tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    (links / "router.md").symlink_to(kb / "router.html")
    with pytest.raises(InvalidInput, match="put the files themselves there"):
        open_source(links, name=None)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("latin.md", "# Configuração".encode("latin-1"), "not UTF-8"),
        ("big.md", b"# Big\n\n" + b"word " * 300_000, "larger than 1 MiB"),
        ("empty.md", b"", "says nothing"),
        ("kind.md", b"---\ntitle: T\nkind: poem\n---\nText.", "kind must be one of"),
        ("nul.md", b"# A\n\nB\x00C", "NUL"),
        ("long.md", b"---\nid: " + b"x" * 501 + b"\n---\n# Long\n\nText.", "longer than 500 characters"),
        ("twin.md", b"---\nid: router\n---\n# Twin\n\nText.", "that of router.html already"),
    ],
)
def test_a_file_that_cannot_be_read_is_listed_with_the_reason_and_the_rest_goes_in(
    run: Run, state: Path, kb: Path, name: str, content: bytes, reason: str
) -> None:
    (kb / "conta" / name).write_bytes(content)
    if name == "twin.md":
        run("index", str(kb / "router.html"))
    report = run("index", str(kb))
    assert [error["where"] for error in report["errors"]] == [f"conta/{name}"]
    assert reason in report["errors"][0]["reason"]
    assert stored_ids(state) == ["conta/senha", "router"]


def test_a_file_that_breaks_leaves_its_older_version_in_place(run: Run, state: Path, kb: Path) -> None:
    run("index", str(kb))
    (kb / "conta" / "senha.md").write_bytes("# Configuração".encode("latin-1"))
    assert len(run("index", str(kb))["errors"]) == 1
    assert stored_ids(state) == ["conta/senha", "router"]


def test_an_id_is_of_the_file_that_could_be_read(run: Run, state: Path, kb: Path) -> None:
    (kb / "x.html").write_text("", encoding="utf-8")
    (kb / "x.md").write_text("# Roteador\n\nTexto.", encoding="utf-8")
    (kb / "x.markdown").write_text("# Outro\n\nTexto.", encoding="utf-8")
    report = run("index", str(kb))
    assert [(one["where"], one["reason"]) for one in report["errors"]] == [
        ("x.html", "Article 'x' says nothing: it has neither a title nor a text."),
        ("x.md", "Its id 'x' is that of x.markdown already."),
    ]
    assert stored_ids(state) == ["conta/senha", "router", "x"]


def test_a_file_that_says_nothing_under_its_new_id_leaves_its_older_version_in_place(
    run: Run, state: Path, kb: Path
) -> None:
    run("index", str(kb))
    (kb / "conta" / "senha.md").write_text("---\nid: senha\n---\n", encoding="utf-8")
    assert len(run("index", str(kb))["errors"]) == 1
    assert stored_ids(state) == ["conta/senha", "router"]


def test_a_folder_without_articles_says_which_files_are_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"\.md"):
        run("index", str(tmp_path / "empty"))
    with pytest.raises(InvalidInput, match="does not exist"):
        run("index", str(tmp_path / "nowhere"))


def test_two_indexings_at_once_are_refused_with_a_sentence(run: Run, state: Path, kb: Path) -> None:
    database = Database(state)
    with database.write() as connection:
        desks.ensure(connection, "main")
        other = runs.queue(connection, "main", kind=RunKind.INDEX, parameters={})
    with Worker(database, "main", other), pytest.raises(Conflict, match="run of kind index"):
        run("index", str(kb))
