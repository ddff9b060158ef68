"""Keys that pages carry are used so fast and no faster, by one address and by all together."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.pace import ADDRESSES_PER_KEY, Act, Buckets, Pace
from tests.web.conftest import FORM_ORIGIN, LOOPBACK, Site
from triagem.settings import Settings
from triagem.store import keys
from triagem.store.database import Database
from triagem.store.keys import Scope

ASKED = {"description": "o wifi caiu"}


@pytest.fixture
def slow(site: Site) -> Iterator[TestClient]:
    """A service that lets one address ask three times a minute, and send twice."""
    settings = site.settings.model_copy(update={"form_asks_per_minute": 3, "form_sends_per_minute": 2})
    with TestClient(create_app(settings), base_url=LOOPBACK, client=("192.0.2.1", 50000)) as client:
        yield client


def test_a_page_that_asks_too_often_is_told_when_to_come_back(slow: TestClient, site: Site) -> None:
    asked = [slow.post("/v1/suggest", json=ASKED, headers=site.auth("form")) for _ in range(4)]
    assert [one.status_code for one in asked] == [200, 200, 200, 429]
    refused = asked[-1]
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["access-control-allow-origin"] == FORM_ORIGIN
    assert "retry-after" in refused.headers["access-control-expose-headers"]


def test_sending_has_a_limit_of_its_own(slow: TestClient, site: Site) -> None:
    sent = [slow.post("/v1/requests", json=ASKED, headers=site.auth("form")).status_code for _ in range(3)]
    assert sent == [201, 201, 429]
    assert slow.post("/v1/suggest", json=ASKED, headers=site.auth("form")).status_code == 200


def test_reading_an_article_and_reporting_count_as_asking(slow: TestClient, site: Site) -> None:
    headers = site.auth("form")
    suggestion_id = slow.post("/v1/suggest", json=ASKED, headers=headers).json()["suggestion_id"]
    assert slow.get("/v1/suggest/articles/pt/entrar", headers=headers).status_code == 200
    shown = {"suggestion_id": suggestion_id, "event": "shown"}
    reported = [slow.post("/v1/feedback", json=shown, headers=headers).status_code for _ in range(2)]
    assert reported == [201, 429]
    assert slow.get("/v1/suggest/articles/pt/entrar", headers=headers).status_code == 429


def test_a_key_that_a_server_keeps_is_not_slowed(slow: TestClient, site: Site) -> None:
    database = Database(site.data_dir)
    with database.write() as connection:
        _, token = keys.create(connection, "main", name="server", scopes=[Scope.SUGGEST], actor="a test")
    database.close()
    headers = {"Authorization": f"Bearer {token}"}
    assert {slow.post("/v1/suggest", json=ASKED, headers=headers).status_code for _ in range(5)} == {200}


def test_a_wrong_key_takes_nothing_from_the_right_one(slow: TestClient, site: Site) -> None:
    wrong = {"Authorization": "Bearer trg_nothing_at-all", "Origin": FORM_ORIGIN}
    assert {slow.post("/v1/suggest", json=ASKED, headers=wrong).status_code for _ in range(9)} == {401}
    assert slow.post("/v1/suggest", json=ASKED, headers=site.auth("form")).status_code == 200


def test_a_bucket_fills_again_with_time_and_never_above_its_size() -> None:
    now = [0.0]
    bucket = Buckets(2, window_s=60, clock=lambda: now[0])
    bucket.take("a")
    bucket.take("a")
    assert (bucket.wait_s("a"), bucket.wait_s("b")) == (30.0, 0.0)
    now[0] = 30.0
    assert bucket.wait_s("a") == 0.0
    now[0] = 10_000.0
    bucket.take("a")
    bucket.take("a")
    assert bucket.wait_s("a") == 30.0


def test_many_addresses_together_are_bounded_by_their_key() -> None:
    pace = Pace(Settings(form_sends_per_minute=1), clock=lambda: 0.0)
    waits = [pace.wait_s(Act.SEND, key_id="k", address=f"192.0.2.{n}") for n in range(ADDRESSES_PER_KEY + 1)]
    assert waits == [0.0] * ADDRESSES_PER_KEY + [60.0 / ADDRESSES_PER_KEY]
    assert pace.wait_s(Act.SEND, key_id="another", address="198.51.100.1") == 0.0


def test_a_score_of_greedy_addresses_leaves_half_of_what_all_share_to_those_who_ask_little() -> None:
    now = [0.0]
    pace = Pace(Settings(form_asks_per_minute=10), clock=lambda: now[0])

    def asks(address: str) -> bool:
        return pace.wait_s(Act.ASK, key_id="k", address=address) == 0.0

    greedy = [f"192.0.2.{n}" for n in range(ADDRESSES_PER_KEY)]
    answered = sum(asks(address) for _ in range(10) for address in greedy)
    assert 100 <= answered <= 120  # of the 200 that all share; then each has used half of its own
    for second in range(60):
        now[0] = float(second)
        for address in greedy:
            asks(address)
        assert asks(f"198.51.100.{second}")


def test_addresses_of_one_network_of_64_bits_are_one() -> None:
    pace = Pace(Settings(form_sends_per_minute=1), clock=lambda: 0.0)
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "192.0.2.1", "192.0.2.2"]
    waits = [pace.wait_s(Act.SEND, key_id="k", address=address) for address in addresses]
    assert waits == [0.0, 60.0, 0.0, 0.0, 0.0]


def test_an_ipv4_address_is_itself_on_a_socket_of_both_kinds() -> None:
    pace = Pace(Settings(form_sends_per_minute=1), clock=lambda: 0.0)
    addresses = ["::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1"]
    waits = [pace.wait_s(Act.SEND, key_id="k", address=address) for address in addresses]
    assert waits == [0.0, 0.0, 60.0]


def test_zero_is_no_limit() -> None:
    pace = Pace(Settings(form_asks_per_minute=0), clock=lambda: 0.0)
    assert {pace.wait_s(Act.ASK, key_id="k", address="192.0.2.1") for _ in range(5_000)} == {0.0}
