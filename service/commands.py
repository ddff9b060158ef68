"""The commands that answer: over HTTP or here on the terminal, and those that keep an installation in order.

Each imports what it needs when it runs, so that none pays for another's libraries.
"""

import gc
import json
from pathlib import Path

import click

from service.origins import origin_of
from triagem.phrases import stamp
from triagem.settings import Settings, operator
from triagem.store import keys
from triagem.store.database import Database
from triagem.store.keys import Key, Scope
from triagem.text.names import is_met

_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.command()
@click.option("--host", help="Address to listen on [127.0.0.1]; others need a key first.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [8080].")
@click.option("--workers", type=click.IntRange(1, 64), help="Service processes [1].")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Answer over HTTP."""
    gc.disable()  # until what stays for good is open: looking for garbage in it costs a twentieth of the start
    from service.serving import run_service  # noqa: PLC0415 - FastAPI only where it serves

    given = {"host": host, "port": port, "workers": workers}
    run_service(settings.model_copy(update={name: value for name, value in given.items() if value is not None}))


@click.command()
@click.argument("text")
@_JSON
@click.pass_obj
def suggest(settings: Settings, text: str, as_json: bool) -> None:
    """Articles that may solve what TEXT asks."""
    from service.terminal import suggestion  # noqa: PLC0415 - the encoder only where it answers

    click.echo(suggestion(settings, text, as_json=as_json))


@click.command()
@click.argument("subject")
@click.argument("text", default="")
@click.option("--explain", is_flag=True, help="Also find out which words and which sentence decided; slower.")
@_JSON
@click.pass_obj
def triage(settings: Settings, subject: str, text: str, explain: bool, as_json: bool) -> None:
    """Category, type, priority and team of a ticket, with articles and similar tickets."""
    from service.terminal import triage_of  # noqa: PLC0415 - the encoder only where it answers

    click.echo(triage_of(settings, subject, text, explain=explain, as_json=as_json))


@click.group("keys")
def keys_() -> None:
    """Create, list and revoke API keys."""


@keys_.command("create")
@click.option("--name", default="", help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What the key may do; may be given several times.",
)
@click.option("--origin", "origins", multiple=True, help="A page's origin that a browser may use the key from.")
@click.option("--contract", help="The contract of those who send requests by the key.")
@_JSON
@click.pass_obj
def create_key(
    settings: Settings,
    name: str,
    scopes: tuple[str, ...],
    origins: tuple[str, ...],
    contract: str | None,
    as_json: bool,
) -> None:
    """Make a key for this desk; it is shown once."""
    if contract:
        _remark_on(contract, settings)
    database = Database(settings.data_dir)
    with database.write() as connection:
        key, token = keys.create(
            connection,
            settings.desk,
            name=name,
            scopes=[Scope(scope) for scope in scopes],
            origins=[origin_of(origin) for origin in origins],
            contract=contract,
            actor=operator(),
        )
    database.close()
    click.echo(json.dumps({**_record(key), "key": token}) if as_json else token)
    click.echo("Keep it: it is not stored in the clear and cannot be shown again.", err=True)
    if Scope.SUGGEST in key.scopes and not key.origins:
        click.echo("It works from anywhere. For a form on a web page, bind it to that page with --origin.", err=True)


@keys_.command("list")
@_JSON
@click.pass_obj
def list_keys(settings: Settings, as_json: bool) -> None:
    """The keys of this desk, revoked ones too."""
    from triagem.triage.sla_file import read_policies  # noqa: PLC0415 - rules are read only where they are asked

    database = Database(settings.data_dir)
    with database.read() as connection:
        found = keys.each(connection, settings.desk)
    database.close()
    if as_json:
        click.echo(json.dumps([_record(key) for key in found]))
        return
    zone = read_policies(settings.sla).zone
    for key in found:
        state = "revoked" if key.revoked_at else "active"
        made = stamp(key.created_at, zone)
        details = "  ".join([key.name, *key.origins, *([f"contract {key.contract}"] if key.contract else [])])
        click.echo(f"{key.id}  {state:<7}  {made}  {','.join(key.scopes):<28}  {details}".rstrip())
    if not found:
        command = f"triagem --desk {settings.desk} keys create --scope triage"
        click.echo(f"Desk '{settings.desk}' has no keys. Make one with: {command}", err=True)


@keys_.command("revoke")
@click.argument("key_id", metavar="ID")
@_JSON
@click.pass_obj
def revoke_key(settings: Settings, key_id: str, as_json: bool) -> None:
    """Make a key open nothing from now on. A running service notices within two seconds."""
    database = Database(settings.data_dir)
    with database.write() as connection:
        keys.revoke(connection, settings.desk, key_id, actor=operator())
        revoked = next(key for key in keys.each(connection, settings.desk) if key.id == key_id)
    database.close()
    if as_json:
        click.echo(json.dumps(_record(revoked)))
        return
    click.echo(f"Key {key_id} is revoked.", err=True)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def backup(settings: Settings, folder: Path) -> None:
    """Copy database, index and models into a new folder DIR, while the service runs."""
    from service.backup import back_up  # noqa: PLC0415

    click.echo(back_up(settings.data_dir, folder))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.pass_obj
def restore(settings: Settings, folder: Path) -> None:
    """Bring the backup in DIR back; what was there is moved aside, not deleted."""
    from service.backup import bring_back  # noqa: PLC0415

    click.echo(bring_back(folder, settings.data_dir))


@click.command()
@_JSON
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check the installation and say what to do."""
    from service.doctor import examine, report  # noqa: PLC0415

    findings = examine(ctx.obj)
    click.echo(report(findings, as_json=as_json))
    ctx.exit(0 if all(finding.ok for finding in findings) else 1)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [8080].")
@click.option("--no-serve", is_flag=True, help="Stop after the first answer.")
@click.pass_obj
def demo(settings: Settings, port: int | None, no_serve: bool) -> None:
    """Index, train and serve the sample desk, and print a first answer."""
    from service.demo import show  # noqa: PLC0415

    show(settings, port=port, then_serve=not no_serve)


def _remark_on(contract: str, settings: Settings) -> None:
    """Says so where no rule knows a contract: it may be misspelt, or its rule may come later."""
    from service.guidance import contracts_named  # noqa: PLC0415 - rules are read only where they are asked

    named = contracts_named(settings)
    if not is_met(named, contract):
        click.echo(
            f"No service level and no priority rule names the contract '{contract}', so it changes nothing yet. "
            f"Named are: {', '.join(sorted(named)) or 'none'}.",
            err=True,
        )


def _record(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "desk": key.desk,
        "name": key.name,
        "scopes": list(key.scopes),
        "origins": list(key.origins),
        "contract": key.contract,
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


COMMANDS: dict[str, click.Command] = {
    "serve": serve,
    "suggest": suggest,
    "triage": triage,
    "keys": keys_,
    "backup": backup,
    "restore": restore,
    "doctor": doctor,
    "demo": demo,
}
