"""The service as a process: it starts, says so, answers over real HTTP and ends when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.web.conftest import Site

WITHIN_S = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(site: Site, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    return _start_at(_free_port(), site, *arguments)


def _start_at(port: int, site: Site, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "triagem", "--data-dir", str(site.data_dir), "serve", "--port", str(port)]
    environment = {**os.environ, "TRIAGEM_ENCODER": "hashing"}
    process = subprocess.Popen([*command, *arguments], env=environment, stderr=subprocess.PIPE, text=True)
    address, give_up = f"http://127.0.0.1:{port}", time.monotonic() + WITHIN_S
    while process.poll() is None and time.monotonic() < give_up:
        try:
            if httpx2.get(f"{address}/readyz", timeout=5).status_code == 200:
                return process, address
        except httpx2.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[1])


def _stop(process: subprocess.Popen[str]) -> list[dict[str, object]]:
    process.send_signal(signal.SIGTERM)
    _, logged = process.communicate(timeout=30)
    return [json.loads(line) for line in logged.splitlines()]


def test_a_service_starts_answers_and_ends(open_site: Site) -> None:
    process, address = _start(open_site)
    answer = httpx2.post(f"{address}/v1/suggest", json={"description": "nao consigo entrar, troquei a senha"})
    lines = _stop(process)
    assert answer.json()["articles"][0]["article_id"] == "pt/entrar"
    assert process.returncode in (0, -signal.SIGTERM)
    assert any("There is no key" in str(line["event"]) for line in lines)
    logged = next(line for line in lines if line["event"] == "request")
    assert (logged["route"], logged["status"], logged["desk"]) == ("/v1/suggest", 200, "main")
    assert "senha" not in json.dumps(lines)


@pytest.mark.slow
def test_two_workers_answer_and_count_together(open_site: Site) -> None:
    process, address = _start(open_site, "--workers", "2")
    for _ in range(20):
        assert httpx2.post(f"{address}/v1/suggest", json={"description": "senha"}).status_code == 200
    numbers = httpx2.get(f"{address}/metrics").text
    _stop(process)
    assert 'triagem_request_seconds_count{method="POST",route="/v1/suggest",status="200"} 20.0' in numbers


@pytest.mark.slow
def test_workers_end_with_a_parent_that_was_killed_and_the_port_serves_again(open_site: Site) -> None:
    port = _free_port()
    killed, _ = _start_at(port, open_site, "--workers", "2")
    workers = _workers_of(killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=30)
    give_up = time.monotonic() + WITHIN_S
    while any(map(_lives, workers)) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not any(map(_lives, workers))
    process, address = _start_at(port, open_site, "--workers", "2")
    assert httpx2.post(f"{address}/v1/suggest", json={"description": "senha"}).status_code == 200
    answering = _workers_of(process)
    _stop(process)
    killed.communicate(timeout=30)
    assert (len(workers), len(answering)) == (2, 2)


def _lives(worker: str) -> bool:
    """Whether a process runs; one that has ended may wait to be noticed by whoever inherited it."""
    try:
        return Path("/proc", worker, "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _workers_of(process: subprocess.Popen[str]) -> list[str]:
    """The ids of the processes that it made to serve; beside them there is one that tracks what they share."""
    made = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    return [one for one in made if b"spawn_main" in Path("/proc", one, "cmdline").read_bytes()]
