"""The command `checklist`: proposes what requesters are asked for, from what agents had to ask.

It reads, calls and prints; what is asked for follows the file that `TRIAGEM_CHECKLIST` names.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

from triagem.settings import Settings
from triagem.store import tickets
from triagem.store.database import Connection, Database
from triagem.triage import taxonomy
from triagem.triage.checklist import read_checklist
from triagem.triage.proposal import LEAST, Proposal, as_toml, propose
from triagem.types import Ticket, TicketField


@click.group()
def checklist() -> None:
    """What requesters are asked for."""


@checklist.command("propose")
@click.option("--least", type=click.IntRange(min=1), default=LEAST, show_default=True, help="So many tickets count.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def propose_(settings: Settings, least: int, as_json: bool) -> None:
    """Propose what to ask requesters for, from what agents had to ask.

    Prints a checklist that asks for that first; nothing is written or set.
    """
    with Database(settings.data_dir).read() as connection:
        proposal = propose(_named(connection, settings.desk), read_checklist(settings.checklist), least=least)
    click.echo(json.dumps(_record(proposal), ensure_ascii=False) if as_json else as_toml(proposal), nl=as_json)
    if not proposal.asking:
        click.echo(
            "No closed ticket says that a fact had to be asked for, so this is the present checklist with its counts. "
            "What agents ask is read from resolutions and quoted e-mail.",
            err=True,
        )


def _named(connection: Connection, desk: str) -> Iterator[Ticket]:
    """The desk's tickets, type and category by the names of now."""
    labels = taxonomy.load(connection, desk)
    for one in tickets.each(connection, desk):
        known = one.ticket
        yield replace(
            known,
            type=known.type and labels.current(TicketField.TYPE, known.type),
            category=known.category and labels.current(TicketField.CATEGORY, known.category),
        )


def _record(proposal: Proposal) -> dict[str, Any]:
    return {
        "tickets": proposal.tickets,
        "asking": proposal.asking,
        "else_asked": proposal.else_asked,
        "ask_at_most": proposal.ask_at_most,
        "rules": [
            {
                "type": sorted(one.rule.type) if one.rule.type is not None else None,
                "category": sorted(one.rule.category) if one.rule.category is not None else None,
                "tickets": one.tickets,
                "new": one.is_new,
                "ask": [{"slot": line.slot.value, "asked": line.asked, "told": line.told} for line in one.lines],
            }
            for one in proposal.rules
        ],
    }


COMMANDS: dict[str, click.Command] = {"checklist": checklist}
