import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.readme import tables, with_tables
from service.app import create_app
from tests.house.checkout import ROOT
from tests.typed import run_as_typed
from triagem.__main__ import _COMMANDS
from triagem.settings import Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
STARTED_WITHIN_S = 30.0


def _block(name: str) -> str:
    """The fenced block below the comment `<!-- name -->`."""
    found = re.search(rf"<!-- {name} -->\n+```\w*\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"README.md has no block marked {name}"
    return found[1]


@contextmanager
def _served(data_dir: Path) -> Iterator[int]:
    """A service on a free port, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "triagem", "--data-dir", str(data_dir), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + STARTED_WITHIN_S
        while not _is_ready(port):
            assert process.poll() is None and time.monotonic() < until, "the service did not start"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.slow
def test_the_demo_prints_what_the_readme_shows(demonstrated: tuple[Path, str]) -> None:
    printed = demonstrated[1]
    worth_comparing = re.compile(r"\$ triagem (train|suggest)|1\. | {10}https:")
    shown = [line for line in _block("output").splitlines() if worth_comparing.match(line)]
    assert shown
    # Relevance may differ in the last digit between processors.
    without_numbers = re.sub(r"\d+ %", "%", printed)
    assert [line for line in shown if re.sub(r"\d+ %", "%", line) not in without_numbers] == []


@pytest.mark.slow
def test_every_command_of_the_readme_works_on_the_sample_desk(demonstrated: tuple[Path, str], tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(demonstrated[0], data_dir)
    commands = [line for line in _block("commands").splitlines() if line and not line.startswith("#")]
    assert len(commands) >= 8
    for command in commands:
        run_as_typed(command.replace("/tmp/triagem-backup", str(tmp_path / "backup")), data_dir=data_dir)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_request_of_the_readme_is_answered(demonstrated: tuple[Path, str]) -> None:
    with _served(demonstrated[0]) as port:
        for command in _block("requests").replace("\\\n", " ").splitlines():
            if command and not command.startswith("#"):
                answered = run_as_typed(command.replace(":8080", f":{port}"), data_dir=demonstrated[0])
                assert "status" not in json.loads(answered), answered


def test_the_readme_lists_every_command_and_no_other() -> None:
    listed = set(re.findall(r"^\| `triagem ([a-z]+)", README, re.MULTILINE))
    assert listed == set(_COMMANDS)


def test_every_command_of_the_table_is_where_it_says() -> None:
    for name, (module, _) in _COMMANDS.items():
        assert name in __import__(module, fromlist=["COMMANDS"]).COMMANDS


def test_the_readme_lists_every_route_and_no_other(tmp_path: Path) -> None:
    document = create_app(Settings(data_dir=tmp_path)).openapi()
    served = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, operations in document["paths"].items()
        for method in operations
    }
    rows = re.findall(r"^\| `((?:GET|PUT|POST|DELETE)[^`]*)`", README, re.MULTILINE)
    listed = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for row in rows
        for methods, path in [row.rsplit(" ", 1)]
        for method in methods.split(" ")
    }
    assert listed - {("GET", "/docs")} == served


def test_the_tables_of_the_readme_are_those_of_the_results() -> None:
    assert with_tables(README, tables()) == README


def test_a_result_becomes_a_table_with_what_it_was_measured_on(tmp_path: Path) -> None:
    record = {
        "machine": {"cpu": "A CPU", "cores": 2},
        "commit": "abc1234",
        "data": "d1g357",
        "time": "2026-01-31T09:30:00+00:00",
        "table": {"title": "Speed", "columns": ["what", "ms"], "rows": [["a|b", 1.5]], "notes": "Warm."},
    }
    (tmp_path / "speed.json").write_text(json.dumps(record))
    (tmp_path / "raw.json").write_text("{}")
    assert tables(tmp_path) == (
        "<details><summary><b>Speed</b></summary>\n\n| what | ms |\n| --- | ---: |\n| a\\|b | 1.5 |\n\n"
        "Warm. _2 cores of A CPU, data d1g357, commit abc1234, 2026-01-31._\n\n</details>"
    )


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="numbers:begin"):
        with_tables("no markers", "a table")
