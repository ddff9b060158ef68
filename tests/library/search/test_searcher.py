"""What a query finds, what it must not see, and how a change becomes visible."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.library.search.conftest import ARTICLES, MARCH, TICKETS
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import ForeignIndex, NoGeneration
from triagem.search.build import LAYOUT, build_generation, folder_of
from triagem.search.ingest import Incoming, Ingest
from triagem.search.searcher import Answer, Query, Searcher
from triagem.store import generations
from triagem.store.database import Database
from triagem.types import Article, Audience, Kind, Language, Provenance, Ticket

PASSWORD = Query("esqueci minha senha", prefers=Language.PT)
PUBLIC = frozenset({Audience.PUBLIC})


class OtherEncoder(HashingEncoder):
    """The same vectors under another name, as another encoder's would be."""

    @property
    def digest(self) -> str:
        return "other"


def ids(answer: Answer) -> list[str]:
    return [hit.id for hit in answer.hits]


@pytest.fixture(params=["delta only", "generation", "generation and delta"])
def searcher(request: pytest.FixtureRequest, database: Database, ingest: Ingest, encoder: HashingEncoder) -> Searcher:
    """The same desk, answered from memory, from files, or from both."""
    if request.param == "generation and delta":
        ingest.remove_articles(["senha", "boleto"])
        ingest.remove_tickets(["T-1"])
        build_generation(database, encoder, desk="main")
        ingest.put_articles([Incoming(article) for article in ARTICLES])
        ingest.put_tickets(TICKETS)
    elif request.param == "generation":
        build_generation(database, encoder, desk="main")
    return Searcher(database, encoder)


def test_the_article_about_it_comes_first_with_its_passage(searcher: Searcher) -> None:
    best, second = searcher.search("main", PASSWORD).hits[:2]
    assert (best.id, best.title, best.language) == ("senha", "Redefinir a senha", Language.PT)
    assert best.passage == "Toque em Esqueci a senha e siga o e-mail."
    assert 1 > best.relevance > second.relevance > 0


def near_words(searcher: Searcher, text: str, *, kind: Kind = Kind.ARTICLE) -> dict[str, float]:
    found = searcher.evidence("main", Query(text, kind=kind))
    return dict(zip(found.ids, found.features.near_words.tolist(), strict=True))


def test_a_word_meets_its_translation_where_an_entry_begins(searcher: Searcher) -> None:
    near = near_words(searcher, "password")
    assert near["reset"] == pytest.approx(1.0)
    assert near["senha"] > 0.3 > near["boleto"]


def test_title_heading_and_first_passage_begin_an_article_and_all_of_it_a_ticket(searcher: Searcher) -> None:
    for said, expected in (("boleto", 1.0), ("site", 1.0), ("pagamentos", 1.0)):
        assert near_words(searcher, said)["boleto"] == pytest.approx(expected)
    assert near_words(searcher, "app")["boleto"] < 1.0  # of the second heading
    assert near_words(searcher, "entrar", kind=Kind.TICKET)["T-1"] == pytest.approx(1.0)


def test_missing_accents_and_capitals_find_the_same(searcher: Searcher) -> None:
    assert ids(searcher.search("main", Query("CAMERA app-4012")))[0] == "erro"


LIGHTS = (
    "Se o roteador pisca em vermelho, desligue da tomada, espere um minuto e veja se a tela diz RT-501 ou outra coisa."
)


@pytest.mark.parametrize("typed", ["RT-501", "rt 501", "rt_501"])
def test_a_code_by_itself_asks_for_what_holds_it(searcher: Searcher, ingest: Ingest, typed: str) -> None:
    ingest.put_articles([Incoming(Article("luz", "Luzes do roteador", LIGHTS, language=Language.PT))])
    best, second = searcher.search("main", Query(typed)).hits[:2]
    assert (best.id, best.relevance) == ("luz", pytest.approx(0.9))
    assert second.relevance < 0.2


def test_what_two_hold_is_less_sure_and_a_code_that_none_holds_is_nothing(searcher: Searcher, ingest: Ingest) -> None:
    both = [Article(one, "Luzes do roteador", f"{one}: {LIGHTS}", language=Language.PT) for one in ("luz", "led")]
    ingest.put_articles([Incoming(article) for article in both])
    first, second, third = searcher.search("main", Query("RT-501")).hits[:3]
    assert {first.id, second.id} == {"luz", "led"}
    assert [first.relevance, second.relevance] == pytest.approx([0.45, 0.45])
    assert third.relevance < 0.2
    assert searcher.search("main", Query("RT-777")).hits[0].relevance < 0.2


def test_a_code_that_many_hold_in_two_languages_is_still_answered(searcher: Searcher, ingest: Ingest) -> None:
    languages = [Language.PT] * 6 + [Language.EN] * 6
    many = [Article(f"luz-{at}", "Luzes do roteador", LIGHTS, language=one) for at, one in enumerate(languages)]
    ingest.put_articles([Incoming(article) for article in many])
    hits = searcher.search("main", Query("RT-501", prefers=Language.PT)).hits
    assert [(hit.language, hit.relevance) for hit in hits[:3]] == [(Language.PT, pytest.approx(0.3))] * 3
    assert hits[4].relevance < 0.3


def test_the_passage_shown_is_the_one_that_answers(searcher: Searcher) -> None:
    best = searcher.search("main", Query("boletos no app", prefers=Language.PT)).hits[0]
    assert (best.id, best.heading, best.passage) == ("boleto", "No app", "Toque em Boletos.")


def test_what_to_do_is_shown_rather_than_the_problem_told_again_or_a_list_of_links(
    database: Database, ingest: Ingest, encoder: HashingEncoder
) -> None:
    body = (
        "A senha nova não entra: ouvimos muito isso.\n\n"
        "## O que fazer\n\n1. Para entrar, digite a senha à mão depois de trocar.\n\n"
        "## Não troquei a senha\n\nLigue para nós.\n\n"
        "## Veja também\n\n- Não consigo entrar depois de trocar a senha"
    )
    ingest.put_articles([Incoming(Article("trocada", "Não consigo entrar depois de trocar a senha", body))])
    searcher = Searcher(database, encoder)

    def heading(asked: str) -> str:
        return searcher.search("main", Query(asked, prefers=Language.PT)).hits[0].heading

    assert heading("não consigo entrar depois de trocar a senha") == "O que fazer"
    assert heading("recebi o aviso mas não troquei a senha, ligue") == "Não troquei a senha"


def test_internal_articles_are_not_seen_by_the_public(searcher: Searcher) -> None:
    everyone = ids(searcher.search("main", replace(PASSWORD, audiences=PUBLIC)))
    assert "fraude" not in everyone
    assert "fraude" in ids(searcher.search("main", PASSWORD))


def test_a_language_filter_leaves_only_that_language(searcher: Searcher) -> None:
    assert set(ids(searcher.search("main", replace(PASSWORD, language=Language.EN)))) == {"reset"}


def test_only_solved_tickets_are_shown_as_answers(searcher: Searcher) -> None:
    answer = searcher.search("main", replace(PASSWORD, kind=Kind.TICKET, solved_only=True))
    assert ids(answer)[0] == "T-1"
    assert set(ids(answer)) <= {"T-1", "T-4"}
    assert answer.hits[0].resolution == "Redefinida."


def test_a_title_taken_from_the_text_is_no_second_witness(ingest: Ingest, searcher: Searcher) -> None:
    text = "Boleto da mensalidade fica na área do cliente."
    ingest.put_articles(
        [
            Incoming(Article("sem", "", text, language=Language.PT)),
            Incoming(Article("com", text, text, language=Language.PT)),
        ]
    )
    found = {hit.id: hit for hit in searcher.search("main", Query("boleto da mensalidade", prefers=Language.PT)).hits}
    assert found["sem"].title == text
    assert found["com"].relevance > found["sem"].relevance


def test_an_article_in_the_other_language_is_found_where_the_askers_own_has_none(
    ingest: Ingest, searcher: Searcher
) -> None:
    ingest.put_articles([Incoming(Article("vpn", "VPN tunnel zorkmid", "Open zorkmid.", language=Language.EN))])
    query = Query("zorkmid senha", prefers=Language.PT)
    assert ids(searcher.search("main", query))[0] == "vpn"


def test_no_hit_is_likelier_than_the_one_before_it(searcher: Searcher) -> None:
    chances = [hit.relevance for hit in searcher.search("main", Query("senha boleto câmera", prefers=Language.PT)).hits]
    assert chances == sorted(chances, reverse=True)


def test_a_limit_is_kept(searcher: Searcher) -> None:
    assert len(searcher.search("main", replace(PASSWORD, limit=2)).hits) == 2


def test_another_desks_rows_change_nothing(searcher: Searcher, database: Database, encoder: HashingEncoder) -> None:
    queries = [PASSWORD, Query("boleto"), replace(PASSWORD, kind=Kind.TICKET)]
    before = [searcher.search("main", query).hits for query in queries]
    other = Ingest(database, encoder, desk="other")
    other.put_articles([Incoming(replace(article, title="senha senha boleto")) for article in ARTICLES])
    other.put_articles([Incoming(Article(f"n{n}", "Minha senha", "Esqueci minha senha.")) for n in range(40)])
    other.put_tickets([replace(ticket, id=f"O-{ticket.id}") for ticket in TICKETS])
    build_generation(database, encoder, desk="other")
    assert [searcher.search("main", query).hits for query in queries] == before


def test_an_edited_article_is_found_by_its_new_words_only(searcher: Searcher, ingest: Ingest) -> None:
    ingest.put_articles([Incoming(Article("senha", "Trocar o roteador", "Desligue o roteador.", language=Language.PT))])
    assert ids(searcher.search("main", Query("desligar roteador")))[0] == "senha"
    assert searcher.search("main", Query("desligar roteador")).hits[0].title == "Trocar o roteador"


def test_a_removed_article_is_gone_from_the_next_answer(searcher: Searcher, ingest: Ingest) -> None:
    assert ids(searcher.search("main", PASSWORD))[0] == "senha"
    ingest.remove_articles(["senha"])
    assert "senha" not in ids(searcher.search("main", PASSWORD))


def test_a_new_generation_is_followed_without_a_restart(
    searcher: Searcher, database: Database, encoder: HashingEncoder
) -> None:
    before = searcher.search("main", PASSWORD)
    published = build_generation(database, encoder, desk="main")
    after = searcher.search("main", PASSWORD)
    assert after.generation_id == published.id != before.generation_id
    assert ids(after) == ids(before)


def test_an_empty_desk_says_what_to_do(database: Database, encoder: HashingEncoder) -> None:
    with pytest.raises(NoGeneration, match="triagem --desk empty index PATH"):
        Searcher(database, encoder).search("empty", PASSWORD)


def test_an_index_of_another_encoder_is_refused_with_the_command_that_rebuilds_it(
    database: Database, ingest: Ingest, encoder: HashingEncoder
) -> None:
    build_generation(database, encoder, desk="main")
    other = Searcher(database, OtherEncoder())
    with pytest.raises(ForeignIndex, match="triagem --desk main index --rebuild"):
        other.search("main", PASSWORD)
    still_serving = Searcher(database, encoder)
    assert ids(still_serving.search("main", PASSWORD))[0] == "senha"
    build_generation(database, OtherEncoder(), desk="main")
    assert ids(other.search("main", PASSWORD))[0] == "senha"


@pytest.mark.parametrize("name", ["article.faiss", "article.words.weights.npy", "ticket.entries.json", "manifest.json"])
def test_a_flipped_bit_is_found_before_it_is_served_and_the_index_built_anew(
    name: str, database: Database, ingest: Ingest, encoder: HashingEncoder
) -> None:
    generation = build_generation(database, encoder, desk="main")
    expected = Searcher(database, encoder).search("main", PASSWORD).hits
    path = folder_of(database.data_dir, "main") / generation.id / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)

    answer = Searcher(database, encoder).search("main", PASSWORD)

    assert answer.hits == expected
    assert answer.generation_id != generation.id
    assert path.parent.with_name(f"{generation.id}.damaged-0").is_dir()


def test_an_index_laid_out_by_another_version_is_built_anew(
    database: Database, ingest: Ingest, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triagem.search.build.LAYOUT", LAYOUT - 1)
    older = build_generation(database, encoder, desk="main")
    monkeypatch.undo()
    answer = Searcher(database, encoder).search("main", PASSWORD)
    assert ids(answer)[0] == "senha"
    assert answer.generation_id != older.id


def test_a_missing_file_is_found_too(database: Database, ingest: Ingest, encoder: HashingEncoder) -> None:
    generation = build_generation(database, encoder, desk="main")
    (folder_of(database.data_dir, "main") / generation.id / "article.faiss").unlink()
    assert ids(Searcher(database, encoder).search("main", PASSWORD))[0] == "senha"


def test_only_two_generations_are_kept(database: Database, ingest: Ingest, encoder: HashingEncoder) -> None:
    built = [build_generation(database, encoder, desk="main").id for _ in range(4)]
    folder: Path = folder_of(database.data_dir, "main")
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == built[-generations.KEPT :]


def test_the_same_database_gives_the_same_files(database: Database, ingest: Ingest, encoder: HashingEncoder) -> None:
    first, second = (build_generation(database, encoder, desk="main") for _ in range(2))
    assert first.manifest_digest == second.manifest_digest


ODD = "Meu cofrinho sumiu da tela inicial"


def solved_by(article_id: str, ticket_id: str = "T-9", text: str = ODD, **changes: Any) -> Ticket:
    said = Ticket(ticket_id, MARCH, text, language=Language.PT, closed_at=MARCH, article_ids=(article_id,))
    return replace(said, **changes)


def relevance_of(searcher: Searcher, article_id: str, text: str = ODD) -> float:
    return {hit.id: hit.relevance for hit in searcher.search("main", Query(text)).hits}.get(article_id, 0.0)


def test_an_article_is_found_by_the_words_of_tickets_that_it_solved(
    database: Database, ingest: Ingest, encoder: HashingEncoder
) -> None:
    build_generation(database, encoder, desk="main")
    before = relevance_of(Searcher(database, encoder), "boleto")
    ingest.put_tickets([solved_by("boleto")])
    build_generation(database, encoder, desk="main")
    searcher = Searcher(database, encoder)
    best = searcher.search("main", Query(ODD)).hits[0]
    assert best.id == "boleto"
    assert best.relevance > before + 0.2
    assert best.passage in {"Abra Pagamentos.", "Toque em Boletos."}  # never what somebody asked
    ingest.put_articles([Incoming(replace(ARTICLES[2], title="Segunda via"))])  # from the delta
    assert relevance_of(searcher, "boleto") > before + 0.2


@pytest.mark.parametrize(
    "changes",
    [
        {"closed_at": None},
        {"reopened": True},
        {"provenance": Provenance.AUTO_UNREVIEWED},
        {"article_ids": ()},
        {"article_ids": ("gone",)},
    ],
    ids=["open", "reopened", "linked by a machine", "not linked", "linked to what is not there"],
)
def test_a_ticket_that_no_article_solved_teaches_nothing(
    database: Database, ingest: Ingest, encoder: HashingEncoder, changes: dict[str, Any]
) -> None:
    build_generation(database, encoder, desk="main")
    before = relevance_of(Searcher(database, encoder), "boleto")
    ingest.put_tickets([solved_by("boleto", **changes)])
    build_generation(database, encoder, desk="main")
    assert relevance_of(Searcher(database, encoder), "boleto") == pytest.approx(before)


def test_one_wrong_link_among_many_weighs_little(database: Database, ingest: Ingest, encoder: HashingEncoder) -> None:
    wrong = "pagar a fatura do cofrinho"
    ingest.put_tickets([solved_by("boleto", f"T-1{number}", f"pagar a fatura {number}") for number in range(9)])
    ingest.put_tickets([solved_by("boleto", text=wrong)])
    build_generation(database, encoder, desk="main")
    among_many = relevance_of(Searcher(database, encoder), "boleto", "cofrinho")
    ingest.remove_tickets([f"T-1{number}" for number in range(9)])
    build_generation(database, encoder, desk="main")
    assert among_many < relevance_of(Searcher(database, encoder), "boleto", "cofrinho")


def test_what_an_article_was_never_asked_before_does_not_drown_among_what_it_was_asked_often(
    database: Database, ingest: Ingest, encoder: HashingEncoder
) -> None:
    ingest.put_tickets([solved_by("boleto", f"T-1{number}", f"pagar a fatura {number}") for number in range(9)])
    ingest.put_tickets([solved_by("boleto")])
    build_generation(database, encoder, desk="main")
    searcher = Searcher(database, encoder)
    for asked in (ODD, "pagar a fatura 12"):
        assert searcher.search("main", Query(asked)).hits[0].id == "boleto"
        assert relevance_of(searcher, "boleto", asked) > 0.5


def test_an_article_says_more_itself_than_what_it_was_asked_for(
    database: Database, ingest: Ingest, encoder: HashingEncoder
) -> None:
    ingest.put_tickets([solved_by("boleto", text="Redefinir a senha")])
    build_generation(database, encoder, desk="main")
    assert (
        ids(Searcher(database, encoder).search("main", Query("Redefinir a senha", prefers=Language.PT)))[0] == "senha"
    )
