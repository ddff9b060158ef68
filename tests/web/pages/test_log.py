"""The page of who did what: told in the reader's language, but for what people wrote themselves."""

import re

import pytest
from starlette.testclient import TestClient

from service.pages.texts import catalogue
from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import audit
from triagem.store.audit import BY_COMMAND, TRAINER, Action, Entry
from triagem.store.database import Database
from triagem.triage.newest import MIX_WATCHER
from triagem.triage.objection import ObjectionCode
from triagem.triage.watch import WATCHER

CLOSED = {"field": "type", "mode": "auto", "name": "bug", "right": 2, "reviewed": 5, "target": 0.95}
# The label is also the name of a detail.
MIXED = {
    "version": "v1",
    "tickets": 120,
    "shares": {"contract": {"trained": 0.5, "now": 0.1}},
    "closed": {"auto": ["contract"]},
    "opened": {},
}
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


@pytest.mark.parametrize(
    ("entry", "locale", "told"),
    [
        (
            Entry("ana", Action.TARGETS, "category", "x", {"before": None, "after": {"auto": 0.9, "preselect": 0.8}}),
            PT,
            "mudou a precisão exigida Categoria 20/11 detalhes Preencher – → 90% Pré-selecionar – → 80%",
        ),
        (
            Entry(
                "ana",
                Action.TARGETS,
                "team",
                "x",
                {"before": {"auto": 0.95, "preselect": 0.8}, "after": {"auto": 0.9, "preselect": 0.8}},
            ),
            EN,
            "changed targets of precision Team 20/11 details Fill in 95% → 90%",
        ),
        (
            Entry("ana", Action.PROMOTE, "v2", "x", {"assignments": {"category": "v2", "type": "v1"}}),
            PT,
            "promoveu v2 20/11 detalhes Categoria v2 Tipo v1",
        ),
        (
            Entry(
                "ana",
                Action.FORCE,
                "v2",
                "x",
                {
                    "assignments": {"category": "v2"},
                    "forced": True,
                    "gate": {
                        "category": {
                            "against": "v1",
                            "tickets": 1200,
                            "gained": 3,
                            "lost": 9,
                            "objection": "not_shown",
                        },
                        "team": {"against": "the commonest class", "objection": None},
                    },
                },
            ),
            PT,
            "promoveu à força v2 20/11 detalhes Categoria v2 Forçada sim Categoria · Comparado com v1 "
            "Categoria · Pedidos 1.200 Categoria · Só o novo acerta 3 Categoria · Só o outro acerta 9 "
            "Categoria · Objeção não está provado que não é pior Equipe · Comparado com a opção mais comum "
            "Equipe · Objeção –",
        ),
        (
            Entry("ana", Action.KEY_CREATE, "k1", "", {"name": "Bia", "scopes": ["triage", "index"], "origins": []}),
            PT,
            "criou a chave k1 20/11 detalhes Nome Bia Escopos triage, index Páginas –",
        ),
        (
            Entry(WATCHER, Action.CLOSE_CLASS, "type: bug (auto)", "2 of 5", CLOSED),
            PT,
            "fechou uma opção Tipo: bug (Preenchido) 20/11 detalhes Campo Tipo Como Preenchido Nome bug Certas 2 "
            "Conferidas 5 Precisão exigida 95%",
        ),
        (
            Entry(
                "ana",
                Action.TAXONOMY,
                "taxonomy",
                "x",
                {
                    "before": {"team": {"name": {"description": "a", "is_retired": False}}},
                    "after": {"team": {"name": {"description": "a", "is_retired": True}}},
                },
            ),
            PT,
            "mudou as opções dos campos 20/11 detalhes Equipe · name · Retirada não → sim",
        ),
        (
            Entry(MIX_WATCHER, Action.MIX, "category", "x", MIXED),
            PT,
            "acompanhou a proporção das opções de Categoria 20/11 detalhes Versão v1 Pedidos 120 "
            "Proporções · contract · no treino 50% Proporções · contract · agora 10% Fechadas · Preencher contract",
        ),
        (Entry("ana", Action.SHADOW, "none"), PT, "mudou o modelo em sombra nenhum"),
        (Entry("ana", Action.REOPEN_CLASS, "team"), PT, "reabriu uma opção Equipe"),
        (
            Entry("ana", Action.RELEVANCE, "version 2", "x", {"own": {"log_loss": 0.51234}, "new": 1}),
            PT,
            "ajustou a relevância dos artigos versão 2 20/11 detalhes Da central · Perda logarítmica 0,512 new 1",
        ),
    ],
)
def test_the_details_of_an_act_are_told_in_the_readers_language(
    client: TestClient, open_site: Site, entry: Entry, locale: str, told: str
) -> None:
    with Database(open_site.data_dir).write() as connection:
        audit.record(connection, "main", entry)
    words = " ".join(text_of(Reader(client, locale).get("/admin/log")).split())
    words = re.sub(r"\d\d/\d\d/\d{4} \d\d:\d\d|\d{1,2} \w{3} \d{4} \d\d:\d\d", "20/11", words)
    words = re.sub(r" (Motivo|Reason): .*?(?= detalhes| details)", "", words)
    assert told in words


@pytest.mark.parametrize("code", list(ObjectionCode))
def test_every_objection_has_words(code: ObjectionCode) -> None:
    assert f"detail.{code.value}" in catalogue()


def test_where_nobody_gave_a_reason_none_is_shown(client: TestClient, open_site: Site) -> None:
    with Database(open_site.data_dir).write() as connection:
        audit.record(connection, "main", Entry("ana (command line)", Action.SHADOW, "v2", BY_COMMAND))
    words = text_of(Reader(client).get("/admin/log"))
    assert "mudou o modelo em sombra" in words
    assert "Motivo:" not in words
