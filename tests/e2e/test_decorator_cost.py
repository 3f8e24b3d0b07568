"""What a warm call costs beside `jax.jit`, as a ratio within one run."""

import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import pytest

import mlopt

# The claim is 3; measured 2.5 to 2.7 on two EPYC cores.
MOST_TIMES = 3.0
CALLS = 400
ROUNDS = 40


def affine(x, y):
    return x * 2.0 + y


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    return time.perf_counter() - start


@pytest.mark.perf
def test_a_warm_call_costs_at_most_three_times_one_of_jax():
    x, y = jnp.arange(8, dtype=jnp.float32), jnp.ones(8)
    ours, theirs = mlopt.jit(affine), jax.jit(affine)
    for _ in range(3):
        ours(x, y)
        theirs(x, y)
    # Alternating, and the least of many: other load only ever adds.
    pairs = [
        (seconds(lambda: ours(x, y)), seconds(lambda: theirs(x, y)))
        for _ in range(ROUNDS)
    ]
    ratio = min(a for a, _ in pairs) / min(b for _, b in pairs)
    assert ratio <= MOST_TIMES, f"{ratio:.2f} times jax.jit"
