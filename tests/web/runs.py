"""Waiting for long work over HTTP."""

import time
from typing import Any

from starlette.testclient import TestClient

WITHIN_S = 120.0


def wait(client: TestClient, location: str) -> dict[str, Any]:
    """The run once it has ended."""
    give_up = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up:
        run: dict[str, Any] = client.get(location).json()
        if run["finished_at"]:
            return run
        time.sleep(0.1)
    raise AssertionError(f"still {run['state']} after {WITHIN_S} s")


def train(client: TestClient, *fields: str) -> str:
    """Trains by the service's own runner; the new version."""
    asked = client.post("/v1/models:train", json={"fields": list(fields)} if fields else None)
    run = wait(client, asked.headers["location"])
    assert run["state"] == "done", run
    version: str = run["result"]["version"]
    return version
