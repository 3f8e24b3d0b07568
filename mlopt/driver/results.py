"""Measurements of one run -> what the report says and the database keeps."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

import mlopt
from mlopt.core.candidate import Trace
from mlopt.core.measurement import Failure, Interval, Trial
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.record import ChosenSchedule, ProgramRecord
from mlopt.core.report import Latency, ProgramResult, Verdict, WorkloadResult
from mlopt.core.workload import DispatchTime, Workload
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.recording import Origin, now
from mlopt.driver.searching.search import count_failures
from mlopt.measure.plan import Comparison
from mlopt.measure.statistics import bootstrap_ratio_interval, drift
from mlopt.targets.cpu_options import OPTION_SETS

_PACKAGES = ("iree-base-compiler", "iree-base-runtime", "jax", "numpy")
# A baseline that moved by more than this while we timed is worth a sentence.
_MAX_QUIET_DRIFT = 0.15
_DRIFT_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything a finished run knows.

    Attributes:
        comparison: final samples of "default", "stock_best" and "tuned".
        memory: peak device bytes by the same names.
        trials: by workload hash; speedups: confirmed ones by workload hash.
        licence: what the tuned program does to the numbers, in words.
        goal: what it was tuned for.
        space_versions: as of `Found`.
    """

    name: str
    program: str
    origin: Origin
    recipe: Recipe
    stock_best: str
    comparison: Comparison
    memory: Mapping[str, int | None]
    workloads: Sequence[Workload]
    times: Sequence[DispatchTime]
    trials: Mapping[str, Sequence[Trial]]
    speedups: Mapping[str, Interval]
    num_trials: int
    wall_s: float
    notes: tuple[str, ...]
    licence: str
    goal: Goal = FASTEST
    space_versions: Mapping[str, str] = field(default_factory=dict)


def versions() -> dict[str, str]:
    """Of what decides results."""
    found = {"mlopt": mlopt.__version__}
    return found | {name: importlib.metadata.version(name) for name in _PACKAGES}


def program_result(run: Run, schedule_path: str | None) -> ProgramResult:
    """What the table and the JSON say."""
    samples = run.comparison.latency_us
    speedup = {
        name: speedup_of(samples[name], samples["tuned"], run.origin.seed)
        for name in ("default", "stock_best")
    }
    every = [trial for trials in run.trials.values() for trial in trials]
    return ProgramResult(
        name=run.name,
        target=run.origin.target,
        versions=versions(),
        baselines={
            name: latency_of(samples[name], run.memory.get(name), run.origin.seed)
            for name in ("default", "stock_best")
        },
        tuned=latency_of(samples["tuned"], run.memory.get("tuned"), run.origin.seed),
        speedup=speedup,
        verdict=_verdict(speedup["default"]),
        max_relative_error=run.comparison.max_relative_error["tuned"],
        trials=run.num_trials,
        failures=count_failures(every),
        workloads=workload_results(run),
        wall_s=run.wall_s,
        schedule_path=schedule_path,
        stock_best_name=run.stock_best,
        base_name=run.recipe.base,
        licence=run.licence,
        seed=run.origin.seed,
        notes=(*run.notes, *_drift_notes(samples["default"])),
        goal=run.goal,
    )


def program_record(run: Run, result: ProgramResult) -> ProgramRecord:
    """What a later run needs to skip the search."""
    executables = {}
    if run.recipe.partition is not None:
        executables = {w.hash: w.executables for w in run.recipe.partition.workloads}
    samples = run.comparison.latency_us
    return ProgramRecord(
        program=run.program,
        name=run.name,
        target=run.origin.target.key,
        compiler_version=run.origin.target.compiler_version,
        mlopt_version=mlopt.__version__,
        base_name=run.recipe.base,
        base_flags=OPTION_SETS[run.recipe.base],
        stock_best_name=run.stock_best,
        chosen=tuple(
            ChosenSchedule(
                workload=key,
                executables=executables[key],
                space_version=run.space_versions.get(key)
                or run.origin.spaces.of(schedule.trace).key,
                trace=schedule.trace,
                script=schedule.script,
            )
            for key, schedule in sorted(run.recipe.schedules.items())
        ),
        workloads=result.workloads,
        default_us=samples["default"],
        stock_best_us=samples["stock_best"],
        tuned_us=samples["tuned"],
        speedup_default=result.speedup["default"],
        speedup_stock_best=result.speedup["stock_best"],
        verdict=result.verdict,
        max_relative_error=result.max_relative_error,
        trials=run.num_trials,
        wall_s=run.wall_s,
        seed=run.origin.seed,
        created_at=now(),
        provenance=run.origin.provenance,
        objective=str(run.goal),
    )


def workload_results(run: Run) -> tuple[WorkloadResult, ...]:
    """One line a workload, largest share first."""
    times = {t.workload: t for t in run.times}
    results = [
        _workload_result(run, w, times[w.hash])
        for w in run.workloads
        if w.hash in times
    ]
    return tuple(sorted(results, key=lambda r: (-r.share, r.hash)))


def _workload_result(
    run: Run, workload: Workload, time: DispatchTime
) -> WorkloadResult:
    schedule = run.recipe.schedules.get(workload.hash)
    speedup = run.speedups.get(workload.hash) if schedule else None
    trials = run.trials.get(workload.hash, ())
    after = time.latency_us / speedup.value if speedup else time.latency_us
    return WorkloadResult(
        hash=workload.hash,
        name=workload.name,
        kind=workload.kind.value,
        share=time.share,
        num_calls=time.num_calls,
        before_us=time.latency_us,
        after_us=after,
        speedup=speedup,
        trace=schedule.trace if schedule else Trace(space=""),
        changed=describe(schedule.trace) if schedule else "",
        trials=len(trials),
        failures=count_failures(trials),
    )


def describe(trace: Trace) -> str:
    """A schedule in a few words: the template and its decisions."""
    decisions = " ".join(
        f"{name}={str(value).lower()}" for name, value in trace.decisions
    )
    return f"{trace.space}: {decisions}"


def _verdict(speedup: Interval) -> Verdict:
    return Verdict.FASTER if speedup.low > 1.0 else Verdict.NO_SIGNIFICANT_GAIN


def speedup_of(
    baseline: Sequence[float], tuned: Sequence[float], seed: int
) -> Interval:
    """Of tuned over a baseline that was sampled in the same turns."""
    return bootstrap_ratio_interval(baseline, tuned, rng=np.random.default_rng(seed))


def latency_of(samples: Sequence[float], memory: int | None, seed: int) -> Latency:
    """Median of the samples of one call, with its bootstrap interval."""
    rng = np.random.default_rng(seed)
    draws = rng.choice(np.asarray(samples), size=(2000, len(samples)))
    low, high = np.quantile(np.median(draws, axis=1), (0.025, 0.975))
    return Latency(
        median_us=float(np.median(samples)),
        ci95=(float(low), float(high)),
        samples=len(samples),
        peak_memory_bytes=memory,
    )


def _drift_notes(samples: Sequence[float]) -> tuple[str, ...]:
    moved = drift(samples, min(_DRIFT_ROUNDS, len(samples)))
    if moved <= _MAX_QUIET_DRIFT:
        return ()
    return (
        f"the baseline itself drifted by {moved:.0%} while it was timed; "
        "ratios are paired and hold, absolute times do not",
    )


def failure_notes(failures: Mapping[str, Failure]) -> tuple[str, ...]:
    """A sentence for each stock option set that could not take part."""
    return tuple(
        f"the option set {name} could not be compared: {failure.detail}"
        for name, failure in failures.items()
    )
