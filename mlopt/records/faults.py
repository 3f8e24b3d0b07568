"""What a database says when it fails, as one sentence each.

SQLite's faults are told apart by its error names, PostgreSQL's by SQLSTATE; neither by
the wording of a message.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mlopt.core.errors import RecordError

_LOCKED: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")
# Serialization failure, deadlock, and the two ways of losing a race to insert the
# same thing. Trying again sees what the other process wrote.
_LOST_RACE: Final = ("40001", "40P01", "23505", "42P07")
_UNIQUE: Final = "SQLITE_CONSTRAINT_UNIQUE"

_SENTENCES: Final = {
    "SQLITE_FULL": "the disk of {where} is full: free space and run the same again",
    # Its index of the write-ahead log could not be made larger.
    "SQLITE_IOERR_SHMSIZE": "the disk of {where} is full: free space and run the "
    "same again",
    "SQLITE_READONLY": "{where} is read-only: make it writable or name another",
    "SQLITE_PERM": "access to {where} was refused: check its permissions",
    "SQLITE_CANTOPEN": "{where} cannot be opened: check that the path is a file "
    "and that its folder may be read and written",
    "SQLITE_NOTADB": "{where} is not a record database: name another, or move it "
    "away and a new one is begun",
    "SQLITE_CORRUPT": "{where} is damaged: restore a copy, or move it away and a "
    "new one is begun",
    "SQLITE_IOERR": "{where} cannot be read or written: the disk reports an error",
    "SQLITE_BUSY": "{where} is locked by another process: wait for it to end and "
    "run the same again",
}


def is_transient(error: SQLAlchemyError) -> bool:
    """Whether the same transaction may well succeed when it is tried again."""
    code = _code(error)
    return code.startswith(_LOCKED) or code == _UNIQUE or code in _LOST_RACE


@contextmanager
def as_record_errors(where: str) -> Iterator[None]:
    """Turn what the database raises into one sentence that names the database.

    Raises:
        RecordError: in place of any SQLAlchemy error.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise RecordError(_sentence(error, where)) from error


def _sentence(error: SQLAlchemyError, where: str) -> str:
    code = _code(error)
    for start, sentence in _SENTENCES.items():
        if code.startswith(start):
            return sentence.format(where=where)
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = str(cause).strip().splitlines()
    return f"{where} failed: {said[0] if said else type(cause).__name__}"


def _code(error: SQLAlchemyError) -> str:
    """SQLite's error name or the SQLSTATE; "" when the driver gives neither."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    for attribute in ("sqlite_errorname", "sqlstate", "pgcode"):
        code = getattr(cause, attribute, None)
        if code:
            return str(code)
    return ""
