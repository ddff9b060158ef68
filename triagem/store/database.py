"""One SQLite database in a data directory: many readers, one writer, and a write that returned is on the disk.

What the tables mean stands in the module of each noun; this one only opens, migrates, locks and commits.
"""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection as Connection  # the other rooms take it from here
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from triagem.errors import DamagedArtifact, UnsupportedFormat
from triagem.store.schema import HEAD, upgrade

DATABASE_FILE = "triagem.db"
LOCK_FILE = "triagem.lock"


class Database:
    """The state of one data directory. Safe to share between threads; each process opens its own.

    Readers are read-only connections and see one snapshot per transaction. Writers take a lock file first: SQLite up to
    3.51.2 can corrupt a WAL file when a checkpoint meets a write of another process, and commits are where both happen.
    """

    def __init__(self, data_dir: Path) -> None:
        """Opens or creates the database and brings its schema up to date.

        Raises `UnsupportedFormat` when it was written by a newer Triagem, `DamagedArtifact` when it is no database.
        """
        data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir = data_dir
        self._mutex = threading.RLock()
        self._lock_path = data_dir / LOCK_FILE
        address = "file:" + quote(str((data_dir / DATABASE_FILE).absolute()))
        self._writer = _engine(f"sqlite:///{address}?uri=true", static=True)
        self._reader = _engine(f"sqlite:///{address}?mode=ro&uri=true", static=False)
        event.listen(self._writer, "begin", _begin_immediate)
        try:
            self._migrate()
        except DatabaseError as error:
            if isinstance(error.orig, sqlite3.OperationalError):
                raise
            raise DamagedArtifact(
                f"{data_dir / DATABASE_FILE} is not a readable database. It was left as it is: "
                "move it aside and restore a backup with: triagem restore DIR"
            ) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction: everything read inside comes from one moment."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The only way to change anything. Committed and synced when the block ends, undone when it raises."""
        with self._exclusive(), self._writer.begin() as connection:
            yield connection

    def backup(self, target: Path) -> None:
        """Copies the database as of one moment to `target`, while others read and write."""
        with self._exclusive(), self._writer.connect() as connection, sqlite3.connect(target) as copy:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy)
        copy.close()

    def close(self) -> None:
        self._reader.dispose()
        with self._exclusive():
            self._writer.dispose()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._mutex, self._lock_path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _migrate(self) -> None:
        with self._exclusive(), self._writer.begin() as connection:
            known = connection.scalar(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"))
            version = connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
            if version == HEAD:
                return
            if version is not None and version > HEAD:
                raise UnsupportedFormat(
                    f"The database in {self.data_dir} has schema {version}, this Triagem knows up to {HEAD}. "
                    "Install the newer Triagem that wrote it."
                )
            upgrade(connection)


def _engine(url: str, *, static: bool) -> Engine:
    pool = {"poolclass": StaticPool} if static else {"pool_size": 8, "max_overflow": 32}
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 30.0}, **pool
    )
    event.listen(engine, "connect", _prepare)
    if not static:
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA cache_size = -16000")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that turns into a write fails at once when another wrote meanwhile; the timeout is ignored.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
