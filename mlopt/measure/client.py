"""The parent's side of measuring: one worker, its deadlines, and its deaths.

Whatever a candidate does to the worker comes back as a `Failure`; after a death the
baseline is prepared again in a new worker. Imports no runtime.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, final

from mlopt.core.measurement import Failure, FailureStatus, Timing
from mlopt.core.memory import PeakMemory
from mlopt.isolation import (
    RemoteError,
    Worker,
    WorkerCrashed,
    WorkerFault,
    WorkerTimeout,
)
from mlopt.measure import deadline
from mlopt.measure.energy import Energy
from mlopt.measure.plan import (
    Baseline,
    BaselineSpec,
    Comparison,
    Contender,
    MachineLimits,
    MeasurePlan,
)

_RUNNER: Final = "mlopt.measure.runner"
_PREPARE_TIMEOUT_S: Final = 300.0
_LIMITS_TIMEOUT_S: Final = 60.0
_DEFAULT_NAME: Final = "the compiler's own choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A baseline, and how to prepare it again.

    Attributes:
        overhead_s: what a job may take beside its timed calls.
        worker_pid: the process that holds it.
        first_of: name of the first candidate measured by the content of its code.
    """

    spec: BaselineSpec
    facts: Baseline
    overhead_s: float
    worker_pid: int | None
    first_of: dict[str, str]


@final
class MeasuringWorker:
    """Measures candidates against baselines, in one isolated process.

    Close it, or use it as a context manager. Time alone decides what may run beside
    it: nothing should.

    Args:
        worker: None starts one of its own.
    """

    def __init__(self, worker: Worker | None = None) -> None:
        self._worker = worker or Worker(name="measure")
        self._prepared: dict[str, _Prepared] = {}

    @property
    def pid(self) -> int | None:
        """Of the worker process now; None when there is none."""
        return self._worker.pid

    def prepare(self, spec: BaselineSpec) -> Baseline:
        """Load, check and keep a baseline.

        Raises:
            MloptError: it cannot be loaded, run, trusted or finished in 5 minutes.
        """
        start = time.monotonic()
        facts = self._worker.call(
            f"{_RUNNER}:prepare", spec, timeout_s=_PREPARE_TIMEOUT_S
        )
        assert isinstance(facts, Baseline)
        self._prepared[spec.key] = _Prepared(
            spec=spec,
            facts=facts,
            overhead_s=deadline.overhead_s(time.monotonic() - start),
            worker_pid=self._worker.pid,
            first_of={_content(spec.path): _DEFAULT_NAME},
        )
        return facts

    def release(self, key: str) -> None:
        """Forget a baseline; nothing happens when there is none."""
        prepared = self._prepared.pop(key, None)
        if prepared is not None and prepared.worker_pid == self._worker.pid:
            self._worker.call(f"{_RUNNER}:release", key, timeout_s=prepared.overhead_s)

    def measure(
        self,
        key: str,
        path: str,
        plan: MeasurePlan,
        *,
        name: str = "",
        may_repeat: bool = False,
    ) -> Timing | Failure:
        """Judge and time one candidate.

        Args:
            name: of the candidate, for the sentence about a later duplicate of it.
            may_repeat: whether code that was measured before is measured again
                instead of being a duplicate.

        Raises:
            KeyError: no baseline was prepared under the key.
            MloptError: the baseline cannot be prepared again after a death.
        """
        prepared = self._ensure_prepared(key)
        content = _content(path)
        first = prepared.first_of.setdefault(content, name or path)
        if not may_repeat and first != (name or path):
            return Failure(
                status=FailureStatus.DUPLICATE,
                detail=f"compiles to the same code as {first}",
            )
        return self._measure_guarded(prepared, path, plan)

    def compare_many(
        self, key: str, contenders: Mapping[str, Contender], num_turns: int
    ) -> Comparison:
        """Time several programs in turns, judged from scratch; see the runner's.

        Raises:
            KeyError: no baseline was prepared under one of the keys.
            MloptError: a program killed the worker or did not end, or the baseline
                cannot be prepared again.
        """
        self._ensure_prepared(key)
        limit_s = 0.0
        for contender in contenders.values():
            prepared = self._ensure_prepared(contender.key or key)
            num_calls = prepared.facts.calls_per_sample * num_turns
            repeated_s = deadline.repeated_limit_s(prepared.facts, num_calls)
            limit_s += prepared.overhead_s + repeated_s
        result = self._worker.call(
            f"{_RUNNER}:compare_many",
            key,
            dict(contenders),
            num_turns,
            timeout_s=limit_s,
        )
        assert isinstance(result, Comparison)
        return result

    def energy(self, key: str, path: str, num_calls: int) -> Energy:
        """Energy of one call of a program, the mean over `num_calls`.

        Raises:
            KeyError: no baseline was prepared under the key.
            MloptError: as `compare_many`.
        """
        prepared = self._ensure_prepared(key)
        repeated_s = deadline.repeated_limit_s(prepared.facts, num_calls)
        result = self._worker.call(
            f"{_RUNNER}:energy",
            key,
            path,
            num_calls,
            timeout_s=prepared.overhead_s + repeated_s,
        )
        assert isinstance(result, Energy)
        return result

    def peak_memory_bytes(self, key: str, path: str) -> int | None:
        """As `peak_memory`, the total."""
        peak = self.peak_memory(key, path)
        return None if peak is None else peak.total_bytes

    def peak_memory(self, key: str, path: str) -> PeakMemory | None:
        """Peak device memory of one program on a baseline's inputs; None if unknown.

        Raises:
            KeyError: no baseline was prepared under the key.
            MloptError: as `compare_many`.
        """
        self._ensure_prepared(key)
        result = self._worker.call(
            f"{_RUNNER}:peak_memory", key, path, timeout_s=_LIMITS_TIMEOUT_S
        )
        assert result is None or isinstance(result, PeakMemory)
        return result

    def limits(self, num_threads: int) -> MachineLimits:
        """What the machine sustains; measured now, so nothing else should run.

        Raises:
            WorkerError: the worker died or took over a minute.
        """
        result = self._worker.call(
            "mlopt.measure.roofline:measure_limits",
            num_threads,
            timeout_s=_LIMITS_TIMEOUT_S,
        )
        assert isinstance(result, MachineLimits)
        return result

    def close(self) -> None:
        """Kill the worker."""
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ensure_prepared(self, key: str) -> _Prepared:
        """Prepare again what was lost with a worker; what was measured stays known."""
        prepared = self._prepared[key]
        if prepared.worker_pid == self._worker.pid:
            return prepared
        self.prepare(prepared.spec)
        self._prepared[key].first_of.update(prepared.first_of)
        return self._prepared[key]

    def _measure_guarded(
        self, prepared: _Prepared, path: str, plan: MeasurePlan
    ) -> Timing | Failure:
        """Measure in the worker; what kills or stops it is the candidate's failure."""
        num_seeds = len(prepared.spec.inputs)
        timed_s = deadline.timed_limit_s(prepared.facts, plan, num_seeds)
        try:
            outcome = self._worker.call(
                f"{_RUNNER}:measure",
                prepared.spec.key,
                path,
                plan,
                timeout_s=prepared.overhead_s + timed_s,
            )
        except WorkerTimeout as fault:
            return _failure(FailureStatus.RUN_TIMEOUT, fault, fault.output)
        except WorkerCrashed as fault:
            return _failure(FailureStatus.RUN_CRASH, fault, fault.output)
        except RemoteError as fault:
            return _failure(FailureStatus.RUN_CRASH, fault, fault.traceback_text)
        assert isinstance(outcome, Timing | Failure)
        return outcome


def _failure(status: FailureStatus, fault: WorkerFault, diagnostics: str) -> Failure:
    return Failure(status=status, detail=str(fault), diagnostics=diagnostics)


def _content(path: str) -> str:
    """Hash of the code; equal for candidates that compile alike."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
