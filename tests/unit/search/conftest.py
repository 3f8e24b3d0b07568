"""Synthetic landscapes: analytic speedups with cliffs and failures, no compiler."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mlopt.core.candidate import (
    Candidate,
    Decisions,
    Knob,
    Requirement,
    Space,
    Trace,
)
from mlopt.core.measurement import Failure, FailureStatus, Timing, Trial

TILES = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """Spaces and the speedup of each decision in them; None is a failure."""

    spaces: tuple[Space, ...]
    speedup: Callable[[str, Decisions], float | None]

    def trial(self, trace: Trace) -> Trial:
        speedup = self.speedup(trace.space, dict(trace.decisions))
        return Trial(
            candidate=Candidate(workload="synthetic", trace=trace),
            measurement=_failure() if speedup is None else _timing(speedup),
            speedup=speedup,
        )


@pytest.fixture
def matmul() -> Landscape:
    """256x1024x256 in two alternative spaces; a fifth of all traces fail."""
    return Landscape(spaces=(_configured(), _scripted()), speedup=_matmul_speedup)


@pytest.fixture
def reduction() -> Landscape:
    """Rows of 1000: one space, tile sizes that rarely divide, a tenth fails."""
    return Landscape(spaces=(_rows(),), speedup=_reduction_speedup)


def _failure() -> Failure:
    return Failure(status=FailureStatus.COMPILE_ERROR, detail="synthetic")


def _timing(speedup: float) -> Timing:
    return Timing(
        latency_us=(100.0 / speedup,),
        baseline_us=(100.0,),
        calls_per_sample=1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=0,
    )


def _configured() -> Space:
    return Space(
        name="configured.contraction",
        version="1",
        knobs=(
            *(Knob(name=n, values=TILES, default=4) for n in ("tm", "tn", "tk")),
            *(Knob(name=n, values=TILES[:6], default=2) for n in ("vm", "vn")),
            Knob(name="order", values=("mnk", "nmk", "mkn", "knm"), default="mnk"),
            Knob(name="peel", values=(False, True), default=False),
        ),
        requirements=(
            Requirement(
                sentence="a vector tile fits its cache tile",
                holds=lambda d: all(
                    _number(d, f"v{i}") <= _number(d, f"t{i}") for i in "mn"
                ),
            ),
            Requirement(
                sentence="accumulators fit 32 registers of 8 lanes",
                holds=lambda d: _product(d, "vm", "vn") <= 256,
            ),
        ),
    )


def _scripted() -> Space:
    space = _configured()
    hoist = Knob(name="hoist", values=(False, True), default=True)
    return Space(
        name="scripted.contraction",
        version="1",
        knobs=(*space.knobs, hoist),
        requirements=space.requirements,
    )


def _rows() -> Space:
    return Space(
        name="configured.reduction",
        version="1",
        knobs=(
            Knob(name="rows", values=TILES, default=1),
            Knob(name="columns", values=(8, 10, 16, 20, 25, 32, 40, 50), default=8),
            Knob(name="unroll", values=(1, 2, 4, 8, 16), default=1),
            Knob(name="tail", values=("peel", "mask", "pad"), default="mask"),
            Knob(name="split", values=(1, 2, 4, 8), default=1),
        ),
        requirements=(
            Requirement(
                sentence="the unrolled tile has at most 1024 elements",
                holds=lambda d: _product(d, "columns", "unroll", "rows") <= 1024,
            ),
        ),
    )


def _chance(space: str, decisions: Decisions, salt: str) -> float:
    """A number in [0, 1) that is a function of the arguments."""
    text = f"{salt} {space} {sorted(decisions.items())}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def _number(decisions: Decisions, name: str) -> int:
    value = decisions[name]
    assert isinstance(value, int)
    return value


def _product(decisions: Decisions, *names: str) -> int:
    return math.prod(_number(decisions, name) for name in names)


def _matmul_speedup(space: str, decisions: Decisions) -> float | None:
    if _chance(space, decisions, "fails") < 0.2:
        return None
    tm, tn, tk = (_number(decisions, n) for n in ("tm", "tn", "tk"))
    vm, vn = _number(decisions, "vm"), _number(decisions, "vn")
    if tm * tn * tk > 2**19:
        # The compiler gives up on the largest tiles.
        return None
    footprint_bytes = 4 * (tm * tk + tk * tn + tm * tn)
    cost = 1.0 + 0.8 * abs(math.log2(vm * vn) - 6) / 3
    cost *= 2.5 if vn % 8 else 1.0
    cost *= 2.0 if footprint_bytes > 48 * 1024 else 1.0
    cost *= 1.0 + 8.0 / tk + 2.0 / tm + 2.0 / tn
    cost *= {"mnk": 1.1, "nmk": 1.0, "mkn": 1.4, "knm": 1.9}[str(decisions["order"])]
    cost *= 1.1 if decisions["peel"] else 1.0
    if space.startswith("scripted"):
        cost *= 0.85 if decisions["hoist"] else 1.6
    cost *= 1.0 + 0.06 * _chance(space, decisions, "noise")
    return 2.5 / cost


def _reduction_speedup(space: str, decisions: Decisions) -> float | None:
    if _chance(space, decisions, "fails") < 0.1:
        return None
    rows, columns = _number(decisions, "rows"), _number(decisions, "columns")
    unroll, split = _number(decisions, "unroll"), _number(decisions, "split")
    cost = 1.0 + 0.5 * abs(math.log2(columns * unroll) - 6)
    cost *= 1.0 if columns % 8 == 0 else 1.7
    cost *= 1.0 + 0.2 * abs(math.log2(rows) - 2)
    cost *= 1.0 + 0.3 * abs(math.log2(split) - 1)
    remainder = 1000 % (columns * unroll) / 1000
    cost *= 1.0 + {"peel": 2.0, "mask": 1.0, "pad": 0.5}[str(decisions["tail"])] * (
        remainder
    )
    cost *= 1.0 + 0.06 * _chance(space, decisions, "noise")
    return 2.0 / cost
