"""A baseline that a measuring worker keeps loaded, and what candidates must match."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from iree import runtime as iree_runtime

from mlopt.core.errors import MeasureError
from mlopt.measure import sampling
from mlopt.measure.command_line import Invocation
from mlopt.measure.correctness import compare
from mlopt.measure.plan import BaselineSpec
from mlopt.measure.program import bind, run_poisoned
from mlopt.runtime import (
    Device,
    Executable,
    open_device,
    stop_preempting,
    to_device,
)

# A candidate may be this many times as inexact as the compiler's own choice.
_ALLOWANCE_FACTOR: Final = 4.0
# Beyond this even the compiler's own choice computes something else.
_MAX_BASELINE_ERROR: Final = 0.5
_NUM_CALIBRATION_SAMPLES: Final = 5


class WrongResultError(Exception):
    """A program's results differ from the references; `str()` is the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One set of inputs on the device, and the right results for it."""

    views: list[iree_runtime.HalBufferView]
    references: list[np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBaseline:
    """A loaded baseline with its inputs.

    Attributes:
        call: runs it once on the first seed.
        dtypes: of its results, which a candidate's must equal.
        outputs_digest: of its results for all seeds.
        max_relative_error: its own, against the references.
        invocation: the same program for IREE's command-line tools.
    """

    spec: BaselineSpec
    device: Device
    seeds: list[Seed]
    call: sampling.Call
    calls_per_sample: int
    latency_us: float
    dtypes: list[np.dtype]
    outputs_digest: str
    max_relative_error: float
    invocation: Invocation

    def load(self, path: str) -> Executable:
        """A candidate on the same device.

        Raises:
            InputError, RunError: it cannot be loaded.
        """
        return Executable.load(path, self.spec.entry, self.device)

    def bind(self, program: Executable) -> sampling.Call:
        """A function that runs a candidate once on the first seed."""
        return bind(program, self.seeds[0].views)

    def judge(
        self, program: Executable, seeds: Sequence[Seed], accuracy: float = 0.0
    ) -> float:
        """Run a candidate on some of the seeds; its largest relative error.

        Args:
            accuracy: a relative error that the user accepts of it; 0.0 where the
                numbers are not to change beyond reassociation.

        Raises:
            WrongResultError: its results are wrong.
            RunError, UnsupportedError: it gives an error instead of results.
        """
        outputs = (run_poisoned(program, seed.views) for seed in seeds)
        references = [seed.references for seed in seeds]
        inherited = _ALLOWANCE_FACTOR * self.max_relative_error
        allowance = max(inherited, accuracy)
        return _largest_error(outputs, references, self.spec, self.dtypes, allowance)


def hold(spec: BaselineSpec) -> HeldBaseline:
    """Load a baseline, check it and calibrate its samples.

    Raises:
        TargetError: no such device.
        InputError, RunError: it cannot be loaded or run.
        UnsupportedError: a dtype that cannot cross to the device.
        MeasureError: its results are not even close to the references.
    """
    stop_preempting()
    device = open_device(spec.device_uri, spec.num_threads)
    program = Executable.load(spec.path, spec.entry, device)
    views = [[to_device(array, device) for array in inputs] for inputs in spec.inputs]
    outputs = [run_poisoned(program, seed) for seed in views]
    references = outputs if spec.references is None else spec.references
    call = bind(program, views[0])
    num_calls, latency_us = _calibrate(call, spec.min_sample_s)
    return HeldBaseline(
        spec=spec,
        device=device,
        seeds=[
            Seed(views=seed, references=right)
            for seed, right in zip(views, references, strict=True)
        ],
        call=call,
        calls_per_sample=num_calls,
        latency_us=latency_us,
        dtypes=[array.dtype for array in outputs[0]],
        outputs_digest=_digest(outputs),
        max_relative_error=_baseline_error(outputs, references, spec),
        invocation=_invocation(spec, num_outputs=len(outputs[0])),
    )


def _calibrate(call: sampling.Call, min_sample_s: float) -> tuple[int, float]:
    """Calls per sample, and the median latency in microseconds."""
    num_calls = sampling.calls_per_sample(sampling.shortest_us(call), min_sample_s)
    samples = [
        sampling.sample_us(call, num_calls) for _ in range(_NUM_CALIBRATION_SAMPLES)
    ]
    return num_calls, float(np.median(samples))


def _invocation(spec: BaselineSpec, *, num_outputs: int) -> Invocation:
    return Invocation.of(
        spec.path,
        spec.entry,
        spec.inputs[0],
        device_uri=spec.device_uri,
        num_threads=spec.num_threads,
        num_outputs=num_outputs,
    )


def _baseline_error(
    outputs: list[list[np.ndarray]],
    references: list[list[np.ndarray]],
    spec: BaselineSpec,
) -> float:
    dtypes = [array.dtype for array in outputs[0]]
    try:
        return _largest_error(outputs, references, spec, dtypes, _MAX_BASELINE_ERROR)
    except WrongResultError as wrong:
        raise MeasureError(
            f"the compiler's default already differs from the reference: {wrong}"
        ) from wrong


def _largest_error(
    outputs: Iterable[list[np.ndarray]],
    references: list[list[np.ndarray]],
    spec: BaselineSpec,
    dtypes: list[np.dtype],
    allowance: float,
) -> float:
    """Over all seeds.

    Raises:
        WrongResultError: at the first seed whose results are wrong.
    """
    worst = 0.0
    for out, right in zip(outputs, references, strict=True):
        verdict = compare(
            out, right, spec.reduction_length, dtypes=dtypes, allowance=allowance
        )
        if not verdict.ok:
            raise WrongResultError(verdict.sentence)
        worst = max(worst, verdict.max_relative_error)
    return worst


def _digest(outputs: list[list[np.ndarray]]) -> str:
    digest = hashlib.sha256()
    for array in (array for seed in outputs for array in seed):
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:16]
