"""The command `triagem calibrate`: a desk's own relevance, from what its people said of articles.

How it is fitted and judged stands in `training.recalibration`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from training.options import WHY
from training.printed import per_cent
from training.recalibration import LEAST, Judgement, judge
from triagem.encoder.open import open_encoder
from triagem.errors import Conflict, InvalidInput
from triagem.search.observations import Observed, read_observations
from triagem.search.recalibration import Recalibration, basis_of, choose, in_force, reset
from triagem.settings import Settings, operator
from triagem.store.database import Database


@click.command()
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How far to look back.")
@click.option("--apply", "applies", is_flag=True, help="Use it from the next answer on, where it proves better.")
@click.option("--reset", "resets", is_flag=True, help="Back to the shipped relevance.")
@WHY
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def calibrate(settings: Settings, days: int, applies: bool, resets: bool, why: str, as_json: bool) -> None:
    """Fit relevance to what people of this desk said of articles, and show what it would change."""
    if applies and resets:
        raise InvalidInput("Say either --apply or --reset.")
    desk, database = settings.desk, Database(settings.data_dir)
    basis = basis_of(open_encoder(settings.encoder, threads=settings.threads).digest)
    until = datetime.now(UTC)
    with database.read() as connection:
        since = until - timedelta(days=days)
        observed = read_observations(connection, desk, basis=basis, since=since, until=until)
        before = now = in_force(connection, desk, basis)
    found = judge(observed.observations, basis) if len(observed.observations) >= LEAST else None
    if applies:
        new = _proven(found, observed)
        with database.write() as connection:
            now = choose(connection, desk, new.found, actor=operator(), why=why, measured=_measured(new))
    elif resets:
        with database.write() as connection:
            now = reset(connection, desk, basis, actor=operator(), why=why)
    click.echo(
        json.dumps(_record(observed, found, now)) if as_json else "\n".join(_lines(settings.desk, observed, found, now))
    )
    if (applies or resets) and now == before:
        click.echo("That was in force already: nothing changed.", err=True)


def _proven(found: Judgement | None, observed: Observed) -> Judgement:
    """Raises `Conflict` where nothing speaks for a correction; nothing is changed then."""
    if found is None:
        raise Conflict(f"{LEAST} observations are needed, there are {len(observed.observations)}. Nothing was changed.")
    if not found.is_better:
        raise Conflict(
            f"The shipped relevance agrees no worse with what happened (log loss {found.shipped.log_loss:.3f} against "
            f"{found.own.log_loss:.3f}). Nothing was changed."
        )
    return found


def _measured(found: Judgement) -> dict[str, object]:
    return {"shipped": asdict(found.shipped), "own": asdict(found.own)}


def _record(observed: Observed, found: Judgement | None, now: Recalibration) -> dict[str, object]:
    return {
        "observations": len(observed.observations),
        "helped": sum(one.helped for one in observed.observations),
        "sources": len({one.source for one in observed.observations}),
        "left_out": observed.left_out,
        "of_another_basis": observed.of_another_basis,
        "in_force": asdict(now),
        "judgement": asdict(found) if found else None,
    }


def _lines(desk: str, observed: Observed, found: Judgement | None, now: Recalibration) -> Iterator[str]:
    count, sources = len(observed.observations), len({one.source for one in observed.observations})
    helped = sum(one.helped for one in observed.observations)
    told = f"{helped} times an article helped, {count - helped} times not"
    yield f"{count} observations of {sources} people or sessions: {told}"
    if observed.left_out:
        yield f"{observed.left_out} more were over somebody's share and do not count"
    if observed.of_another_basis:
        yield f"{observed.of_another_basis} answers were given by other weights or another encoder and do not count"
    if found is None:
        yield f"{LEAST} are needed to judge anything. They come from POST /v1/feedback and from closed tickets."
    else:
        yield from _comparison(desk, found)
    yield _state(desk, now)


def _comparison(desk: str, found: Judgement) -> Iterator[str]:
    shipped, own = found.shipped, found.own
    yield f"{'':<23} {'shipped':>8}  {'own':>8}   (own: each by a fit without its source)"
    yield f"{'log loss':<23} {shipped.log_loss:>8.3f}  {own.log_loss:>8.3f}"
    yield f"{'calibration error':<23} {shipped.calibration_error:>8.3f}  {own.calibration_error:>8.3f}"
    yield f"{'relevance':<9}  {'observations':>12} {'shipped':>8}  {'own':>8}  {'helped':>8}"
    for one in found.bins:
        yield (
            f"{f'{one.least:.1f}-{one.most:.1f}':<9}  {one.observations:>12} {per_cent(one.shipped)}  "
            f"{per_cent(one.own)}  {per_cent(one.helped)}"
        )
    verdict = (
        f"To use it: triagem --desk {desk} calibrate --apply"
        if found.is_better
        else "It is no better: nothing to apply."
    )
    yield f"own: slope {found.found.slope:.2f}, offset {found.found.offset:+.2f}. {verdict}"


def _state(desk: str, now: Recalibration) -> str:
    if now.changes_nothing:
        return "answering now: the shipped relevance"
    return (
        f"answering now: version {now.version}, slope {now.slope:.2f}, offset {now.offset:+.2f}, "
        f"from {now.observations} observations. Back: triagem --desk {desk} calibrate --reset"
    )
