"""The document says everything a route may answer, held against generated calls over real HTTP."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks as openapi_checks

from service.app import create_app
from service.protocol import BoundedProtocol
from tests.web.conftest import Site
from tests.web.test_keys import ROUTES
from triagem.store import keys
from triagem.store.database import Database
from triagem.store.keys import Scope

CALLS = 15
# An application may refuse what its schema cannot say: both texts empty, a record without a body, an unknown id.
NOT_CHECKED = [openapi_checks.positive_data_acceptance]

schemathesis.openapi.media_type("application/x-ndjson", st.binary(max_size=200))


@dataclass(frozen=True, slots=True)
class Running:
    """A service over real HTTP, and what an administrator sends it."""

    address: str
    headers: dict[str, str]


@pytest.fixture(scope="module")
def running(_open_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data_dir = tmp_path_factory.mktemp("openapi") / "data"
    shutil.copytree(_open_template, data_dir)
    database = Database(data_dir)
    with database.write() as connection:
        _, token = keys.create(connection, "main", name="admin", scopes=[Scope.ADMIN], actor="a test")
    database.close()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = create_app(Site(data_dir, {}).settings)
        server = uvicorn.Server(uvicorn.Config(app, http=BoundedProtocol, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = listening.getsockname()[1]
        yield Running(f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token}"})
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def document(running: Running) -> BaseSchema:
    # A query may hold more than a route reads: it is passed over, as HTTP services do.
    generation = GenerationConfig(allow_extra_parameters=False)
    # A text that is too long may make a body that is refused before it is read.
    checks = ChecksConfig.from_dict({"negative_data_rejection": {"expected-statuses": ["4xx"]}})
    project = ProjectConfig(generation=generation, checks=checks)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_url(f"{running.address}/openapi.json", config=config)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_generated_calls_are_answered_as_documented(
    running: Running, document: BaseSchema, method: str, path: str
) -> None:
    operation: APIOperation = document[path][method]

    @given(case=st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    @settings(
        max_examples=CALLS, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def call(case: Case) -> None:
        case.call_and_validate(excluded_checks=NOT_CHECKED, headers=running.headers, timeout=30)

    call()


def test_every_operation_documents_its_problems(document: BaseSchema) -> None:
    for found in document.get_all_operations():
        operation: APIOperation = found.ok()
        responses = operation.definition.raw["responses"]
        assert {"422", "401", "403", "413", "503"} <= set(responses), operation.label
