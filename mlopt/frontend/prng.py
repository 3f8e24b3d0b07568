"""JAX's default random bits, lowered without a loop.

Answers "how should threefry reach IREE". For the CPU, JAX lowers it to a loop of five
iterations, a remedy for XLA's compile time. IREE makes dispatches of each iteration
(dropout on 128x768 took twice as long), and of a constant key a module that its
runtime cannot initialise. Without the loop, as JAX does it elsewhere, all twenty rounds
are one elementwise kernel. Imports jax; must not import iree.
"""

from typing import Any, Final

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.random import threefry2x32_p
from jax.interpreters import mlir

# Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011, table 2.
_ROTATIONS: Final = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY: Final = np.uint32(0x1BD11BDA)
_NUM_GROUPS: Final = 5


def threefry2x32(key1: Any, key2: Any, x1: Any, x2: Any) -> tuple[Any, Any]:
    """Threefry-2x32 with twenty rounds, elementwise over uint32 arrays of one shape."""
    keys = (key1, key2, key1 ^ key2 ^ _PARITY)
    x1, x2 = x1 + keys[0], x2 + keys[1]
    for group in range(_NUM_GROUPS):
        for distance in _ROTATIONS[group % 2]:
            x1 = x1 + x2
            x2 = _rotate_left(x2, distance) ^ x1
        x1 = x1 + keys[(group + 1) % 3]
        x2 = x2 + keys[(group + 2) % 3] + jnp.uint32(group + 1)
    return x1, x2


# For `jax.export`: (primitive, how to lower it).
LOWERING_RULES: Final = (
    (threefry2x32_p, mlir.lower_fun(threefry2x32, multiple_results=True)),
)


def _rotate_left(x: Any, distance: int) -> Any:
    left, right = jnp.uint32(distance), jnp.uint32(32 - distance)
    return lax.shift_left(x, jnp.broadcast_to(left, x.shape)) | (
        lax.shift_right_logical(x, jnp.broadcast_to(right, x.shape))
    )
