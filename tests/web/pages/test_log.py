"""The page of who did what: told in the reader's language, but for what people wrote themselves."""

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import audit
from triagem.store.audit import BY_COMMAND, TRAINER, Action, Entry
from triagem.store.database import Database
from triagem.triage.watch import WATCHER

CLOSED = {"right": 2, "reviewed": 5, "target": 0.95}
PT, EN = "pt-BR", "en"


@pytest.mark.parametrize(
    ("entry", "locale", "told"),
    [
        (Entry(TRAINER, Action.PROMOTE, "v1", "First model of type."), PT, "O treino promoveu v1"),
        (Entry(TRAINER, Action.PROMOTE, "v1", "First model of type."), PT, "Motivo: É o primeiro modelo destes campos"),
        (
            Entry(WATCHER, Action.CLOSE_CLASS, "type: bug (auto)", "2 of 5", CLOSED),
            PT,
            "Motivo: 2 de 5 respostas conferidas estavam certas; 95% já não está comprovado.",
        ),
        (Entry("ana (command line)", Action.KEY_REVOKE, "k1"), PT, "ana (linha de comando) revogou a chave k1"),
        (Entry("ana (command line)", Action.KEY_REVOKE, "k1"), EN, "ana (command line) revoked the key k1"),
        (Entry("loopback", Action.FORCE, "v2", "Known to be fine"), PT, "Este computador, sem chave, promoveu à força"),
        (Entry("loopback", Action.FORCE, "v2", "Known to be fine"), PT, "Motivo: Known to be fine"),
        (Entry("key Bia", Action.ROLLBACK, "v1", "Erros"), PT, "Chave Bia voltou atrás v1"),
    ],
)
def test_an_act_is_told_in_the_readers_language(
    client: TestClient, open_site: Site, entry: Entry, locale: str, told: str
) -> None:
    with Database(open_site.data_dir).write() as connection:
        audit.record(connection, "main", entry)
    words = " ".join(text_of(Reader(client, locale).get("/admin/log")).split())
    assert told in words


def test_where_nobody_gave_a_reason_none_is_shown(client: TestClient, open_site: Site) -> None:
    with Database(open_site.data_dir).write() as connection:
        audit.record(connection, "main", Entry("ana (command line)", Action.SHADOW, "v2", BY_COMMAND))
    words = text_of(Reader(client).get("/admin/log"))
    assert "mudou o modelo em sombra" in words
    assert "Motivo:" not in words
