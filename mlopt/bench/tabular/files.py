"""A table as a file: JSON lines, gzipped where its name ends in ".gz".

    {"format":"mlopt-table","schema":1,"licence":...,"origin":{...},"templates":[...]}
    {"workload":{...}}
    [0,[3,1,0],null,1.41,1.39,1.43,102.5,"9f..."]      a trace of its first space
    [0,[3,1,1],"compile_error"]                        one that failed

What is read is untrusted: parsed as JSON, checked field by field, bounded in size, and
nothing of it is evaluated. Imports neither JAX nor IREE.
"""

import dataclasses
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

from mlopt.bench.tabular.table import (
    Key,
    Origin,
    Result,
    Table,
    TabledWorkload,
    only_listed,
)
from mlopt.bench.tabular.templates import template_from_json, template_to_json
from mlopt.core.candidate import Knob, Space, Value
from mlopt.core.errors import InputError, MloptError
from mlopt.core.measurement import FailureStatus
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind
from mlopt.records.checks import (
    count,
    integer,
    many,
    name,
    optional,
    positive,
    text,
    trace,
)
from mlopt.records.codec import Readers, build, parse, plain
from mlopt.search.encoding import decode

_FORMAT: Final = "mlopt-table"
SCHEMA: Final = 1
LICENCE: Final = "Apache-2.0 WITH LLVM-exception"
# Far above what a table takes: 40 workloads of 1500 traces are 4 MB of text.
_MAX_BYTES: Final = 256 << 20
_MAX_LINE_BYTES: Final = 4 << 20
_MAX_EXTENT: Final = 1 << 31


def write(table: Table, path: Path) -> None:
    """Write a table; a file that is there is replaced when all is written.

    Raises:
        InputError: the file cannot be written.
    """
    lines = [header(table.origin, table.templates)]
    for each in table.workloads:
        lines.append(workload_line(each))
        lines += [result_line(each.spaces, *item) for item in each.results.items()]
    content = "".join(lines).encode()
    if path.suffix == ".gz":
        # No time stamp: the same table gives the same bytes.
        content = gzip.compress(content, mtime=0)
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def read(path: Path) -> Table:
    """Read and check a table.

    Raises:
        InputError: it cannot be read, or a line is not what it should be.
    """
    try:
        with path.open("rb") as file:
            is_zipped = file.peek(2)[:2] == b"\x1f\x8b"
            stream = gzip.GzipFile(fileobj=file) if is_zipped else file
            return _read(_lines(stream, path), path)
    except (OSError, EOFError) as error:
        raise InputError(f"cannot read {path}: {error}") from error


def header(origin: Origin, templates: Sequence[SpaceTemplate]) -> str:
    """The first line, with its end."""
    return _line(
        {
            "format": _FORMAT,
            "schema": SCHEMA,
            "licence": LICENCE,
            "origin": plain(origin),
            "templates": [template_to_json(each) for each in templates],
        }
    )


def workload_line(tabled: TabledWorkload) -> str:
    """What stands before the results of a workload."""
    workload = dataclasses.replace(tabled.workload, module="")
    return _line(
        {
            "workload": {
                "name": tabled.name,
                "family": tabled.family,
                "baseline_us": tabled.baseline_us,
                "kernel": plain(workload),
                "spaces": [_space(space) for space in tabled.spaces],
                "experts": [json.loads(each.to_json()) for each in tabled.experts],
            }
        }
    )


def result_line(spaces: Iterable[Space], key: Key, result: Result) -> str:
    """One trace and what became of it."""
    number = [space.name for space in spaces].index(key[0])
    head = [number, list(key[1]), result.status]
    if result.status is not None:
        return _line(head)
    ratios = (result.speedup, result.low, result.high, result.latency_us)
    return _line([*head, *(_short(number) for number in ratios), result.code])


def _space(space: Space) -> dict[str, Any]:
    knobs = [[k.name, list(k.values), k.default] for k in space.knobs]
    return {"name": space.name, "version": space.version, "knobs": knobs}


def _short(number: float | None) -> float | None:
    """Four digits are more than a measurement has."""
    return None if number is None else float(f"{number:.4g}")


def _line(content: object) -> str:
    return json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n"


def _lines(stream: BinaryIO | gzip.GzipFile, path: Path) -> Iterator[tuple[int, Any]]:
    total = 0
    number = 0
    while line := stream.readline(_MAX_LINE_BYTES + 1):
        number += 1
        total += len(line)
        if len(line) > _MAX_LINE_BYTES or total > _MAX_BYTES:
            _refuse(path, number, "it is too long")
        try:
            yield number, parse(line.decode())
        except ValueError as error:
            _refuse(path, number, error)


def _read(lines: Iterator[tuple[int, Any]], path: Path) -> Table:
    reading = _Reading()
    number = 1
    try:
        first: Any = next(lines, (1, None))[1]
        origin = _origin_of_header(first)
        templates = many(template_from_json)(first["templates"])
        for each in lines:
            number, content = each
            reading.take(content)
        workloads = tuple(reading.finished())
        return Table(origin=origin, templates=templates, workloads=workloads)
    except (ValueError, KeyError, TypeError, MloptError) as error:
        _refuse(path, number, error)


def _refuse(path: Path, number: int, why: object) -> NoReturn:
    raise InputError(f"{path}, line {number}: {why}")


class _Reading:
    """Workloads as their lines come: one of its own, then its results."""

    def __init__(self) -> None:
        self._done: list[TabledWorkload] = []
        self._current: TabledWorkload | None = None
        self._results: dict[Key, Result] = {}

    def take(self, content: Any) -> None:
        """The next line."""
        if not isinstance(content, list):
            self._finish()
            self._current = _head(content)
            return
        if self._current is None:
            raise ValueError("a result before the first workload")
        key, result = _result(content, self._current.spaces)
        if key in self._results:
            raise ValueError("a trace that was there before")
        self._results[key] = result

    def finished(self) -> list[TabledWorkload]:
        """All of them, when no more lines come."""
        self._finish()
        return self._done

    def _finish(self) -> None:
        if self._current is None:
            return
        listed = {
            space: frozenset(key[1] for key in self._results if key[0] == space.name)
            for space in self._current.spaces
        }
        spaces = tuple(only_listed(s, keys) for s, keys in listed.items() if keys)
        results, self._results = self._results, {}
        self._done.append(
            dataclasses.replace(self._current, spaces=spaces, results=results)
        )
        self._current = None


def _origin_of_header(content: Any) -> Origin:
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ValueError("this is no table of measured candidates")
    if content.get("schema") != SCHEMA:
        raise ValueError(
            f"it has schema {content.get('schema')!r}; this version reads {SCHEMA}"
        )
    return build(Origin, _ORIGIN, content["origin"])


def _head(content: Any) -> TabledWorkload:
    head = _object(_object(content)["workload"])
    return TabledWorkload(
        name=name(head["name"]),
        family=name(head["family"]),
        workload=_workload(head["kernel"]),
        spaces=many(_thinned)(head["spaces"]),
        experts=many(trace)(head["experts"]),
        baseline_us=positive(head["baseline_us"]),
    )


def _thinned(content: Any) -> Space:
    space = _object(content)
    return Space(
        name=name(space["name"]),
        version=name(space["version"]),
        knobs=many(_knob)(space["knobs"]),
    )


def _knob(content: Any) -> Knob:
    match content:
        case [str(called), list(values), default]:
            return Knob(
                name=name(called), values=many(_value)(values), default=_value(default)
            )
        case _:
            raise ValueError("expected a knob's name, values and default")


def _value(content: Any) -> Value:
    return content if isinstance(content, bool | str) else integer(content)


def _workload(content: Any) -> Workload:
    workload = build(Workload, _WORKLOAD, content)
    if workload.root is not None and workload.root >= len(workload.ops):
        number = len(workload.ops)
        raise ValueError(f"the root is number {workload.root} of {number} operations")
    return workload


def _extent(content: Any) -> int:
    """Of a loop; spaces look for divisors, which takes a while of huge numbers."""
    extent = integer(content)
    if not -1 <= extent <= _MAX_EXTENT:
        raise ValueError(f"a loop of {extent} steps")
    return extent


def _result(content: list[Any], spaces: tuple[Space, ...]) -> tuple[Key, Result]:
    match content:
        case [int(number), list(positions), status, *rest]:
            pass
        case _:
            raise ValueError("expected a space, positions and a status")
    if not 0 <= number < len(spaces):
        raise ValueError(f"there is no space number {number}")
    space = spaces[number]
    indices = many(count)(positions)
    _ = decode(space, indices)
    key = (space.name, indices)
    if status is not None:
        return key, Result(status=FailureStatus(status))
    speedup, low, high, latency_us, code = rest
    return key, Result(
        status=None,
        speedup=positive(speedup),
        low=positive(low),
        high=positive(high),
        latency_us=positive(latency_us),
        code=name(code),
    )


def _object(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ValueError("expected an object")
    return content


def _pair(content: Any) -> tuple[str, str]:
    package, version = content
    return name(package), name(version)


_TARGET: Final[Readers] = {
    "kind": name,
    "triple": name,
    "cpu": name,
    "features": many(name),
    "num_cores": count,
    "vector_bytes": count,
    "l1d_bytes": count,
    "l2_bytes": count,
    "l3_bytes": count,
    "compiler_version": name,
    "compile_flags": many(name),
    "device_uri": name,
}
_ORIGIN: Final[Readers] = {
    "target": lambda value: build(Target, _TARGET, value),
    "machine": text,
    "versions": many(_pair),
    "spaces": many(name),
    "most": count,
    "seed": integer,
}
_TENSOR: Final[Readers] = {"shape": many(count), "dtype": name}
_OP: Final[Readers] = {
    "name": name,
    "extents": many(_extent),
    "iterators": many(lambda value: IteratorType(name(value))),
    "maps": many(many(integer)),
    "dtypes": many(name),
    "num_inputs": count,
    "sources": many(integer),
    "combiner": text,
}
_WORKLOAD: Final[Readers] = {
    "hash": name,
    "name": name,
    "kind": lambda value: WorkloadKind(name(value)),
    "executables": many(name),
    "entry": name,
    "module": text,
    "inputs": many(lambda value: build(TensorSpec, _TENSOR, value)),
    "outputs": many(lambda value: build(TensorSpec, _TENSOR, value)),
    "ops": many(lambda value: build(StructuredOp, _OP, value)),
    "root": optional(count),
    "num_dispatches": count,
    "flops": count,
    "num_bytes": count,
    "flags": many(name),
}
