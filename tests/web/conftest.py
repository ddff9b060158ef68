"""A small desk with a real database and a real index, made once and copied for every test that changes it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from triagem.encoder.hashing import HashingEncoder
from triagem.search.build import build_generation
from triagem.search.ingest import Incoming, Ingest
from triagem.settings import Settings
from triagem.store import keys
from triagem.store.database import Database
from triagem.store.keys import Scope
from triagem.types import Article, Audience, Language, Ticket

FORM_ORIGIN = "https://help.example.com"
LOOPBACK = "http://127.0.0.1"

ARTICLES = [
    Article(
        "pt/entrar",
        "Não consigo entrar depois de trocar a senha",
        "O aplicativo guarda a senha antiga.\n\n## O que fazer\n\nDigite a senha nova à mão e limpe o cache.",
        language=Language.PT,
        url="https://help.example.com/pt/entrar",
    ),
    Article("pt/wifi", "Wi-Fi lento", "Mude o canal do roteador e meça de novo.", language=Language.PT),
    Article(
        "en/signin", "Cannot sign in after a password change", "Type the new password by hand.", language=Language.EN
    ),
    Article("en/wifi", "Slow Wi-Fi", "Change the channel of the router.", language=Language.EN),
    Article(
        "pt/fraude",
        "Fraude na conta: senha trocada por outra pessoa",
        "Só para atendentes: bloqueie a conta e avise a segurança.",
        language=Language.PT,
        audience=Audience.INTERNAL,
    ),
]
TICKETS = [
    Ticket(
        "T-1",
        datetime(2026, 1, 5, tzinfo=UTC),
        subject="Não consigo entrar",
        description="Troquei a senha e não consigo entrar na minha conta.",
        language=Language.PT,
        category="account",
        resolution="Limpou o cache e entrou.",
        closed_at=datetime(2026, 1, 6, tzinfo=UTC),
    ),
    Ticket(
        "T-2",
        datetime(2026, 1, 7, tzinfo=UTC),
        subject="Não consigo entrar na conta",
        description="A senha nova não entra.",
        language=Language.PT,
        category="account",
    ),
]


@dataclass(frozen=True, slots=True)
class Site:
    """A data directory, and keys by the name of their role; without keys in it they are empty."""

    data_dir: Path
    tokens: dict[str, str]

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data_dir, encoder="hashing")

    def auth(self, role: str) -> dict[str, str]:
        origin = {"Origin": FORM_ORIGIN} if role == "form" else {}
        return {"Authorization": f"Bearer {self.tokens[role]}", **origin}


@pytest.fixture(scope="session")
def _open_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("template")
    database, encoder = Database(data_dir), HashingEncoder()
    ingest = Ingest(database, encoder, desk="main")
    ingest.put_articles([Incoming(article) for article in ARTICLES])
    ingest.put_tickets(TICKETS)
    build_generation(database, encoder, desk="main")
    database.close()
    return data_dir


@pytest.fixture
def open_site(_open_template: Path, tmp_path: Path) -> Site:
    """A desk without any key: this machine may do everything."""
    shutil.copytree(_open_template, tmp_path / "open")
    return Site(tmp_path / "open", {})


@pytest.fixture
def site(_open_template: Path, tmp_path: Path) -> Site:
    """The same desk with a key per role, and a second desk, `other`, that holds one article and has its own keys."""
    data_dir = tmp_path / "keyed"
    shutil.copytree(_open_template, data_dir)
    database = Database(data_dir)
    Ingest(database, HashingEncoder(), desk="other").put_articles(
        [Incoming(Article("pt/entrar", "Entrar no outro sistema", "A senha do outro sistema.", language=Language.PT))]
    )
    roles = {
        "form": ("main", [Scope.SUGGEST], [FORM_ORIGIN]),
        "agent": ("main", [Scope.TRIAGE], []),
        "writer": ("main", [Scope.INDEX], []),
        "admin": ("main", [Scope.ADMIN], []),
        "other": ("other", [Scope.ADMIN], []),
    }
    tokens = {}
    with database.write() as connection:
        for role, (desk, scopes, origins) in roles.items():
            tokens[role] = keys.create(connection, desk, name=role, scopes=scopes, origins=origins, actor="a test")[1]
    database.close()
    return Site(data_dir, tokens)


def _client(site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(site.settings), base_url=LOOPBACK, client=("127.0.0.1", 50000)) as client:
        yield client


@pytest.fixture
def client(open_site: Site) -> Iterator[TestClient]:
    """The service without keys, asked from this machine."""
    yield from _client(open_site)


@pytest.fixture(scope="module")
def shared(_open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service without keys, one for all tests of a module that leave it as it is."""
    data_dir = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(_open_template, data_dir)
    yield from _client(Site(data_dir, {}))


@pytest.fixture
def keyed(site: Site) -> Iterator[TestClient]:
    """The service with keys."""
    yield from _client(site)
