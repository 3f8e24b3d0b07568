"""The processes and files of one run: compile workers, a measuring worker, artifacts.

Compiling and measuring alternate: no method measures while another compiles.
"""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlopt import defaults
from mlopt.compile.cache import ArtifactCache, artifact_key
from mlopt.compile.failures import compile_failure
from mlopt.compile.options import CompileOptions
from mlopt.core.candidate import Schedule, Trace
from mlopt.core.errors import CompileError
from mlopt.core.measurement import Failure
from mlopt.core.target import Target
from mlopt.core.workload import Workload
from mlopt.driver.jobs_api import JOBS, Compiled
from mlopt.driver.spaces import SpaceLibrary, SpaceSource, load_spaces
from mlopt.isolation import WorkerFault, WorkerPool
from mlopt.measure.client import MeasuringWorker
from mlopt.measure.plan import MachineLimits
from mlopt.paths import cache_dir
from mlopt.targets.cpu_options import SCHEDULE_FLAGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A candidate that compiled: its schedule and where its code lies."""

    schedule: Schedule
    path: str


class Workbench:
    """Opens workers on first use and kills them at the end; a context manager.

    Args:
        own_spaces: the user's, in place of mlopt's for their kinds.
    """

    def __init__(self, target: Target, own_spaces: SpaceSource | None = None) -> None:
        self.target = target
        self._own_spaces = own_spaces
        self._spaces: SpaceLibrary | None = None
        self._pool = WorkerPool(
            max(1, target.num_cores),
            memory_limit_bytes=defaults.COMPILE_MEMORY_BYTES,
            name="compile",
            preload=[JOBS],
            patience_s=defaults.COMPILE_PATIENCE_S,
        )
        self._programs = WorkerPool(
            max(1, target.num_cores),
            name="program",
            patience_s=defaults.COMPILE_PATIENCE_S,
        )
        self.measurer = MeasuringWorker()
        self._folder = tempfile.TemporaryDirectory(prefix="mlopt-artifacts-")
        self._cache = ArtifactCache(cache_dir())
        self._limits: MachineLimits | None = None

    def start(self) -> None:
        """Begin to start the compile workers, without waiting."""
        self._pool.start()

    @property
    def spaces(self) -> SpaceLibrary:
        """What workloads are offered; read once a run.

        Raises:
            InputError: the user's are not right.
        """
        if self._spaces is None:
            self._spaces = load_spaces(self.call, self._own_spaces)
        return self._spaces

    @property
    def has_own_spaces(self) -> bool:
        """Whether the user brought spaces."""
        return self._own_spaces is not None

    @property
    def limits(self) -> MachineLimits:
        """What the machine sustains; measured once a run."""
        if self._limits is None:
            self._limits = self.measurer.limits(self.target.num_cores)
        return self._limits

    def refresh_limits(self) -> bool:
        """Measure the machine again and keep the higher values; whether they rose.

        On a busy machine the first measurement may have come out low, and a sound
        candidate would then look faster than the machine can be.
        """
        before = self.limits
        now = self.measurer.limits(self.target.num_cores)
        self._limits = MachineLimits(
            flops_per_s=max(before.flops_per_s, now.flops_per_s),
            bytes_per_s=max(before.bytes_per_s, now.bytes_per_s),
            cache_bytes=before.cache_bytes,
            cached_bytes_per_s=max(before.cached_bytes_per_s, now.cached_bytes_per_s),
        )
        return self._limits != before

    def call(self, job: str, *args: object) -> object:
        """Run one job, "package.module:function", on a whole program.

        Raises:
            MloptError: what the job raised, or the worker's death.
        """
        worker = self._programs.workers[0]
        return worker.call(job, *args, timeout_s=defaults.PROGRAM_COMPILE_TIMEOUT_S)

    def compile_candidates(
        self, workload: Workload, traces: Sequence[Trace]
    ) -> list[Built | Failure]:
        """Compile candidates of one workload in parallel, in the order given."""
        own = (*self.target.compile_flags, *workload.flags, *SCHEDULE_FLAGS)
        flags = tuple(dict.fromkeys(own))
        arguments = [
            (workload, trace, self.spaces.of(trace), self.target, flags)
            for trace in traces
        ]
        results: list[Built | Failure | None] = [None] * len(traces)
        for index, outcome in self._pool.map_unordered(
            f"{JOBS}:compile_candidate",
            arguments,
            timeout_s=defaults.COMPILE_TIMEOUT_S,
        ):
            results[index] = self._built(outcome)
        return [r for r in results if r is not None]

    def compile_programs(
        self,
        jobs: Mapping[str, tuple[str, Sequence[object]]],
        timeout_s: float = defaults.PROGRAM_COMPILE_TIMEOUT_S,
    ) -> dict[str, str | Failure]:
        """Compile several programs in parallel.

        Args:
            jobs: by name: a function of the jobs module and its arguments, the IR,
                flags and perhaps schedules; it returns a flatbuffer. What was
                compiled before, by any run, comes from the artifact cache.
            timeout_s: for each of them.

        Returns:
            By name the path of the code, or what went wrong.
        """
        keys = {name: self._cache_key(*job) for name, job in jobs.items()}
        results: dict[str, str | Failure] = {}
        by_function: dict[str, list[str]] = {}
        for name, (function, _) in jobs.items():
            if (vmfb := self._cache.lookup(keys[name])) is not None:
                results[name] = self.store(vmfb)
            else:
                by_function.setdefault(function, []).append(name)
        for function, group in by_function.items():
            for index, outcome in self._programs.map_unordered(
                f"{JOBS}:{function}",
                [jobs[name][1] for name in group],
                timeout_s=timeout_s,
            ):
                name = group[index]
                if isinstance(outcome, bytes):
                    self._cache.store(keys[name], outcome)
                results[name] = self._stored(outcome)
        return {name: results[name] for name in jobs}

    def compile_program(self, function: str, *args: object) -> str:
        """Compile one program; its path.

        Raises:
            CompileError: the compiler refused it, died, or took too long.
        """
        result = self.compile_programs({"program": (function, args)})["program"]
        if isinstance(result, Failure):
            raise CompileError(result.detail, diagnostics=result.diagnostics)
        return result

    def store(self, vmfb: bytes) -> str:
        """Keep a flatbuffer for this run; equal ones share a file."""
        name = hashlib.sha256(vmfb).hexdigest()[:24]
        path = Path(self._folder.name, f"{name}.vmfb")
        if not path.exists():
            path.write_bytes(vmfb)
        return str(path)

    def read(self, path: str) -> bytes:
        """The flatbuffer at a path this workbench gave."""
        return Path(path).read_bytes()

    def close(self) -> None:
        """Kill all workers and drop the files; the artifact cache stays, trimmed."""
        self._pool.close()
        self._programs.close()
        self.measurer.close()
        self._folder.cleanup()
        self._cache.trim(defaults.ARTIFACT_CACHE_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _cache_key(self, function: str, arguments: Sequence[Any]) -> str:
        """What a compilation depends on: the IR, the flags, schedules, the compiler."""
        module, flags, *rest = arguments
        schedules = rest[0] if rest else {}
        return artifact_key(
            module,
            options=CompileOptions(tuple(flags)),
            compiler_version=f"{self.target.compiler_version} {self.target.key}",
            schedules={symbol: s.script for symbol, s in schedules.items()},
            role=function,
        )

    def _built(self, outcome: object) -> Built | Failure:
        if isinstance(outcome, Compiled):
            return Built(schedule=outcome.schedule, path=self.store(outcome.vmfb))
        if isinstance(outcome, Failure):
            return outcome
        return _as_failure(outcome)

    def _stored(self, outcome: object) -> str | Failure:
        return (
            self.store(outcome) if isinstance(outcome, bytes) else _as_failure(outcome)
        )


def _as_failure(outcome: object) -> Failure:
    if isinstance(outcome, WorkerFault):
        return compile_failure(outcome)
    raise TypeError(f"a compile worker returned {type(outcome).__name__}")
