"""Readers of untrusted JSON values: each returns a checked value or says what is wrong.

They bound every length, so that a hostile file cannot fill the memory. Imports core
only.
"""

import datetime
import json
import math
from collections.abc import Callable
from typing import Final, TypeVar

from mlopt.core.candidate import Trace
from mlopt.core.measurement import Interval

T = TypeVar("T")

# A key names a hash, a target or a version: short, and shown in tables.
MAX_NAME: Final = 512
# The largest scripts seen are some tens of KiB; diagnostics are cut to one sentence.
MAX_TEXT: Final = 4 * 2**20
# Far above what a measurement takes: rounds times samples stays in the hundreds.
MAX_ITEMS: Final = 100_000
MAX_INTEGER: Final = 2**63 - 1


def name(value: object) -> str:
    """A key: short, not empty, printable (so safe in any database and terminal).

    Raises:
        ValueError: anything else.
    """
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError(f"expected printable text, got {_shown(value)}")
    if len(value) > MAX_NAME:
        raise ValueError(f"{len(value)} characters, more than {MAX_NAME}")
    return value


def text(value: object) -> str:
    """Free text that UTF-8 can carry, perhaps empty.

    Raises:
        ValueError: anything else, or longer than `MAX_TEXT`.
    """
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {_shown(value)}")
    if len(value) > MAX_TEXT:
        raise ValueError(f"{len(value)} characters, more than {MAX_TEXT}")
    value.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
    return value


def boolean(value: object) -> bool:
    """True or false.

    Raises:
        ValueError: anything else, 0 and 1 too.
    """
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {_shown(value)}")
    return value


def integer(value: object) -> int:
    """An integer that fits 64 signed bits.

    Raises:
        ValueError: anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected an integer, got {_shown(value)}")
    if abs(value) > MAX_INTEGER:
        raise ValueError(f"{_shown(value)} does not fit 64 bits")
    return value


def count(value: object) -> int:
    """An integer of at least 0.

    Raises:
        ValueError: anything else.
    """
    number = integer(value)
    if number < 0:
        raise ValueError(f"expected at least 0, got {number}")
    return number


def real(value: object) -> float:
    """A finite number of at least 0.

    Raises:
        ValueError: anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number, got {_shown(value)}")
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"expected a finite number of at least 0, got {value}")
    return float(value)


def positive(value: object) -> float:
    """A finite number above 0: a time or a ratio of times.

    Raises:
        ValueError: anything else.
    """
    number = real(value)
    if number == 0.0:
        raise ValueError("expected a number above 0, got 0")
    return number


def optional(read: Callable[[object], T]) -> Callable[[object], T | None]:
    """Turn a reader into one that lets null through as None."""

    def read_optional(value: object) -> T | None:
        return None if value is None else read(value)

    return read_optional


def many(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """Turn a reader of an item into a reader of a bounded list of them."""

    def read_many(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise ValueError(f"expected a list, got {_shown(value)}")
        if len(value) > MAX_ITEMS:
            raise ValueError(f"{len(value)} items, more than {MAX_ITEMS}")
        return tuple(read(item) for item in value)

    return read_many


def trace(value: object) -> Trace:
    """Decisions in a space.

    Raises:
        ValueError: not a trace.
    """
    return Trace.from_json(json.dumps(value))


def interval(value: object) -> Interval:
    """A ratio with the ends of its interval, low end first.

    Raises:
        ValueError: not an interval.
    """
    match value:
        case {"value": middle, "low": low, "high": high, **rest} if not rest:
            ends = positive(low), positive(high)
        case _:
            raise ValueError(f"not an interval: {_shown(value)}")
    if ends[0] > ends[1]:
        raise ValueError(f"interval from {low} down to {high}")
    return Interval(value=positive(middle), low=ends[0], high=ends[1])


def moment(value: object) -> str:
    """A UTC time in ISO 8601.

    Raises:
        ValueError: not one, or in another zone.
    """
    when = datetime.datetime.fromisoformat(name(value))
    if when.utcoffset() != datetime.timedelta(0):
        raise ValueError(f"expected a time in UTC, got {_shown(value)}")
    return name(value)


def _shown(value: object) -> str:
    """What a message shows of a value: its beginning; never megabytes, never huge."""
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "a huge integer"
    return repr(value)[:60]
