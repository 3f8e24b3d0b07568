"""The jobs of a measuring worker: hold baselines, judge and time candidates.

Runs inside a worker process; `client` calls it. A baseline stays loaded between jobs
under its key; a candidate lives as long as its job.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from mlopt.core.errors import (
    InputError,
    MeasureError,
    RunError,
    UnsupportedError,
)
from mlopt.core.measurement import Failure, FailureStatus, Timing
from mlopt.core.memory import PeakMemory
from mlopt.measure import memory, sampling
from mlopt.measure.energy import Energy, measure_energy
from mlopt.measure.held import HeldBaseline, WrongResultError, hold
from mlopt.measure.plan import (
    Baseline,
    BaselineSpec,
    Comparison,
    Contender,
    MeasurePlan,
)
from mlopt.measure.utilization import explain_impossible_speed

# The program ran many times before it is run for its memory: this is no deadline.
_MEMORY_TIMEOUT_S: Final = 20.0

# How a candidate says that it cannot run; what it does not say kills the worker.
_REPORTED_ERRORS: Final = (InputError, RunError, UnsupportedError)

_baselines: Final[dict[str, HeldBaseline]] = {}


def prepare(spec: BaselineSpec) -> Baseline:
    """Load a baseline, check it, and keep it under its key.

    Raises:
        MloptError: as `held.hold`.
    """
    release(spec.key)
    held = hold(spec)
    _baselines[spec.key] = held
    return Baseline(
        latency_us=held.latency_us,
        outputs_digest=held.outputs_digest,
        calls_per_sample=held.calls_per_sample,
        max_relative_error=held.max_relative_error,
        peak_memory_bytes=memory.peak_memory_bytes(
            held.invocation, timeout_s=_MEMORY_TIMEOUT_S
        ),
    )


def release(key: str) -> None:
    """Unload a baseline; nothing happens when there is none."""
    held = _baselines.pop(key, None)
    if held is not None:
        held.invocation.close()


def measure(key: str, path: str, plan: MeasurePlan) -> Timing | Failure:
    """Judge a candidate on all seeds, then time it against its baseline.

    Raises:
        MeasureError: no baseline is prepared under the key.
    """
    held = _find(key)
    memory.reset_peak_rss()
    try:
        program = held.load(path)
        candidate = held.bind(program)
        error = held.judge(program, held.seeds[:1])
        if failure := _refuse_slow(held, candidate, plan):
            return failure
        error = max(error, held.judge(program, held.seeds[1:]))
    except (WrongResultError, *_REPORTED_ERRORS) as fault:
        return _as_failure(fault)
    pairs = sampling.sample_pairs(held.call, candidate, held.calls_per_sample, plan)
    if failure := _refuse_impossible(pairs, plan):
        return failure
    return _timing(held, path, pairs, error, plan)


def compare_many(
    key: str, contenders: Mapping[str, Contender], num_turns: int
) -> Comparison:
    """Judge several programs from scratch and time them in turns: ABC BCA CAB ...

    Args:
        contenders: by name; the baseline takes part only when it is among them.

    Raises:
        MeasureError: no baseline is prepared under the key.
    """
    own = _find(key)
    calls: dict[str, sampling.Call] = {}
    errors: dict[str, float] = {}
    failures: dict[str, Failure] = {}
    for name, contender in contenders.items():
        held = own if contender.key is None else _find(contender.key)
        try:
            program = held.load(contender.path)
            errors[name] = held.judge(program, held.seeds, contender.accuracy)
            calls[name] = held.bind(program)
        except (WrongResultError, *_REPORTED_ERRORS) as fault:
            failures[name] = _as_failure(fault)
    samples = sampling.sample_in_turns(calls, num_turns, own.spec.min_sample_s)
    return Comparison(
        latency_us={name: tuple(values) for name, values in samples.items()},
        max_relative_error=errors,
        failures=failures,
    )


def energy(key: str, path: str, num_calls: int) -> Energy:
    """Energy of one call of a program, in a row of `num_calls`.

    Raises:
        MeasureError: no baseline is prepared under the key.
        InputError, RunError: the program cannot be loaded or run.
    """
    held = _find(key)
    return measure_energy(held.bind(held.load(path)), num_calls)


def peak_memory(key: str, path: str) -> PeakMemory | None:
    """Peak device memory of one program on the baseline's inputs, None if unknown.

    Raises:
        MeasureError: no baseline is prepared under the key.
    """
    invocation = _find(key).invocation.with_module(path)
    return memory.peak_memory(invocation, timeout_s=_MEMORY_TIMEOUT_S)


def _find(key: str) -> HeldBaseline:
    held = _baselines.get(key)
    if held is None:
        raise MeasureError(f"no baseline is prepared under {key!r} in this worker")
    return held


def _refuse_slow(
    held: HeldBaseline, candidate: sampling.Call, plan: MeasurePlan
) -> Failure | None:
    """Failure when even the shortest of a few calls is far too long."""
    limit_us = plan.too_slow_factor * held.latency_us
    shortest_us = sampling.sample_us(candidate, 1)
    if shortest_us > limit_us:  # a stray interrupt is no reason: look again
        shortest_us = min(shortest_us, sampling.shortest_us(candidate))
    if shortest_us <= limit_us:
        return None
    return Failure(
        status=FailureStatus.TOO_SLOW,
        detail=f"one call takes {shortest_us:.4g} us where the baseline takes "
        f"{held.latency_us:.4g} us",
    )


def _refuse_impossible(pairs: sampling.Pairs, plan: MeasurePlan) -> Failure | None:
    """Failure when the candidate is faster than the machine can be.

    If the baseline is so too, then the work was miscounted: nobody is to blame.
    """
    if plan.limits is None:
        return None
    candidate_us = float(np.median(pairs.candidate_us))
    baseline_us = float(np.median(pairs.baseline_us))
    sentence = explain_impossible_speed(plan.work, plan.limits, candidate_us)
    if not sentence:
        return None
    if explain_impossible_speed(plan.work, plan.limits, baseline_us):
        return None
    return Failure(status=FailureStatus.WRONG_RESULT, detail=sentence)


def _timing(
    held: HeldBaseline,
    path: str,
    pairs: sampling.Pairs,
    error: float,
    plan: MeasurePlan,
) -> Timing:
    peak_rss_bytes = memory.peak_rss_bytes()
    peak_memory_bytes = None
    if plan.measures_memory:
        invocation = held.invocation.with_module(path)
        peak_memory_bytes = memory.peak_memory_bytes(
            invocation, timeout_s=_MEMORY_TIMEOUT_S
        )
    return Timing(
        latency_us=tuple(pairs.candidate_us),
        baseline_us=tuple(pairs.baseline_us),
        calls_per_sample=held.calls_per_sample,
        max_relative_error=error,
        peak_memory_bytes=peak_memory_bytes,
        peak_rss_bytes=peak_rss_bytes,
    )


def _as_failure(fault: Exception) -> Failure:
    if isinstance(fault, WrongResultError):
        return Failure(status=FailureStatus.WRONG_RESULT, detail=str(fault))
    first_line, _, _ = str(fault).partition("\n")
    return Failure(
        status=FailureStatus.RUN_CRASH, detail=first_line, diagnostics=str(fault)
    )
