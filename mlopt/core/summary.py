"""What a run that tunes nothing has to say: one stage's table, or one plain run.

Filled by the driver alone, printed by the tools.
"""

import enum
from dataclasses import dataclass

from mlopt.core.target import Target
from mlopt.core.tensors import TensorSpec


class Stage(enum.StrEnum):
    """Where `--stop-after` can stop, in the order they run."""

    PARTITION = "partition"
    SCHEDULES = "schedules"
    COMPILE = "compile"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSummary:
    """What there is after a stage: a table of its workloads, and sentences.

    Attributes:
        stage: the last one that ran.
        columns: one word each; `rows` has as many cells a row, already formatted.
        notes: sentences a reader must know.
    """

    name: str
    target: Target
    stage: Stage
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wall_s: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSummary:
    """One output of a run.

    Attributes:
        mean: over finite elements, as float64; None for an empty tensor. Of complex
            numbers the real part.
        num_nonfinite: NaN and infinite elements; 0 for integers.
        checksum: of the bytes; equal for bit-equal outputs.
    """

    spec: TensorSpec
    mean: float | None
    num_nonfinite: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One compiled program, called.

    Attributes:
        inputs: a phrase: "the example arguments" or "random normal, seed 0".
        latency_us: median of `num_calls` calls after a warm-up.
        compile_s: wall time; 0.0 when the program came from the cache.
        num_tuned: of `num_workloads`, how many a tuning record had a schedule for.
    """

    name: str
    target: Target
    inputs: str
    outputs: tuple[OutputSummary, ...]
    latency_us: float
    num_calls: int
    compile_s: float
    num_workloads: int
    num_tuned: int
