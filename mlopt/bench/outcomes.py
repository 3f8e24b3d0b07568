"""What became of one program of the CPU benchmark, and the file it is kept in.

The whole suite takes longer than anybody waits at once. So each program's outcome is
written when it is there, and a later run takes it up if everything it depends on is
the same.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from mlopt.core.measurement import Interval
from mlopt.measure.plan import MachineLimits, Work
from mlopt.measure.statistics import bootstrap_ratio_interval, median
from mlopt.measure.utilization import roofline_us

TUNED: Final = "tuned"
DEFAULT: Final = "default"
STOCK_BEST: Final = "stock-best"
XLA: Final = "jax.jit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One program, timed beside its rivals in turns.

    Attributes:
        name, suite, family: of the `Entry`.
        latency_us: samples by name; sample i of all was taken in turn i. Empty when
            the program could not be measured.
        peer_errors: the largest relative error of each framework that took part,
            against `jax.jit`.
        absent: why a framework did not, by its name. Both are empty where none has
            a model to run.
        work: what a call does at least.
        limits: of the machine, measured just before.
        base: the option set that the tuned program is built on, `stock_best` the one
            that stands under that name.
        num_workloads, num_changed: of the program, and with a schedule of ours.
        error: why there are no times; "" otherwise.
    """

    name: str
    suite: str
    family: str
    latency_us: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    max_relative_error: float = 0.0
    peer_errors: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    limits: MachineLimits | None = None
    base: str = ""
    stock_best: str = ""
    trials: int = 0
    failed: int = 0
    num_workloads: int = 0
    num_changed: int = 0
    error: str = ""

    @property
    def roofline_us(self) -> float:
        """Shortest time of one call by the roofline; 0.0 when unknown."""
        return roofline_us(self.work, self.limits) if self.limits else 0.0

    def speedup(self, against: str, seed: int) -> Interval:
        """Of the tuned program over one of its rivals."""
        return bootstrap_ratio_interval(
            self.latency_us[against],
            self.latency_us[TUNED],
            rng=np.random.default_rng(seed),
        )

    @property
    def fastest_peer(self) -> str | None:
        """The framework whose median is the lowest; None where none took part."""
        present = [name for name in self.peer_errors if name in self.latency_us]
        return min(present, key=lambda n: median(self.latency_us[n]), default=None)

    @property
    def is_compute_bound(self) -> bool:
        """Whether arithmetic, in float32, takes longer than the traffic would."""
        if self.limits is None or self.work.rate_multiplier != 1.0:
            return False
        compute_s = self.work.flops / self.limits.flops_per_s
        return compute_s > self.work.num_bytes / self.limits.bytes_per_s


def save(folder: Path, outcome: Outcome, identity: Mapping[str, Any]) -> None:
    """Keep an outcome with what it depends on."""
    data = {"identity": dict(identity), "outcome": dataclasses.asdict(outcome)}
    text = json.dumps(data, indent=1, sort_keys=True, allow_nan=False)
    _file(folder, outcome.name).write_text(text + "\n", encoding="utf-8")


def load(folder: Path, name: str, identity: Mapping[str, Any]) -> Outcome | None:
    """An outcome that an earlier run kept; None where it is of something else."""
    try:
        data = json.loads(_file(folder, name).read_text(encoding="utf-8"))
        # JSON has no tuples: what was given goes the same way before it is compared.
        if data["identity"] != json.loads(json.dumps(dict(identity))):
            return None
        return _outcome(data["outcome"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"


def _outcome(data: Mapping[str, Any]) -> Outcome:
    limits = data["limits"]
    found = Outcome(
        **{
            **data,
            "latency_us": {n: tuple(v) for n, v in data["latency_us"].items()},
            "work": Work(**data["work"]),
            "limits": None if limits is None else MachineLimits(**limits),
        }
    )
    for samples in found.latency_us.values():
        if not all(math.isfinite(us) and us > 0.0 for us in samples):
            raise ValueError("times must be positive and finite")
    return found
