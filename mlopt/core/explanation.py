"""What `mlopt explain` has to say: the nouns that it and the reports share.

Filled by the driver alone. Must not import jax, iree or any part of mlopt outside core.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from mlopt.core.measurement import Interval
from mlopt.core.memory import MemoryUse
from mlopt.core.objective import FASTEST
from mlopt.core.record import ProgramRecord, WorkloadChoice
from mlopt.core.report import Latency
from mlopt.core.target import Target


class LeverKind(enum.StrEnum):
    """What was decided about a program, each of which can be switched off."""

    SCHEDULE = "schedule"
    OPTIONS = "options"
    REWRITES = "rewrites"
    PRUNING = "pruning"
    PRECISION = "precision"
    CONSTANTS = "constants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One decision, and what it bought: the program without it, beside the whole.

    Attributes:
        subject: the kernel, option set, precision or arguments that it is about.
        falls_with_it: other decisions that cannot stand without it, in words; empty
            where it was switched off alone.
        without: the program without it; None where that could not be built or run.
        bought: time without it over time with it, above 1 is faster; None likewise.
        failure: why there is no time; empty where there is one.
    """

    kind: LeverKind
    subject: str
    falls_with_it: str
    without: Latency | None
    bought: Interval | None
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelUse:
    """The time of one kernel within its program.

    Attributes:
        share: of the time of all kernels.
        num_calls: in one run; latency_us: of one of them, mean.
        flops, num_bytes: what one call has to compute, and to read and write.
        is_scheduled: whether a schedule of ours is on it.
    """

    name: str
    share: float
    num_calls: int
    latency_us: float
    flops: int
    num_bytes: int
    is_scheduled: bool

    @property
    def total_us(self) -> float:
        """Of all calls in one run."""
        return self.latency_us * self.num_calls

    @property
    def flops_per_s(self) -> float:
        """The rate at which it computes."""
        return self.flops / self.latency_us * 1e6

    @property
    def bytes_per_s(self) -> float:
        """The rate at which it reads and writes."""
        return self.num_bytes / self.latency_us * 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramExplanation:
    """A program as its records build it, and each decision switched off in turn.

    Attributes:
        versions: package name -> version, in the order they are shown.
        record: of tuning this very program; None where only its kernels, or nothing,
            are on record.
        choices: one for each workload.
        licence: what is done to the numbers, in words.
        default: the program as the compiler's defaults make it.
        tuned: with all the decisions; speedup: default / tuned.
        levers: in the order in which they were decided.
        kernels: of the tuned program, the largest share first; empty where it could
            not be profiled.
        memory: what the peak of "default" and "tuned" consists of; without a program
            whose peak is not known.
        objective: what it was tuned for, in words.
    """

    name: str
    target: Target
    versions: Mapping[str, str]
    record: ProgramRecord | None
    choices: tuple[WorkloadChoice, ...]
    licence: str
    base_name: str
    default: Latency
    tuned: Latency
    speedup: Interval
    levers: tuple[Lever, ...]
    kernels: tuple[KernelUse, ...] = ()
    memory: Mapping[str, MemoryUse] = field(default_factory=dict)
    objective: str = str(FASTEST)
