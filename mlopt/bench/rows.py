"""Samples -> the rows of the table: a number, its interval, its baseline, its goal."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mlopt.bench.imports import BARE, ImportCosts
from mlopt.bench.plan import ContestTimes
from mlopt.bench.programs import Case
from mlopt.bench.searches import SearchStatistics
from mlopt.measure.statistics import Samples, bootstrap_ratio_interval


class Unit(enum.StrEnum):
    """What a row's value is."""

    SPEEDUP = "speedup"  # time of `against` / our time
    SHARE = "share"  # the same, of a rate that is the goal
    COST = "cost"  # our time / time of `against`
    RATE = "rate"  # a second
    SECONDS = "seconds"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Samples in short: the median, and the range of their middle half."""

    median_us: float
    quartile_range_us: float

    @staticmethod
    def of(samples: Samples) -> "Spread":
        """Of at least one sample."""
        low, median, high = np.quantile(np.asarray(samples), (0.25, 0.5, 0.75))
        return Spread(median_us=float(median), quartile_range_us=float(high - low))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a value should be at least, or at most."""

    limit: float
    is_upper: bool = False

    def is_met(self, value: float) -> bool:
        """Judged by the value alone, not by its interval."""
        return value <= self.limit if self.is_upper else value >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number.

    Attributes:
        name: key in the JSON.
        what, against: for people; `against` is the named baseline, "" without one.
        ci95: of ratios only; paired bootstrap.
        num_samples: of each side.
        ours, theirs: times of one call; None where the value is no ratio of times.
        details: further numbers that belong to it.
        note: a phrase.
        is_void: the value was bought with what must not be, and meets no goal.
    """

    name: str
    what: str
    against: str
    unit: Unit
    value: float
    num_samples: int
    ci95: tuple[float, float] | None = None
    ours: Spread | None = None
    theirs: Spread | None = None
    goal: Goal | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    is_void: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        return not self.is_void and self.goal.is_met(self.value)


def ratio_row(
    name: str,
    what: str,
    latency_us: Mapping[str, Sequence[float]],
    *,
    ours: str,
    against: str,
    unit: Unit,
    seed: int,
    goal: Goal | None = None,
) -> Row:
    """Two sets of paired samples as one ratio with its interval.

    Args:
        latency_us: samples by name; `ours` and `against` are two of them.
    """
    top, bottom = latency_us[against], latency_us[ours]
    if unit is Unit.COST:
        top, bottom = bottom, top
    interval = bootstrap_ratio_interval(top, bottom, rng=np.random.default_rng(seed))
    return Row(
        name=name,
        what=what,
        against=against,
        unit=unit,
        value=interval.value,
        ci95=(interval.low, interval.high),
        num_samples=len(latency_us[ours]),
        ours=Spread.of(latency_us[ours]),
        theirs=Spread.of(latency_us[against]),
        goal=goal,
    )


def contest_row(
    case: Case, times: ContestTimes, against: str, *, seed: int, goal: Goal | None
) -> Row:
    """The tuned program against one of its rivals."""
    row = ratio_row(
        f"{case.name}/{against}",
        f"{case.title}, tuned",
        times.latency_us,
        ours="tuned",
        against=against,
        unit=Unit.SHARE if against == "numpy" else Unit.SPEEDUP,
        seed=seed,
        goal=goal,
    )
    details: dict[str, object] = {
        "max_relative_error": times.max_relative_error["tuned"],
        "pause_after_s": times.pauses_s[against],
    }
    if times.rushed_us:
        theirs, ours = times.rushed_us[against], times.rushed_us["tuned"]
        details["value_without_pauses"] = float(np.median(theirs) / np.median(ours))
    return replace(row, details=details)


def one_thread_row(case: Case, times: ContestTimes, *, seed: int) -> Row:
    """As `contest_row` against the peer, where both had the calling thread alone.

    What is lost between this row and that one is not the kernel's.
    """
    row = contest_row(case, times, case.peer, seed=seed, goal=None)
    return replace(row, name=f"{row.name}/one_thread", what=f"{row.what} on one thread")


def search_row(name: str, what: str, search: SearchStatistics, goal: Goal) -> Row:
    """Measured trials a second; failed ones are counted beside them."""
    return Row(
        name=name,
        what=what,
        against="",
        unit=Unit.RATE,
        value=search.measured / search.seconds,
        num_samples=search.measured,
        goal=goal,
        details={
            "failed": search.failed,
            "failed_per_s": search.num_failed / search.seconds,
            "search_s": search.seconds,
        },
        note=f"and {search.num_failed} failed, in {search.seconds:.1f} s",
    )


def import_row(program: str, costs: ImportCosts, goal: Goal) -> Row:
    """Wall time of a fresh interpreter; worthless if JAX or IREE was loaded."""
    heavy = sorted(costs.heavy[program])
    ours, theirs = costs.wall_us[program], costs.wall_us[BARE]
    return Row(
        name=program.replace("--", "").replace(" ", "_"),
        what=f"`{program}`, whole process",
        against=f"bare {BARE}",
        unit=Unit.SECONDS,
        value=float(np.median(ours)) * 1e-6,
        num_samples=len(ours),
        ours=Spread.of(ours),
        theirs=Spread.of(theirs),
        goal=goal,
        details={"loaded": heavy},
        note=f"loads {', '.join(heavy)}" if heavy else "loads neither jax nor iree",
        is_void=bool(heavy),
    )
