"""Keys of calls: cheap to make, equal only where the compiled function is the same.

Answers "have we seen a call like this". Finer than `frontend.signature`, which is
slower and says what differs: two keys may lead to one entry, never one key to two.
Imports jax; must not import iree.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import jax
import numpy as np
from jax.core import Tracer

from mlopt.frontend.arguments import ArgumentSet

_SCALARS: Final = frozenset({bool, int, float, complex})


class _Unknown:
    """Part of the key of a call that has to be looked at closely."""


UNKNOWN: Final = _Unknown()


def key_of(leaf: Any) -> Hashable:
    """Key of a leaf that is no plain jax array; UNKNOWN for tracers and the like."""
    kind = type(leaf)
    if kind in _SCALARS or issubclass(kind, np.generic):
        return kind
    if kind is np.ndarray:
        return (leaf.shape, leaf.dtype)
    return UNKNOWN


def static_key(
    args: Sequence[Any], kwargs: Mapping[str, Any], static: ArgumentSet
) -> tuple[Any, ...]:
    """A call's static arguments as part of a key.

    They carry their type, since 1 == True == 1.0.
    """
    return tuple((p, v, type(v)) for p, v in static.chosen(args, kwargs))


def has_tracers(args: Any, kwargs: Any) -> bool:
    """Whether JAX is tracing through this call."""
    leaves = jax.tree_util.tree_leaves((args, kwargs))
    return any(isinstance(leaf, Tracer) for leaf in leaves)
