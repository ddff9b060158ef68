"""The command `triagem`: says which program a subcommand belongs to and imports that program only when it runs."""

import importlib
import logging
import os
import sys
from typing import Any

import click

from triagem.errors import TriagemError

# The matrices of one query are small. Threads for them wait by spinning, on the cores that the encoder works on: half
# of the requests took 16 to 20 ms with them and 13 to 16 without. What is large shares its work out by itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Command: module, and the line that `triagem --help` shows without importing it.
_COMMANDS = {
    "demo": ("service.commands", "Index, train and serve the sample desk, and print a first answer."),
    "index": ("indexer.commands", "Put a Markdown/HTML folder or file into the knowledge base."),
    "import": ("indexer.commands", "Import past tickets or articles from JSONL or CSV."),
    "audit": ("training.label_commands", "Look at the labels before training: what is doubtful, what is missing."),
    "taxonomy": ("training.label_commands", "List, describe, rename and retire the labels of each field."),
    "checklist": ("training.checklist_commands", "Propose what to ask requesters for, from what agents had to ask."),
    "train": ("training.commands", "Learn the ticket fields from labelled tickets."),
    "models": ("training.commands", "List, show and verify trained models."),
    "promote": ("training.commands", "Make a model version the one that answers."),
    "rollback": ("training.commands", "Return to the model that answered before."),
    "log": ("training.commands", "Who trained, promoted, rolled back, forced, closed or made keys, and why."),
    "evaluate": ("training.commands", "Measure quality on labelled tickets or query->article pairs."),
    "calibrate": ("training.commands", "Fit relevance to what people of this desk said of articles."),
    "suggest": ("service.commands", "Articles that may solve what a text asks."),
    "triage": ("service.commands", "Category, type, priority and team of a ticket, with articles and similar tickets."),
    "serve": ("service.commands", "Answer over HTTP."),
    "keys": ("service.commands", "Create, list and revoke API keys."),
    "backup": ("service.commands", "Copy database, index and models into a folder."),
    "restore": ("service.commands", "Bring a backup back."),
    "doctor": ("service.commands", "Check the installation and say what to do."),
}


class _Programs(click.Group):
    """Knows every command's name and summary; the rest is loaded with the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.group(cls=_Programs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", type=click.Path(file_okay=False), help="Where state lives [./data].")
@click.option("--desk", help="Which desk to act on [main].")
@click.version_option(package_name="triagem")
@click.pass_context
def cli(ctx: click.Context, data_dir: str | None, desk: str | None) -> None:
    """Ticket triage and knowledge-base search for support desks, on one machine."""
    if ctx.resilient_parsing or "--help" in sys.argv or "-h" in sys.argv:
        return
    from pydantic import ValidationError  # noqa: PLC0415

    from triagem.settings import Settings  # noqa: PLC0415

    given: dict[str, Any] = {"data_dir": data_dir, "desk": desk}
    try:
        ctx.obj = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise click.ClickException(f"Setting '{first['loc'][0]}': {reason}") from None


def main() -> None:
    """Runs the command line; what is raised on purpose becomes one sentence on stderr and exit code 1.

    So does a file or folder that cannot be read or written.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        cli(prog_name="triagem")
    except TriagemError as error:
        click.echo(f"triagem: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(f"triagem: {error.filename}: {error.strerror}.", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
