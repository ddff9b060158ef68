"""Kill -9 at random moments: what answered before or what was being made answers, and nothing acknowledged is lost."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from triagem import artifacts
from triagem.encoder.hashing import HashingEncoder
from triagem.search.searcher import Query, Searcher
from triagem.store import articles, generations, models, tickets
from triagem.store.database import Database
from triagem.types import Kind, Language

SAMPLES = Path(__file__).parents[2] / "kb_articles"
QUESTION = Query("nao consigo entrar na minha conta depois de trocar a senha", prefers=Language.PT)
KILLS = 50

pytestmark = pytest.mark.slow


@dataclass
class Desk:
    """A desk in a folder of its own, worked on by real commands."""

    state: Path
    kb: Path
    acknowledged_tickets: set[str] = field(default_factory=set)
    # How long each operation takes when nobody kills it.
    seconds: dict[str, float] = field(default_factory=dict)
    imports: int = 0
    edits: int = 0

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "triagem", "--data-dir", str(self.state), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments: str) -> None:
        began = time.monotonic()
        process = self.start(*arguments)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        self.seconds[arguments[0]] = time.monotonic() - began

    def edit_an_article(self) -> None:
        self.edits += 1
        path = self.kb / "pt-BR" / "account" / "reset-password.md"
        path.write_text(path.read_text(encoding="utf-8") + f"\nNota {self.edits}.\n", encoding="utf-8")

    def next_import(self) -> tuple[Path, set[str]]:
        """A file of 300 tickets that were not imported before."""
        self.imports += 1
        sample = [json.loads(line) for line in (SAMPLES / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]
        rows = [{**row, "id": f"{row['id']}-{self.imports}"} for row in sample[:300]]
        path = self.state.parent / "import.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path, {row["id"] for row in rows}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("TRIAGEM_ENCODER", "hashing")
    kb = tmp_path / "kb"
    shutil.copytree(SAMPLES, kb)
    made = Desk(tmp_path / "state", kb)
    made.run("index", str(kb))
    made.run("import", "tickets", str(SAMPLES / "tickets.jsonl"))
    made.run("train")
    made.run("train")
    made.run("promote", "v2", "--force", "--why", "to see how long it takes")
    return made


def check(desk: Desk) -> None:
    """The next start: everything opens, verifies and answers; every acknowledged ticket is there."""
    database, encoder = Database(desk.state), HashingEncoder()
    with database.read() as connection:
        generation = generations.published(connection, "main")
        assert generation is not None
        in_force = models.in_force(connection, "main")
        assert in_force is not None
        sealed = {version: models.get(connection, "main", version) for version in in_force.assignments.values()}
        stored = set(tickets.ids(connection, "main"))
        known = articles.ids(connection, "main")
        cut = {one.article_id for one in articles.passages_of(connection, "main", known)}
    artifacts.read_bundle(desk.state / "generations" / "main" / generation.id, digest=generation.manifest_digest)
    for version, model in sealed.items():
        artifacts.read_bundle(desk.state / "models" / "main" / version, digest=model.manifest_digest)
    assert desk.acknowledged_tickets <= stored
    assert len(known) == 94
    assert cut == set(known)
    searcher = Searcher(database, encoder)
    assert len(searcher.search("main", QUESTION).hits) == 10
    assert searcher.search("main", Query(QUESTION.text, kind=Kind.TICKET)).hits
    database.close()


def test_fifty_kills_lose_nothing(desk: Desk) -> None:
    rng = random.Random(2026)
    killed = 0
    with Database(desk.state).read() as connection:
        desk.acknowledged_tickets.update(tickets.ids(connection, "main"))
    for attempt in range(3 * KILLS):
        if killed == KILLS:
            break
        new: set[str] = set()
        operation = ("index", "import", "train", "promote")[attempt % 4]
        if operation == "index":
            desk.edit_an_article()
            process = desk.start("index", str(desk.kb), "--rebuild")
        elif operation == "import":
            path, new = desk.next_import()
            process = desk.start("import", "tickets", str(path))
        elif operation == "train":
            process = desk.start("train")
        else:
            process = desk.start("promote", rng.choice(["v1", "v2"]), "--force", "--why", "a test of promotion")
        time.sleep(rng.uniform(0.2, 0.95) * desk.seconds[operation])
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if process.returncode == 0:
            desk.acknowledged_tickets.update(new)
        check(desk)
    assert killed == KILLS
    desk.run("index", str(desk.kb), "--rebuild")
    desk.run("train")
    check(desk)
    leftovers = [path.name for path in (desk.state / "generations" / "main").iterdir() if path.is_dir()]
    assert len(leftovers) == generations.KEPT
