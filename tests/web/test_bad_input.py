"""Whatever is sent, the answer is a problem with a 4xx status that repeats nothing of it."""

import json

import pytest
from starlette.testclient import TestClient

CANARY = "canary-7f3a"
ROUTES = ["/v1/suggest", "/v1/triage", "/v1/feedback"]
WITHOUT_NEED_OF_A_BODY = ["/v1/models:train", "/v1/models/v1:promote"]
NO_BODY = ("nothing", "null")

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "NaN for a text": b'{"description": NaN, "subject": NaN}',
    "NaN for a number": b'{"description": "canary-7f3a", "limit": NaN, "seed": NaN}',
    "Infinity": b'{"description": "canary-7f3a", "limit": Infinity, "seed": -Infinity}',
    "2^63": b'{"description": "canary-7f3a", "limit": 9223372036854775808, "seed": 9223372036854775808}',
    "a number of 10,000 digits": b'{"description": "canary-7f3a", "limit": ' + b"9" * 10_000 + b"}",
    "a lone surrogate": rb'{"description": "canary-7f3a \ud800", "subject": "\udfff"}',
    "NUL": rb'{"description": "canary-7f3a \u0000", "subject": "\u0000"}',
    "a text of one megabyte": b'{"description": "' + b"x" * 1_000_000 + b'"}',
    "a text of 20,001 characters": b'{"description": "' + b"x" * 20_001 + b'"}',
    "deep JSON": b"[" * 15_000 + b"]" * 15_000,
    "deep JSON in a field": b'{"description": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_000 + b"}",
    "a list": b'["canary-7f3a"]',
    "a text": b'"canary-7f3a"',
    "null": b"null",
    "numbers for texts": b'{"description": 7, "subject": 1.5, "suggestion_id": 3, "event": 2, "seed": "1", "why": 1}',
    "booleans for texts": b'{"description": true, "subject": false, "seed": true, "force": "yes"}',
    "lists for texts": b'{"description": ["canary-7f3a"], "fields": "canary-7f3a", "force": ["canary-7f3a"]}',
    "an unknown field": b'{"description": "senha", "canary-7f3a": "canary-7f3a"}',
    "an unknown field with a surrogate": rb'{"description": "senha", "\ud800": 1}',
    "an unknown choice": b'{"suggestion_id": "a", "event": "canary-7f3a", "fields": ["canary-7f3a"]}',
    "a value for no field": b'{"triage_id": "a", "event": "corrected", "values": {"canary-7f3a": "x"}}',
    "a wrong value for no field": b'{"triage_id": "a", "event": "corrected", "values": {"canary-7f3a": 7, "[key]": 7}}',
    "broken UTF-8": b'{"description": "canary-7f3a \xff\xfe"}',
    "broken JSON": b'{"description": "canary-7f3a"',
    "UTF-16": '{"description": "canary-7f3a"'.encode("utf-16"),
    "an empty text": b'{"description": "", "subject": ""}',
    "a text of nothing visible": b'{"description": " \\u200b\\u00ad\\t\\n "}',
    "a language that is none": b'{"description": "senha", "language": "canary-7f3a!"}',
    "a date that is none": b'{"subject": "senha", "created_at": "canary-7f3a"}',
    "a date that is a number": b'{"subject": "senha", "created_at": 1e400}',
    "a date that a zone may move outside": b'{"subject": "senha", "created_at": "9999-12-31T23:59:59"}',
    "a date outside the calendar": b'{"subject": "senha", "created_at": "9999-12-31T23:59:59-14:00"}',
}


def _assert_is_a_problem(status: int, media_type: str, text: str) -> None:
    assert 400 <= status < 500, (status, text)
    assert media_type == "application/problem+json"
    problem = json.loads(text)
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert problem["status"] == status
    assert "canary" not in text


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_a_problem_that_repeats_nothing(shared: TestClient, name: str) -> None:
    for route in ROUTES if name in NO_BODY else ROUTES + WITHOUT_NEED_OF_A_BODY:
        answer = shared.post(route, content=BODIES[name], headers={"Content-Type": "application/json"})
        _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_record_is_a_problem_that_repeats_nothing(shared: TestClient, name: str) -> None:
    for route in (f"/v1/articles/{CANARY}", f"/v1/tickets/{CANARY}"):
        answer = shared.put(route, content=BODIES[name], headers={"Content-Type": "application/json"})
        _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%00",
        "q=a&limit=51",
        "q=a&limit=0",
        "q=a&limit=9223372036854775808",
        "q=a&limit=NaN",
        "q=a&limit=canary-7f3a",
        "q=a&kind=canary-7f3a",
        "q=a&language=canary-7f3a",
        "q=" + "x" * 20_001,
    ],
)
def test_a_bad_query_is_a_problem_that_repeats_nothing(shared: TestClient, query: str) -> None:
    answer = shared.get(f"/v1/search?{query}")
    _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/articles/canary-7f3a",
        "/v1/articles/%00canary-7f3a",
        "/v1/articles/%ED%A0%80canary-7f3a",
        "/v1/articles/" + "canary-7f3a" * 100,
        "/v1/articles/",
        "/v1/tickets/canary-7f3a",
        "/v1/models/canary-7f3a",
        "/v1/runs/canary-7f3a",
        "/v1/canary-7f3a",
        "/canary-7f3a",
    ],
)
def test_a_bad_path_is_a_problem_that_repeats_nothing(shared: TestClient, path: str) -> None:
    answer = shared.get(path)
    _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)


@pytest.mark.parametrize("address", ["/v1/articles/canary%ED%A0%80", "/v1/tickets/canary%C3", "/canary%ff"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_path_that_is_not_utf8_is_refused_before_anything_is_stored(
    shared: TestClient, method: str, address: str
) -> None:
    body = {"title": "A", "text": "B"} if "articles" in address else {"created_at": "2026-01-05", "subject": "A"}
    answer = shared.request(method, address, json=body)
    assert answer.status_code == 422
    assert "not UTF-8" in answer.json()["detail"]
    _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)


def test_a_query_that_is_not_utf8_is_refused(shared: TestClient) -> None:
    answer = shared.get("/v1/search?q=canary%ff")
    assert "not UTF-8" in answer.json()["detail"]
    _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)


def test_a_method_that_a_route_does_not_know_is_named_by_the_allow_header(shared: TestClient) -> None:
    answer = shared.patch("/v1/suggest")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_query_of_nothing_visible_is_refused(shared: TestClient) -> None:
    assert shared.get("/v1/search", params={"q": "\u200b \n"}).status_code == 422


def test_a_validation_problem_names_the_field_and_the_rule(shared: TestClient) -> None:
    problem = shared.post("/v1/suggest", json={"description": "senha", "limit": 9}).json()
    assert problem["errors"] == [
        {
            "field": "body.limit",
            "rule": "less_than_equal",
            "message": "Input should be less than or equal to 5",
        }
    ]


def test_an_address_with_a_slash_too_many_is_unknown_and_leads_nowhere(shared: TestClient) -> None:
    answer = shared.post("/v1/suggest/", json={"description": "senha"}, follow_redirects=False)
    assert "location" not in answer.headers
    _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)
    assert answer.status_code == 404


def test_a_validation_problem_names_no_key_of_the_callers_own(shared: TestClient) -> None:
    sent = {"triage_id": "a", "event": "corrected", "values": {CANARY: "x", "team": 7}}
    problems = shared.post("/v1/feedback", json=sent).json()["errors"]
    assert [(one["field"], one["rule"]) for one in problems] == [
        ("body.values", "enum"),
        ("body.values.team", "string_type"),
    ]


def test_another_media_type_than_json_is_refused(shared: TestClient) -> None:
    answer = shared.post(
        "/v1/suggest", content=b'{"description": "canary-7f3a"}', headers={"Content-Type": "text/plain"}
    )
    _assert_is_a_problem(answer.status_code, answer.headers["content-type"], answer.text)
