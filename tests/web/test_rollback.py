"""Going back under load, over real HTTP: nobody's request fails, and within a second everybody gets the old answers."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
import uvicorn

from service.app import create_app
from tests.library.triage.handmade import handmade, publish
from tests.waiting import eventually
from tests.web.conftest import Site
from triagem.store.database import Database

CLIENTS = 4
CATEGORIES = ("billing", "faturamento", "invoices", "cobrança")
BODY = json.dumps({"subject": "the invoice is wrong"})


@dataclass
class Asking:
    """Clients that ask without a pause; of each answer when it was asked for, its status and its value."""

    port: int
    stop: threading.Event = field(default_factory=threading.Event)
    answers: list[tuple[float, int, str | None]] = field(default_factory=list)

    def wait_for(self, more: int) -> None:
        """Until so many more were answered."""
        wanted = len(self.answers) + more
        eventually(lambda: len(self.answers) >= wanted)

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
    """A service that has answered one of `CATEGORIES` after the other, and the last one now."""
    database = Database(open_site.data_dir)
    for number, category in enumerate(CATEGORIES, 1):
        publish(database, f"v{number}", handmade((category, "network")))
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


def test_a_rollback_under_load_to_the_last_model_and_to_none_fails_no_request_and_takes_less_than_a_second(
    port: int,
) -> None:
    asking = Asking(port)
    clients = [threading.Thread(target=asking.ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    taken = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for then, before in pairwise((*reversed(CATEGORIES), None)):
            asking.wait_for(20)
            assert asking.answers[-1][2] == then
            first, started = len(asking.answers), time.monotonic()
            status, _ = call(connection, "/v1/models:rollback", "{}")
            asking.wait_for(40)
            assert status == 200
            values = [(asked_at, value) for asked_at, _, value in asking.answers[first:]]
            assert values[-1][1] == before
            taken.append(max((asked_at for asked_at, value in values if value == then), default=started) - started)
    asking.stop.set()
    for client in clients:
        client.join()
    assert {answered for _, answered, _ in asking.answers} == {200}
    assert max(taken) < 1, taken
