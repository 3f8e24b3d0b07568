"""The nouns of the table: a workload, its small spaces, and what every trace gave.

Imports neither JAX nor IREE: a table is read and searched on any machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from mlopt.core.candidate import Candidate, Decisions, Requirement, Space, Trace
from mlopt.core.measurement import Failure, FailureStatus, Timing, Trial
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload
from mlopt.search.encoding import Indices

# A space's name, and the position of each knob's value.
Key: TypeAlias = tuple[str, Indices]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one trace.

    Attributes:
        status: None when it ran correctly.
        speedup, low, high: over the compiler's own choice, as a search ranks by it,
            and the ends of the 95% interval of the ratio of medians; None on failure.
        latency_us: median of the samples of one call; None on failure.
        code: hash of what it compiled to; "" where it did not.
    """

    status: FailureStatus | None
    speedup: float | None = None
    low: float | None = None
    high: float | None = None
    latency_us: float | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabledWorkload:
    """One workload with all traces of its thinned spaces.

    Attributes:
        name: of the program it comes from; `family` its kind of operator.
        workload: without its module.
        spaces: whose legal traces are those with results.
        experts: traces that a search would begin with.
        baseline_us: of the compiler's own choice, median.
    """

    name: str
    family: str
    workload: Workload
    spaces: tuple[Space, ...]
    experts: tuple[Trace, ...]
    baseline_us: float
    results: Mapping[Key, Result] = field(default_factory=dict)

    @property
    def best(self) -> float:
        """The highest speedup; 1.0 where the compiler's own choice is the fastest."""
        speedups = [r.speedup for r in self.results.values() if r.speedup is not None]
        return max([1.0, *speedups])


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and how a table was made: tables of two origins are never mixed.

    Attributes:
        machine: in words.
        versions: name and version of mlopt, of the compiler and of what else decides
            results.
        spaces: name and version of each space file that was thinned.
        most: traces of one workload at most.
        seed: of the inputs and of the order of measuring.
    """

    target: Target
    machine: str
    versions: tuple[tuple[str, str], ...]
    spaces: tuple[str, ...]
    most: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All of it.

    Attributes:
        templates: of the spaces, by which a trace's steps are known.
    """

    origin: Origin
    templates: tuple[SpaceTemplate, ...]
    workloads: tuple[TabledWorkload, ...]


def only_listed(space: Space, keys: frozenset[Indices]) -> Space:
    """A space whose legal traces are the listed ones, by the positions of values.

    Without its file's own requirements, which need the workload to be computed.
    """
    positions = {
        knob.name: {(type(v), v): i for i, v in enumerate(knob.values)}
        for knob in space.knobs
    }

    def is_listed(decisions: Decisions) -> bool:
        values = ((knob.name, decisions[knob.name]) for knob in space.knobs)
        return tuple(positions[n][type(v), v] for n, v in values) in keys

    rule = Requirement(sentence="the trace must be in the table", holds=is_listed)
    return Space(
        name=space.name,
        version=space.version,
        knobs=space.knobs,
        requirements=(rule,),
    )


def trial_of(tabled: TabledWorkload, trace: Trace, result: Result) -> Trial:
    """A result as a search would have been told of it."""
    candidate = Candidate(workload=tabled.workload.hash, trace=trace)
    if result.status is not None or result.latency_us is None:
        status = result.status or FailureStatus.RUN_CRASH
        failure = Failure(status=status, detail="as it was when the table was made")
        return Trial(candidate=candidate, measurement=failure, speedup=None)
    timing = Timing(
        latency_us=(result.latency_us,),
        baseline_us=(tabled.baseline_us,),
        calls_per_sample=1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=0,
    )
    return Trial(candidate=candidate, measurement=timing, speedup=result.speedup)
