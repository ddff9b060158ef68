"""Search as agents and integrations use it."""

from starlette.testclient import TestClient


def test_hits_come_best_first_with_the_fields_of_the_contract(shared: TestClient) -> None:
    answer = shared.get("/v1/search", params={"q": "wifi lento"}).json()
    assert set(answer) == {"hits", "index_generation"}
    first = answer["hits"][0]
    assert (first["id"], first["kind"]) == ("pt/wifi", "article")
    named = {"id", "kind", "title", "language", "passage", "heading", "start", "end", "relevance", "highlights"}
    assert set(first) == named


def test_a_language_leaves_only_what_is_written_in_it(shared: TestClient) -> None:
    hits = shared.get("/v1/search", params={"q": "senha password", "language": "en"}).json()["hits"]
    assert {hit["language"] for hit in hits} == {"en"}


def test_a_language_is_a_tag_of_which_the_first_part_counts_and_an_empty_one_is_none(shared: TestClient) -> None:
    query = {"q": "senha password"}
    for tag, found in {"pt-BR": {"pt"}, "en_US": {"en"}, "": {"pt", "en"}, "fr": set()}.items():
        hits = shared.get("/v1/search", params={**query, "language": tag}).json()["hits"]
        assert {hit["language"] for hit in hits} == found


def test_tickets_are_found_solved_or_not(shared: TestClient) -> None:
    hits = shared.get("/v1/search", params={"q": "não consigo entrar", "kind": "ticket"}).json()["hits"]
    assert {hit["id"] for hit in hits} == {"T-1", "T-2"}


def test_the_limit_is_kept(shared: TestClient) -> None:
    assert len(shared.get("/v1/search", params={"q": "senha", "limit": 2}).json()["hits"]) == 2
