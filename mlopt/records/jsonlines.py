"""Records as JSON lines: a header with the schema's version, then one a line.

    {"format":"mlopt-records","schema":1}
    {"trial":{...}}
    {"program":{...}}

Made for exchange and for version control: the same records give the same bytes.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NoReturn, TextIO

from mlopt.core.errors import RecordError
from mlopt.core.record import TuningRecord
from mlopt.records.codec import Record, encode, parse, program_from, tuning_from
from mlopt.records.opening import check_version
from mlopt.records.schema import SCHEMA_VERSION

_FORMAT: Final = "mlopt-records"
# More than the texts of a record take when each is as long as it may be.
_MAX_LINE_BYTES: Final = 64 * 2**20


def header() -> str:
    """The first line, with its end."""
    return f'{{"format":"{_FORMAT}","schema":{SCHEMA_VERSION}}}\n'


def line(record: Record) -> str:
    """One record, with the line's end."""
    noun = "trial" if isinstance(record, TuningRecord) else "program"
    return f'{{"{noun}":{encode(record)}}}\n'


def write(lines: Iterable[str], path: Path) -> int:
    """Write the lines; a file that is there is replaced when all is written.

    Returns:
        How many records (lines after the header) were written.

    Raises:
        RecordError: the file cannot be written.
    """
    try:
        with _replacing(path) as file:
            return sum(1 for _ in map(file.write, lines)) - 1
    except OSError as error:
        raise RecordError(f"cannot write {path}: {error.strerror}") from error


def read(path: Path) -> Iterator[Record]:
    """The records of a file, one after the other, each checked.

    Raises:
        RecordError: the file cannot be read, or a line of it, which is named.
        RecordVersionError: a schema this version does not know.
    """
    try:
        with path.open("rb") as file:
            for number, data in _parsed_lines(file, path):
                if number == 1:
                    _check_header(data, path)
                else:
                    yield _record(data, path, number)
    except OSError as error:
        raise RecordError(f"cannot read {path}: {error.strerror}") from error


def _parsed_lines(file: BinaryIO, path: Path) -> Iterator[tuple[int, object]]:
    """Line numbers, from 1, and what JSON stands there; a file has one at least."""
    number = 0
    while (raw := file.readline(_MAX_LINE_BYTES + 1)) or number == 0:
        number += 1
        if len(raw) > _MAX_LINE_BYTES:
            _refuse(path, number, f"longer than {_MAX_LINE_BYTES} bytes")
        try:
            yield number, parse(raw.decode())
        except ValueError as error:
            _refuse(path, number, str(error))


def _check_header(data: object, path: Path) -> None:
    match data:
        case {"format": format_name, "schema": version} if format_name == _FORMAT:
            check_version(version, f"the record file {path}")
        case _:
            _refuse(path, 1, "not the header of a record file")


def _record(data: object, path: Path, number: int) -> Record:
    try:
        match data:
            case {"trial": body, **rest} if not rest:
                return tuning_from(body)
            case {"program": body, **rest} if not rest:
                return program_from(body)
    except ValueError as error:
        _refuse(path, number, str(error))
    _refuse(path, number, "neither a trial nor a program")


def _refuse(path: Path, number: int, why: str) -> NoReturn:
    raise RecordError(f"{path}, line {number}: {why}; nothing was imported")


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file beside `path` that takes its place at the end, or leaves no trace.

    A pipe or a device is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="ascii", newline="\n") as file:
            yield file
        return
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="ascii", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
