"""The command `triagem models mix`: which mix of classes requests come in now, and what is still proven for it.

How it is estimated and put in force stands in `triagem.triage.newest`; the service does so by itself once a day.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import click

from training.options import WHY
from training.printed import per_cent
from triagem.encoder.open import open_encoder
from triagem.settings import Settings, operator
from triagem.store.database import Database
from triagem.triage.decide import Targets
from triagem.triage.newest import FEWEST, Estimate, adopt, estimate
from triagem.triage.targets import PROVEN_MODES
from triagem.triage.triager import Triager
from triagem.types import Mode


@click.command()
@click.option("--apply", "applies", is_flag=True, help="Let it count from the next answer on.")
@WHY
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def mix(settings: Settings, applies: bool, why: str, as_json: bool) -> None:
    """Show in which mix of classes the newest 1,000 requests come. Shows also what stays proven for it."""
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    database = Database(settings.data_dir)
    targets = Targets(settings.auto_precision, settings.preselect_precision)
    triager = Triager(database, encoder, targets=targets)
    found = estimate(database, triager, encoder, settings.desk)
    if applies and found:
        with database.write() as connection:
            adopt(connection, settings.desk, found, actor=operator(), why=why)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str, ensure_ascii=False))
        return
    click.echo("\n".join(_lines(found)))
    if found:
        click.echo(
            "In force." if applies else "Nothing is changed yet: add --apply, or wait for the service.", err=True
        )


def _lines(found: Sequence[Estimate]) -> Iterator[str]:
    if not found:
        yield f"Too little to tell: it takes a model that answers, and {FEWEST} triaged requests of different tickets."
    for one in found:
        yield f"{one.field.value}  {one.version}  {one.mix.tickets} requests: {_moved(one)}"
        for share in one.shares if one.mix.shares else ():
            yield f"  {share.label:<24} {per_cent(share.trained)} -> {per_cent(share.now)} of all"
        for mode in PROVEN_MODES:
            before, after = one.before[mode], one.after[mode]
            yield (
                f"  {mode.value:<10} {per_cent(before.coverage)} -> {per_cent(after.coverage)} of the labelled filled, "
                f"classes {before.open_classes} -> {after.open_classes}{_named(one, mode)}"
            )


def _moved(one: Estimate) -> str:
    figures = f"population stability index {one.moved.psi:.3f}, by chance up to {one.moved.chance:.3f}"
    return f"another mix ({figures})" if one.mix.shares else f"as trained ({figures})"


def _named(one: Estimate, mode: Mode) -> str:
    def names(word: str, by_mode: Mapping[Mode, tuple[str, ...]]) -> str:
        return f"; {word} {', '.join(by_mode[mode])}" if mode in by_mode else ""

    return names("closes", one.closed) + names("opens", one.opened)
