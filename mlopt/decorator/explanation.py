"""What `explain` answers: which choices a compiled function holds, and why.

Must not import jax or iree.
"""

import enum
from dataclasses import dataclass

from mlopt.core.measurement import Interval
from mlopt.core.record import ProgramRecord, TuningRecord, WorkloadChoice


class Source(enum.StrEnum):
    """Where the choices of a compiled function come from."""

    DEFAULT = "default"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was chosen for one signature, from which records, for which gain.

    Attributes:
        name: of the function.
        target: key of what it was compiled for.
        device: URI of what it runs on.
        source: whether any record was used.
        record: of tuning this very program; None where only its kernels, or nothing,
            are on record.
        choices: one for each workload.
    """

    name: str
    target: str
    device: str
    source: Source
    record: ProgramRecord | None = None
    choices: tuple[WorkloadChoice, ...] = ()

    def __str__(self) -> str:
        headline = {
            Source.DEFAULT: "compiled with IREE's defaults: no records for it",
            Source.RECORDS: "compiled with schedules from records",
        }[self.source]
        lines = [f"{self.name}: {headline}", f"target {self.target} on {self.device}"]
        if self.record is not None:
            lines.append(_program_line(self.record))
        return "\n".join([*lines, *map(_choice_line, self.choices)])


def _program_line(record: ProgramRecord) -> str:
    gains = (
        f"{_interval(record.speedup_default)} over default",
        f"{_interval(record.speedup_stock_best)} over {record.stock_best_name}, "
        "the best of the compiler's own options",
    )
    return (
        f"whole program, built on {record.base_name}: {'; '.join(gains)} "
        f"({record.verdict.value}, recorded {record.created_at})"
    )


def _choice_line(choice: WorkloadChoice) -> str:
    label = f"{choice.workload[:12]} {choice.name}"
    record = choice.record
    if record is None or record.trace.is_default:
        return f"{label}: the compiler's own choice"
    decisions = ", ".join(f"{knob}={value}" for knob, value in record.trace.decisions)
    return f"{label}: {_gain(record)}, recorded {record.created_at}: {decisions}"


def _gain(record: TuningRecord) -> str:
    if record.speedup is None:
        return "no gain recorded"
    low, high = record.speedup_low, record.speedup_high
    if low is None or high is None:
        return f"{record.speedup:.2f}x over default"
    interval = Interval(value=record.speedup, low=low, high=high)
    return f"{_interval(interval)} over default"


def _interval(interval: Interval) -> str:
    return f"{interval.value:.2f}x (95% {interval.low:.2f} to {interval.high:.2f})"
