"""Numbers as every report writes them: three significant digits and a unit.

A speedup is always "x over" a named baseline; above 1 is faster.
"""

from collections.abc import Iterable
from typing import Final

from mlopt.core.measurement import FailureStatus, Interval

# Smallest number of microseconds that is written in each unit, largest unit first.
_TIME_UNITS: Final = ((1e6, "s"), (1e3, "ms"), (0.0, "us"))
_SIZE_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


def digits(value: float) -> str:
    """Three significant digits, never in exponent notation: 0.951, 1.40, 12.3, 1230."""
    rounded = float(f"{value:.3g}")
    if abs(rounded) >= 100:
        return f"{rounded:.0f}"
    return f"{rounded:#.3g}"


def duration(latency_us: float) -> str:
    """A time in the unit that fits it: "8.21 us", "12.3 ms", "1.25 s"."""
    scale, unit = _time_unit(latency_us)
    return f"{digits(latency_us / scale)} {unit}"


def duration_range(low_us: float, high_us: float) -> str:
    """Two times in one unit: "12.1 to 12.5 ms"."""
    scale, unit = _time_unit(high_us)
    return f"{digits(low_us / scale)} to {digits(high_us / scale)} {unit}"


def elapsed(seconds: float) -> str:
    """Wall time in whole seconds: "42 s", "3 min 20 s", "1 h 02 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def ratio(value: float) -> str:
    """A speedup: "1.48x"."""
    return f"{digits(value)}x"


def speedup_over(interval: Interval, baseline: str) -> str:
    """A speedup with its baseline: "1.48x over default (95% interval 1.45 to 1.52)"."""
    ends = f"{digits(interval.low)} to {digits(interval.high)}"
    return f"{ratio(interval.value)} over {baseline} (95% interval {ends})"


def size(num_bytes: int | None) -> str:
    """Bytes in the unit that fits them: "12.0 MiB"; "unknown" for None."""
    if num_bytes is None:
        return "unknown"
    value, unit = float(num_bytes), 0
    while value >= 1024 and unit + 1 < len(_SIZE_UNITS):
        value, unit = value / 1024, unit + 1
    return f"{digits(value) if unit else num_bytes} {_SIZE_UNITS[unit]}"


def percent(share: float) -> str:
    """A share of 0 to 1: "12.3%"."""
    return f"{100 * share:.1f}%"


def failure_counts(failures: Iterable[tuple[FailureStatus, int]]) -> str:
    """Failures by status: "8 compile_error, 4 wrong_result"; "" without any."""
    return ", ".join(f"{number} {status}" for status, number in failures if number)


def _time_unit(latency_us: float) -> tuple[float, str]:
    rounded = float(f"{latency_us:.3g}")
    scale, unit = next(pair for pair in _TIME_UNITS if rounded >= pair[0])
    return scale or 1.0, unit
