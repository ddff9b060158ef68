"""Going back under load, over real HTTP: nobody's request fails, and within a second everybody gets the old answers."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn

from service.app import create_app
from tests.library.triage.handmade import handmade, publish
from tests.web.conftest import Site
from triagem.store.database import Database

CLIENTS = 4
WITHIN_S = 60.0
BODY = json.dumps({"subject": "the invoice is wrong"})


@dataclass
class Asking:
    """Clients that ask without a pause; of each answer when it was asked for, its status and its value."""

    port: int
    stop: threading.Event = field(default_factory=threading.Event)
    answers: list[tuple[float, int, str]] = field(default_factory=list)

    def wait_for(self, more: int) -> None:
        """Until so many more were answered."""
        wanted, give_up = len(self.answers) + more, time.monotonic() + WITHIN_S
        while len(self.answers) < wanted and time.monotonic() < give_up:
            time.sleep(0.01)

    def ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop.is_set():
            asked_at = time.monotonic()
            status, answer = call(connection, "/v1/triage", BODY)
            self.answers.append((asked_at, status, answer["fields"]["category"]["value"] if status == 200 else ""))
        connection.close()


def call(connection: http.client.HTTPConnection, path: str, body: str) -> tuple[int, Any]:
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@pytest.fixture
def port(open_site: Site) -> Iterator[int]:
    """A service where v2 answers, and v1 did before."""
    database = Database(open_site.data_dir)
    publish(database, "v1", handmade())
    publish(database, "v2", handmade(("faturamento", "rede")))
    database.close()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(open_site.settings), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield int(listening.getsockname()[1])
        server.should_exit = True
        thread.join()


def test_a_rollback_under_load_fails_no_request_and_is_everywhere_within_a_second(port: int) -> None:
    asking = Asking(port)
    clients = [threading.Thread(target=asking.ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    asking.wait_for(20)
    rolled_back_at = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        status, _ = call(connection, "/v1/models:rollback", "{}")
    asking.wait_for(20)
    asking.stop.set()
    for client in clients:
        client.join()
    assert status == 200
    assert {answered for _, answered, _ in asking.answers} == {200}
    assert {value for asked_at, _, value in asking.answers if asked_at < rolled_back_at - 1.0} <= {"faturamento"}
    assert {value for asked_at, _, value in asking.answers if asked_at > rolled_back_at + 1.0} <= {"billing"}
    assert len(asking.answers) >= 40
    assert asking.answers[-1][2] == "billing"
