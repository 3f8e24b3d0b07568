"""How much energy does a call take? Counted where there is a counter, else estimated.

An estimate carries the word with it: `Energy.is_estimated`, and `source` names the
model. Imports no runtime.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_POWERCAP: Final = Path("/sys/class/powercap")
# A core of a current server or laptop processor under vector load, package share
# included; published packages run from 5 to 15 W a core.
_WATTS_PER_BUSY_CORE: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Energy of one call.

    Attributes:
        is_estimated: False only when a hardware counter was read.
        source: the counter, or the model of the estimate.
    """

    energy_uj: float
    is_estimated: bool
    source: str

    def __str__(self) -> str:
        word = "estimated" if self.is_estimated else "measured"
        return f"{self.energy_uj:.4g} uJ ({word}: {self.source})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaplZone:
    """One processor package's energy counter under Linux's powercap."""

    folder: Path

    def read_uj(self) -> int:
        """Microjoules since an arbitrary time; wraps at `range_uj`."""
        return int((self.folder / "energy_uj").read_text())

    def range_uj(self) -> int:
        """Value at which the counter starts again from zero."""
        return int((self.folder / "max_energy_range_uj").read_text())


def measure_energy(
    call: Callable[[], object], num_calls: int, *, powercap: Path = _POWERCAP
) -> Energy:
    """Energy of one call: the mean over `num_calls` in a row.

    The counter sees the whole package, so nothing else should run. Without a counter:
    CPU seconds of this process, all threads, times 10 W a busy core.
    """
    zones = readable_zones(powercap)
    before_uj = [zone.read_uj() for zone in zones]
    before_s = time.process_time()
    for _ in range(num_calls):
        call()
    if not zones:
        return _estimate((time.process_time() - before_s) / num_calls)
    used_uj = sum(
        (zone.read_uj() - start) % (zone.range_uj() + 1)
        for zone, start in zip(zones, before_uj, strict=True)
    )
    return Energy(
        energy_uj=used_uj / num_calls, is_estimated=False, source="RAPL package counter"
    )


def readable_zones(powercap: Path = _POWERCAP) -> tuple[RaplZone, ...]:
    """Package-level counters that this user may read; () where there are none."""
    return tuple(
        RaplZone(folder=folder)
        for folder in sorted(powercap.glob("intel-rapl:*"))
        if folder.name.count(":") == 1 and _is_readable(RaplZone(folder=folder))
    )


def _is_readable(zone: RaplZone) -> bool:
    try:
        zone.read_uj()
        zone.range_uj()
    except (OSError, ValueError):
        return False
    return True


def _estimate(cpu_s: float) -> Energy:
    return Energy(
        energy_uj=cpu_s * _WATTS_PER_BUSY_CORE * 1e6,
        is_estimated=True,
        source=f"CPU time x {_WATTS_PER_BUSY_CORE:g} W a busy core",
    )
