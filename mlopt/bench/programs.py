"""What is measured: programs by the references that every mlopt command takes.

A `Case` names its program as `file.py:name`, so that the worker that times it builds
the same function and arguments as the process that tunes it. Imports jax only when a
program is built.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.licence import Licence

_HERE: Final = Path(__file__)
_EXAMPLES: Final = _HERE.parents[2] / "examples"

# The budget that `mlopt tune` spends when nothing is said.
_PROGRAM_BUDGET: Final = defaults.BUDGET
_KERNEL_BUDGET: Final = Budget(trials=60)
_QUICK_BUDGET: Final = Budget(trials=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One program of the benchmark.

    Attributes:
        name: key of its rows; `title` is for people.
        source: `file.py:name`.
        peer: what it is compared with beside the compiler's own option sets:
            "jax.jit", or "numpy" for a matrix product.
        reduction_length: the longest sum in it, which scales the tolerance.
        is_kernel: a single dispatch, whose search speed is reported.
        constants: positions of the arguments that are part of the program.
    """

    name: str
    title: str
    source: str
    peer: str
    reduction_length: int
    budget: Budget
    is_kernel: bool
    constants: tuple[int, ...] = ()
    licence: Licence | None = None


def cases(*, quick: bool) -> tuple[Case, ...]:
    """The programs; `quick` gives small stand-ins that only exercise the code."""
    layer = f"{_EXAMPLES / '01_bert_layer.py'}:bert_layer"
    return (
        Case(
            name="bert_layer",
            title="BERT-base layer",
            source=f"{_HERE}:small_layer" if quick else layer,
            peer="jax.jit",
            reduction_length=3072,
            budget=_QUICK_BUDGET if quick else _PROGRAM_BUDGET,
            is_kernel=False,
        ),
        _matmul_case(256, 1024, 256, quick=quick),
        _matmul_case(64, 3072, 768, quick=quick),
    )


def _matmul_case(rows: int, columns: int, depth: int, *, quick: bool) -> Case:
    shape = f"{rows}x{columns}x{depth}"
    return Case(
        name=f"matmul_{shape}",
        title=f"matmul {shape}",
        source=f"{_HERE}:{'small_' if quick else ''}matmul_{shape}",
        peer="numpy",
        reduction_length=depth,
        budget=_QUICK_BUDGET if quick else _KERNEL_BUDGET,
        is_kernel=True,
    )


def matmul_256x1024x256() -> tuple[Any, tuple[Any, ...]]:
    """(callable, args): a product of M x N x K = 256 x 1024 x 256 in float32."""
    return _matmul(256, 1024, 256)


def matmul_64x3072x768() -> tuple[Any, tuple[Any, ...]]:
    """(callable, args): a product of M x N x K = 64 x 3072 x 768 in float32."""
    return _matmul(64, 3072, 768)


def small_matmul_256x1024x256() -> tuple[Any, tuple[Any, ...]]:
    """(callable, args): a product that takes no time."""
    return _matmul(32, 64, 48)


def small_matmul_64x3072x768() -> tuple[Any, tuple[Any, ...]]:
    """(callable, args): another one, so that its search is not the first one's."""
    return _matmul(16, 96, 64)


def small_layer() -> tuple[Any, tuple[Any, ...]]:
    """(callable, args): two dispatches that take no time."""
    import jax
    import jax.numpy as jnp

    def layer(weight: jax.Array, hidden: jax.Array) -> jax.Array:
        return jax.nn.softmax(jnp.tanh(hidden @ weight), axis=-1)

    _, (hidden, weight) = _matmul(32, 64, 48)
    return layer, (weight, hidden)


def _matmul(rows: int, columns: int, depth: int) -> tuple[Any, tuple[Any, ...]]:
    import jax
    import jax.numpy as jnp

    left_key, right_key = jax.random.split(jax.random.key(0))
    left = jax.random.normal(left_key, (rows, depth), jnp.float32)
    right = jax.random.normal(right_key, (depth, columns), jnp.float32)
    return jnp.dot, (left, right)
