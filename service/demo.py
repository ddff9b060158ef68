"""Shows the whole way on the sample desk, by running the very commands a person would type."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import click

from service.listening import require_free
from triagem.errors import Conflict, NotFound
from triagem.settings import Settings
from triagem.store import articles
from triagem.store.database import Database

_FOLDER: Final = "kb_articles"
_ONE_OF_OURS: Final = "pt-BR/account/reset-password"
_QUESTION: Final = "nao consigo entrar na minha conta depois de trocar a senha"


def show(settings: Settings, *, port: int | None, then_serve: bool) -> None:
    """Indexes, imports, trains, asks; then serves until told to stop. Raises `Conflict` at once for a port in use."""
    samples = sample_folder()
    served_at = settings.port if port is None else port
    if then_serve:
        require_free(settings.host, served_at)
    _refuse_other_articles(settings)
    _run(settings, "index", str(samples))
    _run(settings, "import", "tickets", str(samples / "tickets.jsonl"))
    _run(settings, "train")
    _run(settings, "suggest", _QUESTION)
    if then_serve:
        address = f"http://{settings.host}:{served_at}/"
        click.echo(f"\nTake the tour of the three faces in a browser: {address}")
        _run(settings, "serve", *(("--port", str(port)) if port is not None else ()))


def sample_folder() -> Path:
    """Where the sample articles are: beside the packages in a checkout, among the shared data of an installation."""
    candidates = (Path(__file__).parents[1] / _FOLDER, Path(sys.prefix) / "share" / "triagem" / _FOLDER)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise NotFound(f"The sample articles are not where they were installed: {candidates[1]}. Install Triagem again.")


def _refuse_other_articles(settings: Settings) -> None:
    database = Database(settings.data_dir)
    with database.read() as connection:
        foreign = articles.count(connection, settings.desk) > 0
        ours = articles.get(connection, settings.desk, _ONE_OF_OURS) is not None
    database.close()
    if foreign and not ours:
        raise Conflict(
            f"Desk '{settings.desk}' in {settings.data_dir} already holds other articles. "
            "Show the samples elsewhere: triagem --data-dir demo-data demo"
        )


def _run(settings: Settings, *command: str) -> None:
    shown = " ".join(f'"{word}"' if " " in word else word for word in command)
    click.echo(click.style(f"\n$ triagem {shown}", bold=True))
    where = ["--data-dir", str(settings.data_dir), "--desk", settings.desk]
    process = subprocess.run([sys.executable, "-m", "triagem", *where, *command], check=False)  # noqa: S603
    if process.returncode:
        raise Conflict(f"'triagem {command[0]}' ended with exit code {process.returncode}; its last lines say why.")
