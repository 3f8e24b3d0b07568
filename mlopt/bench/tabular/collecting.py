"""Measure every trace of the table's workloads, once, and keep each as it comes.

A workload has a file of its own under way, a table of one. What was measured is there
before the next batch begins, so that a run that was stopped goes on where it was.
"""

import contextlib
import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from mlopt import defaults
from mlopt.bench.tabular import files
from mlopt.bench.tabular.table import Key, Origin, Result, Table, TabledWorkload
from mlopt.core.candidate import Candidate, Space, Trace
from mlopt.core.errors import InputError, SpaceError
from mlopt.core.measurement import Failure
from mlopt.core.workload import Workload
from mlopt.driver.alone import hold, screening_plan
from mlopt.driver.forms.bases import partition_under
from mlopt.driver.programs import load_program
from mlopt.driver.recording import interval_of, trial_of
from mlopt.driver.workbench import Built, Workbench
from mlopt.frontend.files import ingest
from mlopt.measure.statistics import median
from mlopt.report.progress import Progress
from mlopt.search.counting import count_legal, legal_blocks
from mlopt.search.encoding import decode
from mlopt.search.space import spaces_for
from mlopt.search.thinning import thin
from mlopt.targets.cpu_options import DEFAULT

_CODE_DIGITS: Final = 12
_BATCH: Final = 4 * defaults.BATCH_TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One workload that is wanted.

    Attributes:
        source: `file.py:name`, a program of which the largest kernel is meant.
    """

    name: str
    family: str
    source: str


def path_of(folder: Path, name: str) -> Path:
    """Where a workload is kept while the table is made."""
    return folder / f"{name}.jsonl"


def collect(
    request: Request,
    origin: Origin,
    workbench: Workbench,
    folder: Path,
    progress: Progress,
) -> TabledWorkload:
    """Measure what is missing of one workload.

    Raises:
        MloptError: the program, or the compiler's own choice, does not run.
        InputError: what is there was made otherwise; it is not overwritten.
    """
    progress.workload(request.name)
    workload = _largest(request, workbench)
    spaces, experts = _grids(workload, workbench, origin.most)
    if not spaces:
        raise InputError(f"no space is offered for {request.name}")
    path = path_of(folder, request.name)
    with _Measuring(workload, workbench, origin.seed) as measuring:
        fresh = TabledWorkload(
            name=request.name,
            family=request.family,
            workload=workload,
            spaces=spaces,
            experts=experts,
            baseline_us=measuring.baseline_us,
        )
        known = _known(path, origin, fresh)
        results = {} if known is None else dict(known.results)
        if known is None:
            folder.mkdir(parents=True, exist_ok=True)
            start = files.header(origin, workbench.spaces.templates)
            start += files.workload_line(fresh)
            path.write_text(start, encoding="utf-8")
        measuring.knows(results.values())
        keys = [key for key in _shuffled(spaces, origin.seed) if key not in results]
        for batch in _batches(keys):
            found = measuring.measure([_trace(spaces, key) for key in batch])
            lines = [
                files.result_line(spaces, key, result)
                for key, result in zip(batch, found, strict=True)
            ]
            with path.open("a", encoding="utf-8") as file:
                file.write("".join(lines))
            for result in found:
                progress.trial(result.status, result.speedup)
    return files.read(path).workloads[0]


def gather(folder: Path, names: Sequence[str], origin: Origin) -> Table:
    """The table of what was collected.

    Raises:
        InputError: a workload is missing, or was collected otherwise.
    """
    parts = [files.read(path_of(folder, name)) for name in names]
    for name, part in zip(names, parts, strict=True):
        if part.origin != origin:
            raise InputError(f"{path_of(folder, name)} was measured otherwise")
    return Table(
        origin=origin,
        templates=parts[0].templates,
        workloads=tuple(each for part in parts for each in part.workloads),
    )


def _largest(request: Request, workbench: Workbench) -> Workload:
    """The kernel of a program that does the most."""
    loaded = load_program(ingest(request.source), workbench)
    partition = partition_under(loaded, workbench, DEFAULT)
    return max(partition.workloads, key=lambda each: (each.flops, each.num_bytes))


def _grids(
    workload: Workload, workbench: Workbench, most: int
) -> tuple[tuple[Space, ...], tuple[Trace, ...]]:
    """Thinned spaces with `most` traces together, and the experts' traces.

    A space that has fewer than its share leaves the rest to those that have more.
    """
    offer = spaces_for(workload, workbench.target, workbench.spaces.templates)
    by_size = sorted(offer.spaces, key=_num_choices)
    thinned: dict[str, Space] = {}
    kept: set[Trace] = set()
    for number, space in enumerate(by_size):
        share = most // (len(by_size) - number)
        own = [seed for seed in offer.seeds if seed.space == space.name]
        thinned[space.name], experts = _thinned(space, own, share)
        kept.update(experts)
        most -= count_legal(thinned[space.name])
    spaces = tuple(thinned[space.name] for space in offer.spaces)
    return spaces, tuple(seed for seed in offer.seeds if seed in kept)


def _thinned(
    space: Space, experts: Sequence[Trace], most: int
) -> tuple[Space, Sequence[Trace]]:
    """With as many of its experts as fit, the first ones first."""
    for number in range(len(experts), 0, -1):
        with contextlib.suppress(SpaceError):
            return thin(space, experts[:number], most), experts[:number]
    return thin(space, [], most), []


def _num_choices(space: Space) -> int:
    return math.prod(len(knob.values) for knob in space.knobs)


def _shuffled(spaces: Sequence[Space], seed: int) -> list[Key]:
    """All traces, in an order that favours no part of a space."""
    keys: list[Key] = [
        (space.name, tuple(row))
        for space in spaces
        for block in legal_blocks(space)
        for row in block.tolist()
    ]
    order = np.random.default_rng(seed).permutation(len(keys))
    return [keys[position] for position in order]


def _trace(spaces: Sequence[Space], key: Key) -> Trace:
    return decode(next(s for s in spaces if s.name == key[0]), key[1])


def _batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


def _known(path: Path, origin: Origin, fresh: TabledWorkload) -> TabledWorkload | None:
    """What an earlier run left of the same workload; a line cut short is dropped."""
    if not path.exists():
        return None
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        path.write_bytes(content[:whole])
    table = files.read(path)
    known = table.workloads[0] if table.workloads else None
    if known is None or table.origin != origin or not _is_same(known, fresh):
        raise InputError(
            f"{path} was measured on another machine, or with other versions or "
            "spaces; take it away to measure anew"
        )
    return known


def _is_same(known: TabledWorkload, fresh: TabledWorkload) -> bool:
    """The same kernel, and no trace that would not be measured now."""
    if known.workload.hash != fresh.workload.hash:
        return False
    values = {space.name: space.knobs for space in fresh.spaces}
    return all(values.get(space.name) == space.knobs for space in known.spaces)


class _Measuring:
    """A workload's own default compilation, held ready; a context manager.

    Attributes:
        baseline_us: what one call of it takes.
    """

    def __init__(self, workload: Workload, workbench: Workbench, seed: int) -> None:
        self._workload = workload
        self._workbench = workbench
        self._seed = seed
        self._by_code: dict[str, Result] = {}
        self.baseline_us = 0.0

    def knows(self, results: Iterable[Result]) -> None:
        """Code that was measured is not measured again."""
        self._by_code |= {result.code: result for result in results if result.code}

    def measure(self, traces: Sequence[Trace]) -> list[Result]:
        """Compile all, then time one after the other."""
        built = self._workbench.compile_candidates(self._workload, traces)
        return [self._result(each) for each in built]

    def _result(self, built: Built | Failure) -> Result:
        if isinstance(built, Failure):
            return Result(status=built.status)
        code = hashlib.sha256(self._workbench.read(built.path)).hexdigest()
        code = code[:_CODE_DIGITS]
        if code not in self._by_code:
            self._by_code[code] = self._timed(built, code)
        return self._by_code[code]

    def _timed(self, built: Built, code: str) -> Result:
        plan = screening_plan(
            self._workload, self._workbench, self._seed, measures_memory=False
        )
        measurement = self._workbench.measurer.measure(
            self._workload.hash, built.path, plan, may_repeat=True
        )
        if isinstance(measurement, Failure):
            return Result(status=measurement.status)
        candidate = Candidate(workload=self._workload.hash, trace=built.schedule.trace)
        interval = interval_of(measurement, self._seed)
        return Result(
            status=None,
            speedup=trial_of(candidate, measurement).speedup,
            low=interval.low,
            high=interval.high,
            latency_us=median(measurement.latency_us),
            code=code,
        )

    def __enter__(self) -> Self:
        held = hold(self._workload, self._workbench, self._seed)
        self.baseline_us = held.latency_us
        return self

    def __exit__(self, *_: object) -> None:
        self._workbench.measurer.release(self._workload.hash)
