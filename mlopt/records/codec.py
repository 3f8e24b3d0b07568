"""Records to canonical JSON text and back, and the hash that identifies them.

Equal records give equal bytes, so a union of databases is a union of hashes. Reading
never runs anything: JSON only, every field checked. Imports core only.
"""

import dataclasses
import hashlib
import json
import numbers
from collections.abc import Callable, Mapping
from typing import Final, NoReturn, TypeAlias, TypeVar

from mlopt.core.measurement import FailureStatus
from mlopt.core.objective import FASTEST
from mlopt.core.record import ChosenSchedule, ProgramRecord, TuningRecord
from mlopt.core.report import Verdict, WorkloadResult
from mlopt.core.workload import WorkloadKind
from mlopt.records.checks import (
    boolean,
    count,
    integer,
    interval,
    many,
    moment,
    name,
    optional,
    positive,
    real,
    text,
    trace,
)

Record: TypeAlias = TuningRecord | ProgramRecord
Readers: TypeAlias = Mapping[str, Callable[[object], object]]
R = TypeVar("R")

_TUNING: Final[Readers] = {
    "workload": name,
    "kind": lambda value: WorkloadKind(name(value)).value,
    "target": name,
    "compiler_version": name,
    "space_version": name,
    "mlopt_version": name,
    "trace": trace,
    "script": text,
    "status": optional(lambda value: FailureStatus(name(value))),
    "detail": text,
    "latency_us": many(positive),
    "baseline_us": many(positive),
    "speedup": optional(positive),
    "speedup_low": optional(positive),
    "speedup_high": optional(positive),
    "max_relative_error": optional(real),
    "peak_memory_bytes": optional(count),
    "peak_rss_bytes": optional(count),
    "is_final": boolean,
    "seed": integer,
    "created_at": moment,
    "provenance": text,
}

_CHOSEN: Final[Readers] = {
    "workload": name,
    "executables": many(name),
    "space_version": name,
    "trace": trace,
    "script": text,
}


def _failure_count(value: object) -> tuple[FailureStatus, int]:
    match value:
        case [status, number]:
            return FailureStatus(name(status)), count(number)
        case _:
            raise ValueError("expected pairs of status and count")


_WORKLOAD: Final[Readers] = {
    "hash": name,
    "name": name,
    "kind": lambda value: WorkloadKind(name(value)).value,
    "share": real,
    "num_calls": count,
    "before_us": optional(positive),
    "after_us": optional(positive),
    "speedup": optional(interval),
    "trace": trace,
    "changed": text,
    "trials": count,
    "failures": many(_failure_count),
}

_PROGRAM: Final[Readers] = {
    "program": name,
    "name": name,
    "target": name,
    "compiler_version": name,
    "mlopt_version": name,
    "base_name": name,
    "base_flags": many(text),
    "stock_best_name": name,
    "chosen": many(lambda value: build(ChosenSchedule, _CHOSEN, value)),
    "workloads": many(lambda value: build(WorkloadResult, _WORKLOAD, value)),
    "default_us": many(positive),
    "stock_best_us": many(positive),
    "tuned_us": many(positive),
    "speedup_default": interval,
    "speedup_stock_best": interval,
    "verdict": lambda value: Verdict(name(value)),
    "max_relative_error": real,
    "trials": count,
    "wall_s": real,
    "seed": integer,
    "created_at": moment,
    "provenance": text,
    "objective": name,
}
# A record without it is of the time when there was no other; so are those of today
# that have this one, which databases of both times then agree on.
_OBJECTIVE: Final = {"objective": str(FASTEST)}


def encode(record: Record) -> str:
    """Canonical JSON on one line: sorted keys, ASCII, floats as Python prints them.

    Raises:
        ValueError: what could not be read back: a number that is not finite, a
            failure with samples, text that is too long.
    """
    content = plain(record)
    assert isinstance(content, dict)
    is_tuning = isinstance(record, TuningRecord)
    _ = tuning_from(content) if is_tuning else program_from(content)
    content = {k: v for k, v in content.items() if (k, v) not in _OBJECTIVE.items()}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(body: str) -> str:
    """Content hash of what `encode` gave."""
    return hashlib.sha256(body.encode()).hexdigest()


def tuning_from(data: object) -> TuningRecord:
    """Inverse of `encode`, from parsed JSON.

    Raises:
        ValueError: a sentence naming the field that is missing or wrong.
    """
    record = build(TuningRecord, _TUNING, data)
    timed = (record.speedup, record.speedup_low, record.speedup_high)
    if record.status is not None and (record.latency_us or any(timed)):
        raise ValueError(f"a failure ({record.status}) with a measured time")
    if record.status is None and (not record.latency_us or None in timed):
        raise ValueError("neither a failure nor a measured time")
    if len(record.latency_us) != len(record.baseline_us):
        raise ValueError(
            f"{len(record.latency_us)} samples beside {len(record.baseline_us)} of "
            "the baseline"
        )
    return record


def program_from(data: object) -> ProgramRecord:
    """Inverse of `encode`, from parsed JSON.

    Raises:
        ValueError: a sentence naming the field that is missing or wrong.
    """
    if isinstance(data, dict):
        data = _OBJECTIVE | data
    return build(ProgramRecord, _PROGRAM, data)


def parse(line: str) -> object:
    """JSON without NaN and infinities, and without crashing on deep nesting.

    Raises:
        ValueError: not JSON.
    """
    try:
        return json.loads(line, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None


def build(cls: type[R], readers: Readers, data: object) -> R:
    """Read a dataclass field by field; the fields must be these, no more, no fewer.

    Raises:
        ValueError: a sentence naming the field that is missing or wrong.
    """
    if not isinstance(data, dict):
        raise ValueError(f"expected an object for {cls.__name__}")
    if data.keys() != readers.keys():
        odd = sorted(map(str, data.keys() ^ readers.keys()))
        raise ValueError(f"missing or unknown fields: {', '.join(odd)[:200]}")
    values = {}
    for field, read in readers.items():
        try:
            values[field] = read(data[field])
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{field}: {error}") from None
    return cls(**values)


def plain(value: object) -> object:
    """Dataclasses, enums, tuples and NumPy scalars as what JSON has.

    Raises:
        ValueError: anything else is in it.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    match value:
        case None | bool():
            return value
        case str():
            return str(value)
        case numbers.Integral():
            return int(value)
        case numbers.Real():
            return float(value)
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            raise ValueError(f"{type(value).__name__} has no place in a record")


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
