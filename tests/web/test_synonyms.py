"""A desk's own words, from the file to the answer."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from service.app import create_app
from service.commands import COMMANDS
from tests.web.conftest import LOOPBACK, Site
from triagem.errors import InvalidInput
from triagem.settings import Settings


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
