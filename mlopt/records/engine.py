"""Connections: which database a name means, and transactions that survive others.

On SQLite a writer takes the write lock when it begins (a read that turns into a write
would fail at once, however long the busy timeout), and a commit is on the disk when it
returns. Must not know what a record is.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from mlopt.core.errors import RecordError
from mlopt.records.faults import is_transient

T = TypeVar("T")

# A write takes milliseconds; only an import or a merge holds the lock for seconds.
LOCK_TIMEOUT_S: Final = 30.0
_FIRST_PAUSE_S: Final = 0.01
_LONGEST_PAUSE_S: Final = 0.5

_WRITES: Final = "mlopt_writes"


def locate(url_or_path: str | os.PathLike[str]) -> URL:
    """The URL of a database named by a SQLAlchemy URL or by the path of a file.

    Raises:
        RecordError: not a URL.
    """
    named = os.fspath(url_or_path)
    if "://" not in named:
        path = Path(named).expanduser().absolute()
        return URL.create("sqlite", database=str(path))
    try:
        return make_url(named)
    except (ArgumentError, ValueError) as error:
        raise RecordError(
            "the record database is named by something that is neither a path nor a "
            "URL like postgresql+psycopg://user@host/name"
        ) from error


def sqlite_file(url: URL) -> Path | None:
    """The file behind a plain SQLite URL; None for anything else."""
    is_file = url.get_backend_name() == "sqlite" and not url.query
    if not is_file or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database)


def connect(url: URL, *, lock_timeout_s: float) -> Engine:
    """An engine for the database; nothing is opened yet.

    Raises:
        RecordError: the driver that the URL asks for is not there.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    settings = {"timeout": lock_timeout_s} if is_sqlite else {}
    try:
        engine = create_engine(_readable(url), connect_args=settings)
    except (NoSuchModuleError, ImportError) as error:
        raise RecordError(
            f"the driver of {shown(url)} is not installed: install it (for PostgreSQL: "
            "pip install psycopg[binary]) or name a file"
        ) from error
    if is_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def shown(url: URL) -> str:
    """How messages name a database: never with its password."""
    path = sqlite_file(url)
    if path is not None:
        return f"the record database {path}"
    return f"the record database {url.render_as_string(hide_password=True)}"


def use_write_ahead_log(engine: Engine, lock_timeout_s: float) -> None:
    """Let readers and one writer of a SQLite file work side by side; lasting.

    A file system without shared memory keeps the rollback journal: slower, as safe.

    Raises:
        RecordError: another process held the file all the time.
    """
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + lock_timeout_s
    # SQLite does not wait for its own timeout here, and two processes that open a new
    # file at once meet.
    while True:
        try:
            with engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.cursor().execute("PRAGMA journal_mode=WAL").close()
            return
        except (sqlite3.OperationalError, DBAPIError) as error:
            if time.monotonic() >= deadline:
                reason = getattr(error, "orig", None) or error
                raise RecordError(f"{shown(engine.url)}: {reason}") from error
        time.sleep(_FIRST_PAUSE_S)


def transact(
    engine: Engine,
    work: Callable[[Connection], T],
    *,
    writes: bool,
    lock_timeout_s: float,
) -> T:
    """Run `work` in one transaction, again from its start while others hold locks.

    `work` may run several times and so must keep no state of its own. When this
    returns the transaction is durable; when it raises nothing was written.

    Raises:
        DBAPIError: the database refused, or stayed locked beyond the timeout.
    """
    deadline = time.monotonic() + lock_timeout_s
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            with engine.connect() as connection:
                connection = connection.execution_options(**{_WRITES: writes})
                with connection.begin():
                    return work(connection)
        except DBAPIError as error:
            if not is_transient(error) or time.monotonic() >= deadline:
                raise
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def _readable(url: URL) -> URL:
    """The same database in a form that a read-only folder allows.

    SQLite keeps shared memory beside a write-ahead log, so it cannot even read such
    a file in a folder it may not write (an image with records baked in), unless it
    is told that nobody else writes it either.
    """
    path = sqlite_file(url)
    if path is None or not path.is_file() or os.access(path.parent, os.W_OK):
        return url
    if path.with_name(path.name + "-wal").exists():
        return url
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return url.set(database=path.as_uri(), query=query)


def _set_up_sqlite(raw, _connection_record) -> None:
    # Transactions are begun below, not by the driver, which would begin them late.
    raw.isolation_level = None
    # With a write-ahead log anything less may lose the last commits with the power.
    raw.execute("PRAGMA synchronous=FULL").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
