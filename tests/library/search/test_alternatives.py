"""A row that says it otherwise counts as if it said it so, and never twice."""

from pathlib import Path

import pytest

from triagem.encoder.hashing import HashingEncoder
from triagem.search.alternatives import scores, scores_between
from triagem.search.ingest import Incoming, Ingest
from triagem.search.lexical import LexicalIndex
from triagem.search.searcher import Query, Searcher
from triagem.store.database import Database
from triagem.text.synonyms import Alternative, Asked, read_desk_synonyms
from triagem.types import Article, Language

ROWS = [
    {"danfe": 1.0, "via": 1.0},
    {"nota": 1.0, "fiscal": 1.0},
    {"nota": 1.0, "via": 1.0},
    {"danfe": 1.0, "nota": 1.0},
]
INDEX = LexicalIndex.build(ROWS)
DANFE = Asked(("danfe",), (Alternative(("danfe",), (("nota", "fiscal"),)),))


def test_every_way_to_say_it_reaches_the_same_share() -> None:
    found = scores(INDEX, DANFE) / INDEX.weight_of(("danfe",))
    assert found[0] == pytest.approx(found[1])  # two words each, so both are as long
    assert 0 < found[2] < found[1]  # half of the words are a part of it


def test_who_says_it_in_both_ways_gains_nothing() -> None:
    assert scores(INDEX, DANFE)[3] == pytest.approx(INDEX.scores(("danfe",))[3])


def test_a_word_that_no_row_has_counts_as_its_synonym_does() -> None:
    unknown = Asked(("nfe",), (Alternative(("nfe",), (("danfe",),)),))
    assert scores(INDEX, unknown)[0] / INDEX.weight_of(("nfe",)) == pytest.approx(
        INDEX.scores(("danfe",))[0] / INDEX.weight_of(("danfe",))
    )


def test_neighbouring_rows_are_scored_alike() -> None:
    assert scores_between(INDEX, DANFE, start=1, stop=3).tolist() == pytest.approx(scores(INDEX, DANFE)[1:3].tolist())


def test_a_desks_own_word_finds_the_article_and_its_passage_without_a_new_index(
    ingest: Ingest, database: Database, encoder: HashingEncoder, tmp_path: Path
) -> None:
    body = "## Prazo\n\nSete dias.\n\n## Pedido\n\nAbra a guia amarela."
    ingest.put_articles([Incoming(Article("guia", "Guia amarela", body, language=Language.PT))])
    query = Query("zarpadinho", prefers=Language.PT)
    before = Searcher(database, encoder).search("main", query).hits
    path = tmp_path / "own.txt"
    path.write_text("zarpadinho = guia amarela\n", encoding="utf-8")
    after = Searcher(database, encoder, synonyms=read_desk_synonyms(path)).search("main", query).hits
    found = {hit.id: hit for hit in after}["guia"]
    assert after[0].id == "guia"
    assert found.relevance > {hit.id: hit.relevance for hit in before}.get("guia", 0.0)
    assert found.passage == "Abra a guia amarela."
