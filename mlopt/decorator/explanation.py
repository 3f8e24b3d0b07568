"""What `explain` answers: which choices a compiled function holds, and why.

Must not import jax or iree.
"""

import enum
from dataclasses import dataclass

from mlopt.core.record import TuningRecord


class Source(enum.StrEnum):
    """Where the choices of a compiled function come from."""

    DEFAULT = "default"
    RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelChoice:
    """One workload of the function and the record its schedule was taken from.

    Attributes:
        workload: structural hash.
        name: what reports call it.
        record: None where the compiler's own choice stands.
    """

    workload: str
    name: str
    record: TuningRecord | None

    def __str__(self) -> str:
        label = f"{self.workload[:12]} {self.name}"
        record = self.record
        if record is None or record.trace.is_default:
            return f"{label}: the compiler's own choice"
        decisions = ", ".join(f"{knob}={value}" for knob, value in _decisions(record))
        return f"{label}: {_gain(record)}, recorded {record.created_at}: {decisions}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was chosen for one signature, from which records, for which gain.

    Attributes:
        name: of the function.
        target: key of what it was compiled for.
        device: URI of what it runs on.
        source: whether any record was used.
        notes: sentences about the program as a whole.
        kernels: one for each workload; empty where records had nothing to say.
    """

    name: str
    target: str
    device: str
    source: Source
    notes: tuple[str, ...] = ()
    kernels: tuple[KernelChoice, ...] = ()

    def __str__(self) -> str:
        headline = {
            Source.DEFAULT: "compiled with IREE's defaults: no records for it",
            Source.RECORDS: "compiled with schedules from records",
        }[self.source]
        lines = [f"{self.name}: {headline}", f"target {self.target} on {self.device}"]
        return "\n".join([*lines, *self.notes, *map(str, self.kernels)])


def _decisions(record: TuningRecord) -> tuple[tuple[str, object], ...]:
    return record.trace.decisions


def _gain(record: TuningRecord) -> str:
    if record.speedup is None:
        return "no gain recorded"
    text = f"{record.speedup:.2f}x over default"
    if record.speedup_low is None or record.speedup_high is None:
        return text
    return f"{text} (95% {record.speedup_low:.2f} to {record.speedup_high:.2f})"
