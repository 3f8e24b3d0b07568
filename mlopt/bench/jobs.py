"""What runs inside the benchmark's worker: IREE, JAX and NumPy in one process.

Imports jax, numpy and iree.runtime; never the compiler.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.bench.alternation import pauses_for, sample_in_turns
from mlopt.bench.plan import ContestSpec, ContestTimes, TurnPlan
from mlopt.core.errors import MeasureError
from mlopt.frontend.source import LoadedSource, load_source, split_reference
from mlopt.measure.correctness import compare
from mlopt.measure.program import bind, run_poisoned
from mlopt.measure.sampling import Call
from mlopt.runtime import Executable, open_device, to_device


def time_contest(spec: ContestSpec) -> ContestTimes:
    """Check every module against `jax.jit`, then time all of them and the peer.

    All arguments lie on the device beforehand, and every call returns when its
    results are complete.

    Raises:
        MeasureError: a module gives other results than `jax.jit`.
        InputError, RunError: a module cannot be loaded or run.
    """
    source = _load(spec.source)
    function, others = _closed_over(source, spec.constants)
    jitted, arguments = jax.jit(function), jax.device_put(others)
    references = [np.asarray(x) for x in jax.tree.leaves(jitted(*arguments))]
    device = open_device(spec.device_uri, spec.num_threads)
    views = [to_device(array, device) for array in spec.inputs]
    calls: dict[str, Call] = {}
    errors = {}
    for name, vmfb in spec.modules.items():
        program = Executable.load(vmfb, spec.entry, device)
        outputs = run_poisoned(program, views)
        errors[name] = _error(name, outputs, references, spec)
        calls[name] = bind(program, views)
    if spec.peer == "numpy":
        calls["numpy"] = _numpy_product(spec.inputs)
    else:
        calls["jax.jit"] = lambda: jax.block_until_ready(jitted(*arguments))
    pauses_s = pauses_for(calls, spec.plan)
    return ContestTimes(
        latency_us=_timed(calls, spec.plan, pauses_s),
        max_relative_error=errors,
        pauses_s=pauses_s,
        rushed_us=_rushed(calls, spec.plan) if any(pauses_s.values()) else {},
    )


def time_warm_calls(
    db: str, num_turns: int, calls_per_block: int
) -> dict[str, tuple[float, ...]]:
    """Microseconds of a warm call of `mlopt.jit` and of `jax.jit`, blocks in turns.

    The function adds two vectors of 4 floats. `jax.jit` is not waited for within a
    block, which is how it costs least; `mlopt.jit` has its result when it returns.
    """
    import mlopt

    def add(x: jax.Array, y: jax.Array) -> jax.Array:
        return x + y

    x, y = jnp.arange(4.0), jnp.ones(4)
    ours, theirs = mlopt.jit(add, db=db), jax.jit(add)
    if not np.array_equal(ours(x, y), theirs(x, y)):
        raise MeasureError("mlopt.jit and jax.jit disagree about a sum")
    blocks: dict[str, Call] = {
        "mlopt.jit": lambda: _block(ours, (x, y), calls_per_block),
        "jax.jit": lambda: _block(theirs, (x, y), calls_per_block),
    }
    # One block is one sample, and neither function has threads to wait for.
    plan = TurnPlan(num_turns=num_turns, min_sample_s=0.0, watch_s=0.0)
    samples = _timed(blocks, plan, dict.fromkeys(blocks, 0.0))
    return {n: tuple(us / calls_per_block for us in v) for n, v in samples.items()}


def _timed(
    calls: Mapping[str, Call], plan: TurnPlan, pauses_s: Mapping[str, float]
) -> dict[str, tuple[float, ...]]:
    samples = sample_in_turns(calls, plan, pauses_s)
    return {name: tuple(values) for name, values in samples.items()}


def _rushed(calls: Mapping[str, Call], plan: TurnPlan) -> dict[str, tuple[float, ...]]:
    few = dataclasses.replace(plan, num_turns=max(1, plan.num_turns // 2))
    return _timed(calls, few, dict.fromkeys(calls, 0.0))


def _block(function: Callable[..., Any], arguments: Sequence[Any], count: int) -> None:
    for _ in range(count - 1):
        function(*arguments)
    jax.block_until_ready(function(*arguments))


def _load(reference: str) -> LoadedSource:
    path, name = split_reference(reference)
    assert name is not None
    return load_source(path, name)


def _closed_over(
    source: LoadedSource, positions: Sequence[int]
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The function of the other arguments, and those."""
    if not positions:
        return source.function, source.args

    def function(*others: Any) -> Any:
        arguments = list(others)
        for position in sorted(positions):
            arguments.insert(position, source.args[position])
        return source.function(*arguments)

    kept = [x for i, x in enumerate(source.args) if i not in set(positions)]
    return function, tuple(kept)


def _error(
    name: str,
    outputs: Sequence[np.ndarray],
    references: Sequence[np.ndarray],
    spec: ContestSpec,
) -> float:
    verdict = compare(
        outputs, references, spec.reduction_length, allowance=spec.accuracy
    )
    if not verdict.ok:
        raise MeasureError(f"the {name} module is wrong: {verdict.sentence}")
    return verdict.max_relative_error


def _numpy_product(inputs: Sequence[np.ndarray]) -> Call:
    """NumPy's sgemm into memory that is there already, its best case."""
    left, right = inputs
    out = np.empty((left.shape[0], right.shape[1]), left.dtype)
    return lambda: np.matmul(left, right, out=out)
