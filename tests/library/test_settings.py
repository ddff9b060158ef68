"""What the environment says, as one process takes it."""

import pytest

from triagem.settings import Settings


@pytest.mark.parametrize("name", ["checklist", "priority", "sla", "synonyms"])
def test_an_optional_path_that_is_set_but_empty_names_no_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRIAGEM_{name.upper()}", "")
    assert getattr(Settings(), name) is None
