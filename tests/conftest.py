"""What takes long to make and is shared by several folders of tests."""

from pathlib import Path

import pytest

from tests.typed import run_as_typed


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data directory after `triagem demo --no-serve`, and what that printed. Copy it before you change it."""
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    return data_dir, run_as_typed("triagem demo --no-serve", data_dir=data_dir)
