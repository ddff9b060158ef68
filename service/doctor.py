"""Looks an installation over, part by part, and says of each whether it is well and what to do if it is not.

It only looks: nothing is repaired, moved or built here.
"""

import json
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Final, TypeVar

from service.guidance import Guidance, open_guidance
from triagem import artifacts
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.errors import TriagemError
from triagem.search.build import folder_of, needs_build
from triagem.settings import Settings
from triagem.store import articles, desks, generations, keys, models, tickets
from triagem.store.database import DATABASE_FILE, Database
from triagem.text.synonyms import DeskSynonyms, Synonyms, read_desk_synonyms
from triagem.triage.triager import model_path

_LIBRARIES: Final = ("triagem", "fastapi", "faiss-cpu", "numpy", "onnxruntime", "sqlalchemy")
_LITTLE_SPACE: Final = 1 << 30

_Opened = TypeVar("_Opened")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part. `do` is empty where there is nothing to do."""

    part: str
    ok: bool
    found: str
    do: str = ""


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which one would mend things."""
    findings = [_versions(), _disk(settings)]
    encoder = _try("encoder", lambda: open_encoder(settings.encoder, threads=settings.threads), findings)
    if encoder is not None:
        findings.append(_encoder(encoder))
    guidance = _try("rules", lambda: open_guidance(settings), findings)
    if guidance is not None:
        findings.append(_rules(guidance))
    synonyms = _try("synonyms", lambda: read_desk_synonyms(settings.synonyms), findings)
    if synonyms is not None:
        findings.append(_synonyms("synonyms", synonyms.shared))
    if not (settings.data_dir / DATABASE_FILE).is_file():
        missing = f"There is none in {settings.data_dir} yet."
        findings.append(Finding("database", True, missing, "Make one with: triagem index PATH, or triagem demo"))
        return findings
    database = _try("database", lambda: Database(settings.data_dir), findings)
    if database is not None:
        findings += _state(database, encoder)
        if synonyms is not None:
            findings += _own_synonyms(database, synonyms)
        database.close()
    return findings


def report(findings: list[Finding], *, as_json: bool) -> str:
    """The findings for a person, one line each, or as JSON."""
    if as_json:
        return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False)
    width = max(len(finding.part) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.part:<{width}}  {finding.found}")
        if finding.do:
            lines.append(f"{'':<{width + 8}}-> {finding.do}")
    return "\n".join(lines)


def _try(part: str, opening: Callable[[], _Opened], findings: list[Finding]) -> _Opened | None:
    try:
        return opening()
    except (TriagemError, OSError) as error:
        findings.append(Finding(part, False, str(error), "Follow that sentence, then run: triagem doctor"))
        return None


def _versions() -> Finding:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return Finding(
        "versions", True, f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.absolute().parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free for {settings.data_dir}"
    enough = free >= _LITTLE_SPACE
    return Finding("disk", enough, found, "" if enough else "Free some space: a new index is built beside the old one.")


def _encoder(encoder: Encoder) -> Finding:
    length = float((encoder.encode(["Olá"])[0] ** 2).sum())
    well = abs(length - 1.0) < 0.01
    found = f"{encoder.dimension} dimensions, digest {encoder.digest[:12]}"
    return Finding("encoder", well, found, "" if well else "Its vectors are not of unit length: install Triagem again.")


def _rules(guidance: Guidance) -> Finding:
    policies = ", ".join(policy.name for policy in guidance.policies.each)
    return Finding("rules", True, f"{len(guidance.checklist.rules)} say what to ask for; service levels: {policies}")


def _synonyms(part: str, known: Synonyms) -> Finding:
    return Finding(part, True, f"{len(known.others)} words that may be said otherwise")


def _own_synonyms(database: Database, synonyms: DeskSynonyms) -> Iterator[Finding]:
    with database.read() as connection:
        names = desks.names(connection)
    for desk, known in synonyms.own.items():
        part = f"synonyms of {desk}"
        if desk in names:
            yield _synonyms(part, known)
        else:
            do = f"Name the file after one of the desks: {', '.join(names) or 'none yet'}"
            yield Finding(part, False, f"No desk asks for the words of {desk}.txt.", do)


def _state(database: Database, encoder: Encoder | None) -> Iterator[Finding]:
    with database.read() as connection:
        names = desks.names(connection)
        has_keys = keys.any_active(connection)
    size = (database.data_dir / DATABASE_FILE).stat().st_size
    yield Finding("database", True, f"{size / 1e6:.1f} MB, desks: {', '.join(names) or 'none yet'}")
    for desk in names:
        yield _contents(database, desk)
        yield _index(database, desk, encoder)
        yield from _models(database, desk)
    yield Finding("keys", True, "there are keys" if has_keys else "none: only this machine is served")


def _contents(database: Database, desk: str) -> Finding:
    with database.read() as connection:
        found = f"{articles.count(connection, desk):,} articles, {tickets.count(connection, desk):,} tickets"
    return Finding(f"desk {desk}", True, found)


def _index(database: Database, desk: str, encoder: Encoder | None) -> Finding:
    part, rebuild = f"index of {desk}", f"Build it anew: triagem --desk {desk} index --rebuild"
    with database.read() as connection:
        generation = generations.published(connection, desk)
    if generation is None:
        return Finding(part, True, "none yet; small desks are searched without", f"To have one: {rebuild}")
    try:
        artifacts.read_bundle(folder_of(database.data_dir, desk) / generation.id, digest=generation.manifest_digest)
    except TriagemError as error:
        return Finding(part, False, str(error), rebuild)
    if encoder is not None and generation.encoder != encoder.digest:
        return Finding(part, False, "It was built with another encoder.", rebuild)
    behind = encoder is not None and needs_build(database, desk, encoder_digest=encoder.digest)
    late = "; far behind the database" if behind else ""
    return Finding(part, True, f"generation {generation.id}, every hash matches{late}", rebuild if behind else "")


def _models(database: Database, desk: str) -> Iterator[Finding]:
    with database.read() as connection:
        in_force = models.in_force(connection, desk)
        assigned = in_force.assignments if in_force else {}
        versions = sorted(set(assigned.values()))
        current = [models.get(connection, desk, name) for name in versions]
    for model in current:
        part = f"model {model.version} of {desk}"
        try:
            artifacts.read_bundle(model_path(database.data_dir, desk, model.version), digest=model.manifest_digest)
        except TriagemError as error:
            yield Finding(part, False, str(error), f"Train another: triagem --desk {desk} train")
        else:
            answered = ", ".join(name for name in model.fields if assigned.get(name) == model.version)
            yield Finding(part, True, f"answers {answered}; every hash matches")
    if in_force is not None and not assigned:
        command = f"triagem --desk {desk} promote VERSION"
        yield Finding(f"model of {desk}", True, f"none; withdrawn by {in_force.actor}", f"To let one answer: {command}")
    elif not current:
        yield Finding(f"model of {desk}", True, "none yet", f"With labelled tickets: triagem --desk {desk} train")
