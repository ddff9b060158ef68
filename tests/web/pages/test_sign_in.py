"""In by a key, out again, and what nobody gets in by."""

import re

import pytest
from starlette.testclient import TestClient

from service.pages.attempts import FROM_ONE_ADDRESS, WINDOW_S, Attempts
from tests.web.conftest import LOOPBACK, Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import keys, sessions
from triagem.store.database import Database


def test_a_key_is_exchanged_for_a_session_that_scripts_and_other_sites_cannot_use(
    keyed: TestClient, site: Site
) -> None:
    reader = Reader(keyed)
    answer = reader.sign_in(site.tokens["agent"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/agent")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("triagem_session="))
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"} <= {part.strip() for part in cookie.split(";")}
    assert site.tokens["agent"] not in cookie
    assert reader.get("/agent").status_code == 200


def test_over_https_the_session_never_leaves_it(keyed: TestClient, site: Site) -> None:
    keyed.base_url = "https://127.0.0.1"  # type: ignore[assignment]
    answer = Reader(keyed).send(
        "/sign-in", {"key": site.tokens["agent"], "next": ""}, of="/sign-in", origin="https://127.0.0.1"
    )
    assert answer.status_code == 303
    assert all("Secure" in value for value in answer.headers.get_list("set-cookie") if "session" in value)


def test_the_tours_example_for_programs_carries_a_key_where_there_are_keys(
    keyed: TestClient, client: TestClient
) -> None:
    needs_one, needs_none = (re.findall(r"<pre>(curl .*)</pre>", one.get("/").text)[0] for one in (keyed, client))
    assert "/v1/suggest -H 'Authorization: Bearer trg_…' -H 'Content-Type: application/json' -d" in needs_one
    assert "/v1/suggest -H 'Content-Type: application/json' -d" in needs_none


def test_without_a_session_every_page_leads_to_the_sign_in_and_back(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    answer = keyed.get("/agent?need=undecided", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/agent%3Fneed%3Dundecided")
    back = reader.send("/sign-in", {"key": site.tokens["agent"], "next": "/agent?need=undecided"}, of="/sign-in")
    assert back.headers["location"] == "/agent?need=undecided"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/agent", "/agentx", "/\\evil.example", "javascript:1", "/v1/runs"],
)
def test_nobody_is_led_to_another_place_after_signing_in(keyed: TestClient, site: Site, elsewhere: str) -> None:
    answer = Reader(keyed).send("/sign-in", {"key": site.tokens["admin"], "next": elsewhere}, of="/sign-in")
    assert answer.headers["location"] == "/admin"


def test_signing_out_ends_the_session_itself(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    reader.sign_in(site.tokens["admin"])
    token = keyed.cookies["triagem_session"]
    assert reader.send("/sign-out", {}, of="/admin").headers["location"] == "/sign-in"
    keyed.cookies.set("triagem_session", token, domain="127.0.0.1")
    assert keyed.get("/admin", follow_redirects=False).status_code == 303


def test_a_revoked_key_ends_its_sessions(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    reader.sign_in(site.tokens["agent"])
    database = Database(site.data_dir)
    with database.write() as connection:
        key = next(key for key in keys.each(connection, "main") if key.name == "agent")
        keys.revoke(connection, "main", key.id, actor="a test")
    database.close()
    assert keyed.get("/agent", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("role", "words"), [("form", "não dá acesso a estas páginas"), ("writer", "não dá acesso a estas páginas")]
)
def test_a_key_for_something_else_opens_no_page(keyed: TestClient, site: Site, role: str, words: str) -> None:
    answer = Reader(keyed).sign_in(site.tokens[role])
    assert answer.status_code == 403
    assert words in text_of(answer)


def test_an_agent_does_not_see_the_console_and_an_admin_sees_both(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    reader.sign_in(site.tokens["agent"])
    refused = reader.get("/admin/keys")
    assert refused.status_code == 403
    assert "Sua chave não dá acesso a esta página" in text_of(refused)
    assert 'href="/admin"' not in reader.get("/agent").text
    reader.send("/sign-out", {}, of="/agent")
    reader.sign_in(site.tokens["admin"])
    assert reader.get("/admin/keys").status_code == reader.get("/agent").status_code == 200


def test_a_session_sees_only_its_own_desk(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    reader.sign_in(site.tokens["other"])
    assert reader.get("/agent/tickets/T-1").status_code == 404
    assert "Wi-Fi lento" not in reader.get("/admin/knowledge").text
    assert "Entrar no outro sistema" in reader.get("/admin/knowledge").text


def test_wrong_keys_are_tried_ten_times_and_then_no_key_opens(keyed: TestClient, site: Site) -> None:
    reader = Reader(keyed)
    for _ in range(FROM_ONE_ADDRESS):
        assert reader.sign_in("trg_nothing_at-all").status_code == 403
    blocked = reader.sign_in(site.tokens["agent"])
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["retry-after"]) <= WINDOW_S


def test_attempts_are_counted_by_address_and_forgiven_over_five_minutes() -> None:
    now = [1000.0]
    attempts = Attempts(clock=lambda: now[0])
    for _ in range(FROM_ONE_ADDRESS):
        attempts.failed("192.0.2.1")
    assert attempts.wait_s("192.0.2.1") == pytest.approx(WINDOW_S / FROM_ONE_ADDRESS)
    assert attempts.wait_s("192.0.2.2") == 0.0
    now[0] += WINDOW_S
    assert attempts.wait_s("192.0.2.1") == 0.0


def test_one_network_is_one_address_and_strangers_keep_nobody_else_out() -> None:
    attempts = Attempts(clock=lambda: 1000.0)
    for number in range(1_000):
        attempts.failed(f"2001:db8::{number:x}")
        attempts.failed(f"198.51.100.{number % 250}")
    assert attempts.wait_s("2001:db8::ffff") > 0
    assert attempts.wait_s("192.0.2.9") == 0.0


def test_the_session_is_kept_as_a_digest(keyed: TestClient, site: Site) -> None:
    Reader(keyed).sign_in(site.tokens["agent"])
    token = keyed.cookies["triagem_session"]
    files = [path.read_bytes() for path in site.data_dir.rglob("*") if path.is_file()]
    assert not any(token.encode() in content for content in files)
    with Database(site.data_dir).read() as connection:
        assert sessions.find(connection, token) is not None


def test_without_any_key_this_machine_is_let_in_and_others_are_told(client: TestClient) -> None:
    assert Reader(client).get("/admin").status_code == 200
    stranger = client.get("/admin", headers={"X-Forwarded-For": "192.0.2.7"})
    assert stranger.status_code == 403
    assert "só este computador é atendido" in text_of(stranger)


def test_a_link_on_another_site_keeps_the_session(keyed: TestClient, site: Site) -> None:
    Reader(keyed).sign_in(site.tokens["agent"])
    kept = keyed.cookies["triagem_session"]
    keyed.cookies.clear()  # what a browser does with strict cookies when another site's link is followed
    answer = keyed.get("/agent/tickets/T-1", headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert "set-cookie" not in answer.headers
    keyed.cookies.set("triagem_session", kept, domain="127.0.0.1")
    assert keyed.get("/agent/tickets/T-1", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_the_api_does_not_take_a_session_for_a_key(keyed: TestClient, site: Site) -> None:
    Reader(keyed).sign_in(site.tokens["admin"])
    assert keyed.get("/v1/models").status_code == 401
    assert keyed.get("/v1/models", headers=site.auth("admin")).status_code == 200


def test_pages_may_load_nothing_but_our_own_files(client: TestClient) -> None:
    headers = client.get("/agent").headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store")
    assert headers["referrer-policy"] == "same-origin"
    static = client.get("/static/triagem.css")
    assert static.headers["content-type"].startswith("text/css")
    assert "immutable" in static.headers["cache-control"]
    assert client.get("/static/..%2fdocs.html").status_code == 404


def test_the_language_is_the_browsers_until_it_is_switched(client: TestClient) -> None:
    assert "Fila" in text_of(Reader(client).get("/agent"))
    english = Reader(client, locale="fr,en-GB;q=0.8,pt;q=0.5")
    assert "Queue" in text_of(english.get("/agent"))
    client.get("/agent?lang=pt-BR")
    assert "Fila" in text_of(english.get("/agent"))
    client.cookies.clear()
    assert "Fila" in text_of(Reader(client, locale="fr").get("/agent"))


def test_loopback_is_what_the_form_says_it_comes_from(client: TestClient) -> None:
    assert Reader(client).send("/admin/reindex", {}, of="/admin/imports", origin=LOOPBACK).status_code == 303
