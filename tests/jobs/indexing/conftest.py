"""A desk in a folder, and the command line as a newcomer uses it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from triagem.__main__ import cli
from triagem.errors import TriagemError


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory that every command of a test uses."""
    monkeypatch.setenv("TRIAGEM_ENCODER", "hashing")
    return tmp_path / "state"


@pytest.fixture
def run(state: Path) -> Callable[..., dict[str, Any]]:
    """Runs a command with --json and returns what it printed; errors are raised as they are."""

    def command(*arguments: str) -> dict[str, Any]:
        done: Result = CliRunner().invoke(cli, ["--data-dir", str(state), *arguments, "--json"])
        if isinstance(done.exception, TriagemError):
            raise done.exception
        assert done.exit_code == 0, done.output
        record: dict[str, Any] = json.loads(done.stdout)
        return record

    return command
