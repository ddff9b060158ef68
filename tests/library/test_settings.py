"""What the environment says, as one process takes it."""

import pytest
from click.testing import CliRunner

from triagem.__main__ import cli
from triagem.settings import Settings


@pytest.mark.parametrize("name", ["checklist", "priority", "sla", "synonyms"])
def test_an_optional_path_that_is_set_but_empty_names_no_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRIAGEM_{name.upper()}", "")
    assert getattr(Settings(), name) is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LANGUAGE", "xx", "Setting 'language': it must be 'pt' or 'en'"),
        ("DATA_DIR", "", "Setting 'data_dir': it is empty; name a folder, or leave it out for ./data"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TRIAGEM_{name}", value)
    assert sentence in CliRunner().invoke(cli, ["keys", "list"]).stderr


def test_a_data_directory_that_is_given_but_empty_is_refused() -> None:
    assert "Setting 'data_dir'" in CliRunner().invoke(cli, ["--data-dir", "", "keys", "list"]).stderr
