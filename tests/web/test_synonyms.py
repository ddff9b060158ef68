"""A desk's own words, from the file to the answer."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from service.app import create_app
from service.commands import COMMANDS
from tests.web.conftest import LOOPBACK, Site
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import InvalidInput
from triagem.search.ingest import Incoming, Ingest
from triagem.settings import Settings
from triagem.store import keys
from triagem.store.database import Database
from triagem.store.keys import Scope
from triagem.types import Article, Language

# What the customers of either desk mean by it; both desks have both articles.
QUESTION = "Meu zarpadinho não chegou"
MEANT = {"broadband": "modem", "parcels": "encomenda"}
ARTICLES = [
    Article("modem", "O modem não chegou", "Meça o sinal do modem.", language=Language.PT),
    Article("encomenda", "A encomenda não chegou", "Veja onde a encomenda parou.", language=Language.PT),
]


def with_words(site: Site, folder: Path, text: str) -> Settings:
    path = folder / "words.txt"
    path.write_text(text, encoding="utf-8")
    return site.settings.model_copy(update={"synonyms": path})


def test_what_customers_call_a_thing_finds_it_without_a_new_index(open_site: Site, tmp_path: Path) -> None:
    settings = with_words(open_site, tmp_path, "zarpadinho = roteador\nflanco vagaroso = wi-fi lento\n")
    question = {"subject": "Wi-Fi lento", "description": "Mude o canal do zarpadinho e meça de novo."}
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        hits = client.get("/v1/search", params={"q": "flanco vagaroso"}).json()["hits"]
        shown = client.post("/v1/suggest", json=question).json()["articles"]
    assert hits[0]["id"] == "pt/wifi"
    marked = [shown[0]["passage"][start:end] for start, end in shown[0]["highlights"]]
    assert "roteador" in " ".join(marked)


def test_a_service_does_not_start_with_a_line_that_cannot_be_meant(open_site: Site, tmp_path: Path) -> None:
    settings = with_words(open_site, tmp_path, "# ours\n\nzarpadinho roteador\n")
    with (
        pytest.raises(InvalidInput, match=r"words\.txt, line 3: write one line as: word = another word"),
        TestClient(create_app(settings), base_url=LOOPBACK),
    ):
        pass


def test_the_doctor_finds_the_line(open_site: Site, tmp_path: Path) -> None:
    settings = with_words(open_site, tmp_path, "zarpadinho =\n")
    examined = CliRunner().invoke(COMMANDS["doctor"], ["--json"], obj=settings)
    [found] = [one for one in json.loads(examined.stdout) if one["part"] == "synonyms"]
    assert (examined.exit_code, found["ok"]) == (1, False)
    assert "words.txt, line 1" in found["found"]


@pytest.fixture
def two_desks(tmp_path: Path) -> tuple[Settings, dict[str, str]]:
    """Settings with a folder of words for two desks, and the key of each desk."""
    (tmp_path / "words").mkdir()
    database, tokens = Database(tmp_path / "data"), {}
    for desk, meant in MEANT.items():
        (tmp_path / "words" / f"{desk}.txt").write_text(f"zarpadinho = {meant}\n", encoding="utf-8")
        Ingest(database, HashingEncoder(), desk=desk).put_articles([Incoming(article) for article in ARTICLES])
        with database.write() as connection:
            tokens[desk] = keys.create(connection, desk, name=desk, scopes=[Scope.ADMIN], origins=[], actor="a test")[1]
    database.close()
    return Settings(data_dir=tmp_path / "data", encoder="hashing", synonyms=tmp_path / "words"), tokens


@pytest.mark.parametrize("desk", MEANT)
def test_the_service_finds_and_marks_what_a_desk_means_by_a_word(
    two_desks: tuple[Settings, dict[str, str]], desk: str
) -> None:
    settings, tokens = two_desks
    auth = {"Authorization": f"Bearer {tokens[desk]}"}
    asked = {"subject": "", "description": QUESTION}
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        [searched, *_] = client.get("/v1/search", params={"q": QUESTION}, headers=auth).json()["hits"]
        [suggested, *_] = client.post("/v1/suggest", json=asked, headers=auth).json()["articles"]
        [triaged, *_] = client.post("/v1/triage", json=asked, headers=auth).json()["articles"]
    assert (searched["id"], suggested["article_id"], triaged["article_id"]) == (MEANT[desk],) * 3
    for found in (searched, suggested, triaged):
        assert [found["passage"][start:end] for start, end in found["highlights"]] == [MEANT[desk]]


@pytest.mark.parametrize("command", ["suggest", "triage"])
@pytest.mark.parametrize("desk", MEANT)
def test_so_does_the_command_line(two_desks: tuple[Settings, dict[str, str]], desk: str, command: str) -> None:
    settings = two_desks[0].model_copy(update={"desk": desk})
    answer = json.loads(CliRunner().invoke(COMMANDS[command], [QUESTION, "--json"], obj=settings).stdout)
    assert answer["articles"][0]["article_id"] == MEANT[desk]


def test_the_doctor_counts_the_words_of_each_desk_and_names_a_file_that_belongs_to_none(
    two_desks: tuple[Settings, dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "words" / "parcel.txt").write_text("box = encomenda\n", encoding="utf-8")
    examined = CliRunner().invoke(COMMANDS["doctor"], ["--json"], obj=two_desks[0])
    found = {one["part"]: one for one in json.loads(examined.stdout) if one["part"].startswith("synonyms")}
    counts = {part: int(one["found"].split()[0]) for part, one in found.items() if one["ok"]}
    more = counts["synonyms"] + 2
    assert counts == {"synonyms": more - 2, "synonyms of broadband": more, "synonyms of parcels": more}
    unknown = found["synonyms of parcel"]
    assert (examined.exit_code, unknown["found"]) == (1, "No desk asks for the words of parcel.txt.")
    assert unknown["do"] == "Name the file after one of the desks: broadband, parcels"
