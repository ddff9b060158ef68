"""Streams of JSON lines: the good ones go in, the bad ones are named."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.limits import RECORD_BODY

NDJSON = {"Content-Type": "application/x-ndjson"}


def _line(number: int) -> bytes:
    return json.dumps({"id": f"a{number}", "title": f"Artigo {number}", "text": "Um texto."}).encode() + b"\n"


def test_good_lines_go_in_and_bad_ones_are_reported_by_number(client: TestClient) -> None:
    lines = b"".join(
        [_line(1), b"not json\n", b"\n", b'{"id": "x", "title": "no body"}\n', _line(2), b"[1, 2]\n", b"\xff\xfe\n"]
    )
    answer = client.post("/v1/articles:import", content=lines, headers=NDJSON).json()
    assert (answer["added"], answer["updated"], answer["unchanged"]) == (2, 0, 0)
    assert [error["line"] for error in answer["errors"]] == [2, 4, 6, 7]
    assert answer["errors"][0]["reason"] == "The line is not JSON: Expecting value at column 1."
    assert answer["errors"][3]["reason"] == "The line is not UTF-8; save the file as UTF-8."


def test_the_same_file_twice_changes_nothing(client: TestClient) -> None:
    lines = b"".join(_line(number) for number in range(450))
    assert client.post("/v1/articles:import", content=lines, headers=NDJSON).json()["added"] == 450
    again = client.post("/v1/articles:import", content=lines, headers=NDJSON).json()
    assert (again["added"], again["updated"], again["unchanged"], again["errors"]) == (0, 0, 450, [])


def test_of_an_id_given_twice_the_later_line_wins(client: TestClient) -> None:
    lines = b'{"id": "a", "title": "Antes", "text": "x"}\n{"id": "a", "title": "Depois", "text": "x"}'
    answer = client.post("/v1/articles:import", content=lines, headers=NDJSON).json()
    assert (answer["added"], answer["updated"]) == (1, 1)
    assert client.get("/v1/articles/a").json()["title"] == "Depois"


def test_a_line_that_is_too_long_is_left_out_and_the_next_goes_in(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"id": "big", "title": "x", "text": "'
        for _ in range(3):
            yield b"x" * (RECORD_BODY // 2)
        yield b'"}\n' + _line(7)

    answer = client.post("/v1/articles:import", content=pieces(), headers=NDJSON).json()
    assert answer["added"] == 1
    assert answer["errors"] == [{"line": 1, "reason": f"The line is longer than {RECORD_BODY // 1024} KiB."}]


def test_lines_that_spoil_a_database_are_refused_one_by_one(client: TestClient) -> None:
    spoilt = [
        rb'{"id": "a\u0000", "title": "x", "text": "y"}',
        rb'{"id": "a", "title": "\ud800", "text": "y"}',
        rb'{"id": "a", "title": "x", "text": NaN}',
        b'{"id": "a", "title": "x", "text": ' + b"[" * 100_000 + b"}",
    ]
    answer = client.post("/v1/articles:import", content=b"\n".join([*spoilt, _line(1)]), headers=NDJSON).json()
    assert answer["added"] == 1
    assert [error["line"] for error in answer["errors"]] == [1, 2, 3, 4]


def test_of_many_bad_lines_a_thousand_are_listed_and_the_rest_counted(client: TestClient) -> None:
    answer = client.post("/v1/tickets:import", content=b"no\n" * 1_500, headers=NDJSON).json()
    assert (len(answer["errors"]), answer["errors_omitted"]) == (1_000, 500)


def test_tickets_are_imported(client: TestClient) -> None:
    line = b'{"id": "T-7", "created_at": "2026-01-01T10:00:00", "subject": "Oi"}'
    assert client.post("/v1/tickets:import", content=line, headers=NDJSON).json()["added"] == 1
    assert client.get("/v1/tickets/T-7").json()["created_at"] == "2026-01-01T13:00:00Z"


@pytest.mark.parametrize(
    ("what", "given", "reason"),
    [
        ("tickets", {"category": "x" * 201}, "category is longer than 200 characters."),
        ("tickets", {"requester": "x" * 201}, "requester is longer than 200 characters."),
        ("tickets", {"article_ids": ["x"] * 101}, "article_ids has more than 100 entries."),
        ("tickets", {"article_ids": ["x" * 501]}, "article_ids has an entry longer than 500 characters."),
        ("articles", {"title": "x" * 501}, "title is longer than 500 characters."),
        ("articles", {"category": "x" * 201}, "category is longer than 200 characters."),
        ("articles", {"tags": ["x" * 201]}, "tags has an entry longer than 200 characters."),
    ],
)
def test_what_cannot_be_put_cannot_be_imported(
    client: TestClient, what: str, given: dict[str, object], reason: str
) -> None:
    body = {"tickets": {"created_at": "2026-01-01T10:00:00Z", "subject": "Oi"}, "articles": {"title": "A", "text": "B"}}
    record = {**body[what], **given}
    assert client.put(f"/v1/{what}/a", json=record).status_code == 422
    line = json.dumps({"id": "a", **record}).encode()
    answer = client.post(f"/v1/{what}:import", content=line, headers=NDJSON).json()
    assert answer["errors"] == [{"line": 1, "reason": reason}]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("E-mail", "email"),
        ("e-mail", "email"),
        ("EMAIL", "email"),
        ("Formulário Web", "formulario-web"),
        ("Telefone (0800)", "telefone-0800"),
        ("chat_2-", "chat_2-"),
        ("0800", "channel-0800"),
        ("Formulário de solicitação do portal", "formulario-de-solicitacao-do-por"),
        ("電話", "channel"),
        (" ", "api"),
    ],
)
def test_a_channel_is_imported_under_a_name_with_which_the_ticket_can_be_put_again(
    client: TestClient, given: str, stored: str
) -> None:
    text = "Continua sem sinal.\n\nEm 3 de março, Ana <ana@example.com> escreveu:\n> Reinicie o roteador."
    ticket = {"id": "T-7", "created_at": "2026-01-01T10:00:00Z", "description": text, "channel": given}
    client.post("/v1/tickets:import", content=json.dumps(ticket).encode(), headers=NDJSON)
    found = client.get("/v1/tickets/T-7").json()
    assert (found["channel"], "Reinicie" in found["description"]) == (stored, stored != "email")
    body = {name: value for name, value in found.items() if name != "id"}
    assert client.put("/v1/tickets/T-7", json=body).status_code == 200
    assert client.get("/v1/tickets/T-7").json() == found


def test_another_media_type_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/tickets:import", json=[])
    assert (answer.status_code, answer.json()["title"]) == (415, "Unsupported Media Type")


def test_reasons_never_repeat_what_was_sent(client: TestClient) -> None:
    lines = b'{"id": "canary-7f3a", "title": "canary-7f3a", "canary-7f3a": 1}\n{"id": "canary-7f3a", "text": "x"}\n'
    assert "canary" not in client.post("/v1/articles:import", content=lines, headers=NDJSON).text
