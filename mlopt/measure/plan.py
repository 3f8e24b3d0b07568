"""What the parent asks of a measuring worker and what it hears back, as values.

NumPy and core only: the parent imports this and never the runtime.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mlopt.core.measurement import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLimits:
    """What the machine was measured to sustain with all its cores.

    Attributes:
        flops_per_s: float32 matrix product, NumPy's BLAS.
        bytes_per_s: reading and writing main memory, counted together.
        cache_bytes: last-level cache; what fits may be faster than `bytes_per_s`.
            0 when unknown.
        cached_bytes_per_s: reading and writing what fits into the cores' own caches.
    """

    flops_per_s: float
    bytes_per_s: float
    cache_bytes: int
    cached_bytes_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one call of the program has to do at least.

    Attributes:
        flops: 0.0 when unknown.
        num_bytes: every binding once; 0.0 when unknown.
        rate_multiplier: how much faster than float32 the hardware computes in the
            narrowest dtype involved (bf16 and i8 instructions: up to 4).
    """

    flops: float = 0.0
    num_bytes: float = 0.0
    rate_multiplier: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSpec:
    """Everything a worker needs to judge candidates against one program.

    Attributes:
        key: names the program among those a worker holds.
        path: the baseline's VM flatbuffer (candidate 0).
        entry: its public function.
        inputs: one list of arrays for each seed; timing uses the first.
        references: the right outputs for each seed; None takes the baseline's own.
        reduction_length: the longest sum in the program.
        device_uri: an IREE HAL device such as "local-task".
        num_threads: for the device; None is its own choice.
        min_sample_s: calls are repeated until a sample takes this long.
    """

    key: str
    path: str
    entry: str
    inputs: list[list[np.ndarray]]
    references: list[list[np.ndarray]] | None
    reduction_length: int
    device_uri: str
    num_threads: int | None
    # At 5 ms one stray interrupt weighs less than 1%, and a candidate that is three
    # times as fast as its baseline still runs more than once in its own caches.
    min_sample_s: float = 5e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What became known of a baseline.

    Attributes:
        latency_us: median of a few samples.
        outputs_digest: content hash of its outputs for all seeds.
        max_relative_error: against the references; 0.0 when they are its own.
        peak_memory_bytes: as in `core.Timing`.
    """

    latency_us: float
    outputs_digest: str
    calls_per_sample: int
    max_relative_error: float
    peak_memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePlan:
    """How thoroughly to measure one candidate.

    Attributes:
        num_rounds, pairs_per_round: a pair is one sample of each, order alternating.
        too_slow_factor: a first timed call longer than this many baseline calls
            ends the measurement.
        race_against: the best speedup known so far; None measures all rounds.
        race_margin: after the first round the candidate is dropped, keeping its
            samples, when the upper end of its interval is below this part of it.
        work, limits: a speed beyond 1.5 times the limits is a wrong result; None
            skips the check.
        measures_memory: whether to run the program once more for its peak memory.
        seed: of the bootstrap.
    """

    num_rounds: int
    pairs_per_round: int
    seed: int
    too_slow_factor: float = 5.0
    race_against: float | None = None
    race_margin: float = 0.9
    work: Work = field(default_factory=Work)
    limits: MachineLimits | None = None
    measures_memory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A program in a comparison.

    Attributes:
        path: of its VM flatbuffer.
        accuracy: a relative error that the user accepts of it; 0.0 where its numbers
            are not to change beyond reassociation.
        key: of the baseline whose inputs it takes and whose results it must give,
            where that is not the comparison's own.
    """

    path: str
    accuracy: float = 0.0
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Samples of several programs taken in turns, for a final table.

    Attributes:
        latency_us: samples by name; sample i of all names was taken in one turn.
        max_relative_error: by name.
        failures: by name, for those that gave wrong results or did not run.
    """

    latency_us: Mapping[str, tuple[float, ...]]
    max_relative_error: Mapping[str, float]
    failures: Mapping[str, Failure]
