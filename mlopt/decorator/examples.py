"""Arrays in place of `jax.ShapeDtypeStruct`s, which only say what would be passed.

Imports jax; must not import iree.
"""

from typing import Any

import jax

from mlopt.frontend.inputs import random_inputs
from mlopt.frontend.signature import tensor_spec


def draw_missing(tree: Any) -> Any:
    """The tree with a random array for every `jax.ShapeDtypeStruct` in it."""
    return jax.tree_util.tree_map(_draw, tree)


def _draw(leaf: Any) -> Any:
    if not isinstance(leaf, jax.ShapeDtypeStruct):
        return leaf
    return random_inputs([tensor_spec(leaf)], 0)[0]
