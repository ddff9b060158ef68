"""Kinds of values, and an option, that several commands of learning take.

What is done with them is left to the commands.
"""

import click

from triagem.store.audit import BY_COMMAND


def precision(text: str) -> float:
    """A number with a point or, as in Portuguese, a comma; whether it can be a target is left to `triagem.triage`."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a number such as 0.9.") from None


def reason(text: str) -> str:
    """A reason for the log without the blanks around it; of blanks alone it is none."""
    return text.strip()


def _reason_or_command(text: str) -> str:
    return reason(text) or BY_COMMAND


WHY = click.option("--why", type=_reason_or_command, default=BY_COMMAND, help="Goes into the log.")
