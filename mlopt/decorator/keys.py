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

from mlopt.frontend.signature import StaticArguments

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


def split_static(
    args: Sequence[Any], kwargs: Mapping[str, Any], static: StaticArguments
) -> tuple[tuple[Any, ...], dict[str, Any], tuple[Any, ...]]:
    """A call's dynamic arguments, dynamic keywords, and constants as part of a key.

    Constants carry their type, since 1 == True == 1.0.
    """
    dynamic = tuple(v for i, v in enumerate(args) if i not in static.positions)
    keywords = {n: v for n, v in kwargs.items() if n not in static.names}
    by_position = [(i, v) for i, v in enumerate(args) if i in static.positions]
    by_name = [(n, kwargs[n]) for n in sorted(kwargs) if n in static.names]
    constants = tuple((p, v, type(v)) for p, v in (*by_position, *by_name))
    return dynamic, keywords, constants


def has_tracers(args: Any, kwargs: Any) -> bool:
    """Whether JAX is tracing through this call."""
    leaves = jax.tree_util.tree_leaves((args, kwargs))
    return any(isinstance(leaf, Tracer) for leaf in leaves)
