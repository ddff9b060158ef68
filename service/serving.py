"""Starts the service's processes; what they answer is put together in `service.app`."""

import json
import os
import tempfile
from typing import Final

import uvicorn

from service.app import create_app, from_environment
from service.auth import is_loopback
from service.listening import require_free
from service.observability import configure_logging, log
from service.protocol import BoundedProtocol
from service.state import cores
from triagem.errors import Conflict
from triagem.settings import Settings
from triagem.store import keys
from triagem.store.database import Database

_FACTORY: Final = f"{from_environment.__module__}:{from_environment.__name__}"
# Four of the ten seconds after which a service that was told to stop is mostly killed; the rest is for closing.
_GRACE_S: Final = 4
_IDLE_CONNECTION_S: Final = 30


def run_service(settings: Settings) -> None:
    """Serves until it is told to stop.

    Raises `Conflict` when it would answer strangers without asking for a key, and when its port is taken.
    """
    configure_logging()
    has_keys = _has_keys(settings)
    if not has_keys and not is_loopback(settings.host):
        raise Conflict(
            "There is no key, so only this machine may be served. "
            f"Make a key with: triagem --desk {settings.desk} keys create --scope admin, or leave --host at 127.0.0.1."
        )
    require_free(settings.host, settings.port)
    log.info("serving", url=f"http://{settings.host}:{settings.port}", desk=settings.desk, workers=settings.workers)
    if not has_keys:
        log.warning("There is no key: every request from this machine may do everything, no other is answered.")
    if settings.workers > 1:
        _share_with_workers(settings)
    uvicorn.run(
        _FACTORY if settings.workers > 1 else create_app(settings, owns_process=True),
        factory=settings.workers > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=_IDLE_CONNECTION_S,
    )


def _has_keys(settings: Settings) -> bool:
    database = Database(settings.data_dir)
    with database.read() as connection:
        any_key = keys.any_active(connection)
    database.close()
    return any_key


def _share_with_workers(settings: Settings) -> None:
    """Workers are new processes: they read the same settings from the environment, and count into one place."""
    threads = settings.threads or max(1, cores() // settings.workers)
    shared = settings.model_copy(update={"threads": threads}).model_dump(mode="json", exclude_none=True)
    for name, value in shared.items():
        os.environ[f"TRIAGEM_{name.upper()}"] = value if isinstance(value, str) else json.dumps(value)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="triagem-metrics-"))
