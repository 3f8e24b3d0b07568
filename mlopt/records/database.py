"""The record database: append, look up, unite. Safe for many processes at once.

Every method is one transaction (long reads are pages, which an append-only table
allows). Rows are validated when read. Must not import jax, iree or another stage.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    Table,
    false,
    insert,
    select,
)
from sqlalchemy.engine import URL

from mlopt.core.errors import RecordError
from mlopt.core.record import ProgramRecord, TuningRecord
from mlopt.paths import cache_dir
from mlopt.records import jsonlines, queries
from mlopt.records.codec import Record, digest, parse, program_from, tuning_from
from mlopt.records.engine import (
    LOCK_TIMEOUT_S,
    connect,
    locate,
    shown,
    sqlite_file,
    transact,
)
from mlopt.records.faults import as_record_errors
from mlopt.records.opening import create_or_check
from mlopt.records.schema import PROGRAMS, TRIALS, VERSION
from mlopt.records.selection import RecordFilter, Summary
from mlopt.records.writing import insert_new

T = TypeVar("T")

_PAGE = 500
_ANY = RecordFilter()


class Database:
    """Tuning and program records. Append-only; use as a context manager.

    Every method raises RecordError, with a sentence that names the database, when it
    cannot be reached, read or written, or holds a damaged record.
    """

    def __init__(self, engine: Engine, url: URL, lock_timeout_s: float) -> None:
        """Use `Database.open`."""
        self._engine = engine
        self._where = shown(url)
        self._lock_timeout_s = lock_timeout_s

    @staticmethod
    def open(
        url_or_path: str | os.PathLike[str] | None = None,
        *,
        create: bool = True,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
    ) -> "Database":
        """Open a database, and create it if it is not there yet.

        Args:
            url_or_path: a SQLAlchemy URL or the path of an SQLite file; None is
                `default_path()`.
            create: whether a file that is not there is created.
            lock_timeout_s: how long to wait for other processes' transactions.

        Raises:
            RecordError: it cannot be opened or created.
            RecordVersionError: its schema is one this version does not know.
        """
        url = locate(Database.default_path() if url_or_path is None else url_or_path)
        _prepare_file(url, create=create)
        database = Database(
            connect(url, lock_timeout_s=lock_timeout_s), url, lock_timeout_s
        )
        try:
            with as_record_errors(database._where):
                create_or_check(database._engine, database._where, lock_timeout_s)
        except BaseException:
            database.close()
            raise
        return database

    @staticmethod
    def default_path() -> Path:
        """The file that is used when none is named."""
        return cache_dir() / "records.db"

    def close(self) -> None:
        """Give the connections back; closing twice is fine."""
        self._engine.dispose()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, records: Iterable[Record]) -> int:
        """Add records, tuning or program ones, in one durable transaction.

        A record that is there already, with the same content to the byte, is not
        added again.

        Returns:
            How many were new.

        Raises:
            RecordError: also when a record could not be read back (a number that is
                not finite, a failure with samples); nothing is added then.
        """
        kept = tuple(records)
        return self._write(lambda connection: insert_new(connection, kept, self._where))

    def check_writable(self) -> None:
        """Find out before hours of work whether records can be added.

        Raises:
            RecordError: the database is read-only.
        """
        nothing = select(VERSION.c.version).where(false())
        self._write(
            lambda connection: (
                connection.execute(
                    insert(VERSION).from_select(["version"], nothing)
                ).rowcount
            )
        )

    def best(
        self,
        workload: str,
        target: str,
        compiler_version: str,
        space_versions: Collection[str],
    ) -> TuningRecord | None:
        """The fastest final record that is surely faster than candidate 0, or None.

        Only records count whose interval lies above 1.0. Ties are broken by the low
        end of the interval and then by content, so united databases agree.
        """
        key = (workload, target, compiler_version)
        rows = self._read(queries.best(*key, space_versions))
        return self._decode(rows[0], tuning_from) if rows else None

    def trials(
        self,
        workload: str,
        target: str,
        compiler_version: str,
        space_versions: Collection[str],
    ) -> list[TuningRecord]:
        """Everything tried under these keys, in the order it was added."""
        chosen = RecordFilter(
            workload=workload,
            target=target,
            compiler_version=compiler_version,
            space_versions=tuple(space_versions),
        )
        return list(self.all(chosen))

    def all(self, chosen: RecordFilter = _ANY) -> Iterator[TuningRecord]:
        """All tuning records that `chosen` lets through, in the order of adding."""
        for row in self._pages(queries.bodies(TRIALS).where(chosen.clause()), TRIALS):
            yield self._decode(row, tuning_from)

    def count(self, chosen: RecordFilter = _ANY) -> int:
        """How many tuning records `chosen` lets through."""
        return self._read(queries.count(chosen))[0][0]

    def summaries(self, chosen: RecordFilter = _ANY) -> list[Summary]:
        """One line for each workload, target and compiler, ordered by these."""
        return [Summary(**row._mapping) for row in self._read(queries.summary(chosen))]

    def program(
        self, program: str, target: str, compiler_version: str
    ) -> ProgramRecord | None:
        """The newest result of tuning this program, or None."""
        rows = self._read(queries.newest_program(program, target, compiler_version))
        return self._decode(rows[0], program_from) if rows else None

    def programs(self) -> Iterator[ProgramRecord]:
        """All program records, in the order of adding."""
        for row in self._pages(queries.bodies(PROGRAMS), PROGRAMS):
            yield self._decode(row, program_from)

    def export_lines(self) -> Iterator[str]:
        """Everything as JSON lines, each with its line end; the header first."""
        yield jsonlines.header()
        for record in self.all():
            yield jsonlines.line(record)
        for record in self.programs():
            yield jsonlines.line(record)

    def export_jsonl(self, path: str | os.PathLike[str]) -> int:
        """Write everything to a file of JSON lines, whole or not at all.

        Returns:
            How many records.

        Raises:
            RecordError: also when the file cannot be written.
        """
        return jsonlines.write(self.export_lines(), Path(path))

    def import_jsonl(self, path: str | os.PathLike[str]) -> int:
        """Add the records of a file that `export_jsonl` wrote, all or none.

        Returns:
            How many were new.

        Raises:
            RecordError: the file cannot be read, or a line of it, which is named.
            RecordVersionError: the file has a schema this version does not know.
        """
        # A transaction that has to begin again reads the file again.
        return self._write(
            lambda connection: insert_new(
                connection, jsonlines.read(Path(path)), self._where
            )
        )

    def merge(self, other: "Database") -> int:
        """Add everything of another database: a union, so doing it twice is fine.

        Returns:
            How many were new.
        """

        def union(connection: Connection) -> int:
            added = insert_new(connection, other.all(), self._where)
            return added + insert_new(connection, other.programs(), self._where)

        return self._write(union)

    def _read(self, query: Select) -> list[Row]:
        with as_record_errors(self._where):
            return transact(
                self._engine,
                lambda connection: list(connection.execute(query)),
                writes=False,
                lock_timeout_s=self._lock_timeout_s,
            )

    def _write(self, work: Callable[[Connection], int]) -> int:
        with as_record_errors(self._where):
            return transact(
                self._engine, work, writes=True, lock_timeout_s=self._lock_timeout_s
            )

    def _pages(self, query: Select, table: Table) -> Iterator[Row]:
        """Rows by ascending id, without holding a transaction between pages."""
        last = 0
        while True:
            page = query.where(table.c.id > last).order_by(table.c.id).limit(_PAGE)
            rows = self._read(page)
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1].id

    def _decode(self, row: Row, read: Callable[[object], T]) -> T:
        if digest(row.body) != row.digest:
            raise RecordError(
                f"{self._where} holds a record that was altered after it was written "
                f"({row.digest[:16]}): restore a copy, or move it away"
            )
        try:
            return read(parse(row.body))
        except ValueError as error:
            raise RecordError(
                f"{self._where} holds a record that cannot be read "
                f"({row.digest[:16]}): {error}"
            ) from error


def _prepare_file(url: URL, *, create: bool) -> None:
    """Make the folder of an SQLite file, or insist that the file is there."""
    path = sqlite_file(url)
    if path is None:
        return
    if not create and not path.exists():
        raise RecordError(f"there is no record database at {path}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(
            f"the folder of {shown(url)} cannot be made: {error.strerror}"
        ) from error
