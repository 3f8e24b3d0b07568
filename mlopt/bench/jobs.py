"""What runs inside the benchmark's worker: IREE, JAX and NumPy in one process.

Imports jax, numpy and iree.runtime; never the compiler.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.bench.alternation import InProcess, sample_in_turns
from mlopt.bench.plan import ContestSpec, Material, Seated, TurnPlan
from mlopt.bench.seats import take_seat
from mlopt.core.errors import MeasureError
from mlopt.frontend.source import LoadedSource, load_source, split_reference
from mlopt.measure.correctness import compare
from mlopt.measure.program import bind, run_poisoned
from mlopt.measure.sampling import Call
from mlopt.runtime import Executable, open_device, to_device


def seat_contest(spec: ContestSpec) -> Seated:
    """Check every module against `jax.jit`, and have all of them and the peer ready.

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
    for name, call in calls.items():
        take_seat(name, call)
    return Seated(
        names=tuple(calls),
        max_relative_error=errors,
        material=_material(source, references) if spec.has_guests else None,
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
    contestants = {name: InProcess(call=block) for name, block in blocks.items()}
    samples = sample_in_turns(contestants, plan, dict.fromkeys(blocks, 0.0))
    return {n: tuple(us / calls_per_block for us in v) for n, v in samples.items()}


def _material(source: LoadedSource, references: Sequence[np.ndarray]) -> Material:
    """Of a model, whose first argument is its parameters."""
    weights, *inputs = source.args
    leaves = jax.tree_util.tree_leaves_with_path(weights)
    named = (
        (jax.tree_util.keystr(path, simple=True, separator="."), leaf)
        for path, leaf in leaves
    )
    return Material(
        # A leaf of flax's state is the value of its variable.
        weights={n.removesuffix(".value"): np.asarray(leaf) for n, leaf in named},
        inputs=tuple(np.asarray(x) for x in jax.tree.leaves(inputs)),
        references=tuple(references),
    )


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
