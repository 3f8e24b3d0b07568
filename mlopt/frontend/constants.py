"""Constant arguments: arrays whose values are part of the compiled program.

Answers "which values were compiled in, and does a call still pass them". Weights that
never change can be folded and packed once, by the compiler, in place of at each call.
Imports jax; must not import iree.
"""

import hashlib
import operator
from typing import Any, final

import jax
import numpy as np
from jax.core import Tracer

from mlopt.core.errors import SignatureError, StaleConstantError
from mlopt.frontend.arguments import Place

_SCALARS = (bool, int, float, complex, np.generic)


@final
class Constant:
    """A pytree of jax arrays and Python numbers; equal where its values are.

    Attributes:
        digest: hash of tree, shapes, dtypes and values.
    """

    __slots__ = ("_leaves", "_tree", "digest")

    def __init__(self, leaves: list[Any], tree: Any) -> None:
        self._leaves = leaves
        self._tree = tree
        self.digest = _digest(leaves, tree)

    @classmethod
    def of(cls, value: Any, place: Place) -> "Constant":
        """Take a pytree as constant.

        Raises:
            SignatureError: a leaf that can change in place, or that is no array.
        """
        pairs, tree = jax.tree_util.tree_flatten_with_path(value)
        for path, leaf in pairs:
            _check(leaf, f"{_argument(place)}{jax.tree_util.keystr(path)}")
        return cls([leaf for _, leaf in pairs], tree)

    @property
    def value(self) -> Any:
        """The pytree, its containers new: the user's may have changed since."""
        return jax.tree_util.tree_unflatten(self._tree, self._leaves)

    def check(self, value: Any, place: Place) -> None:
        """Accept what a later call passes in the same place.

        The same arrays cost a comparison of identities, others one of values.

        Raises:
            StaleConstantError: other values than those that were compiled in.
        """
        leaves, tree = jax.tree_util.tree_flatten(value)
        if tree == self._tree and all(map(operator.is_, leaves, self._leaves)):
            return
        other = Constant.of(value, place)
        if other.digest != self.digest:
            raise StaleConstantError(
                f"{_argument(place)} is declared constant, and "
                f"{self._first_difference(other)} differs from what was compiled in: "
                "pass the same values, or call clear_cache() to compile for these"
            )
        # The next call passes these again.
        self._leaves = leaves

    def _first_difference(self, other: "Constant") -> str:
        if other._tree != self._tree:
            return "its tree"
        paths = [path for path, _ in jax.tree_util.tree_leaves_with_path(self.value)]
        for path, mine, theirs in zip(paths, self._leaves, other._leaves, strict=True):
            if _content(mine) != _content(theirs):
                return f"its value{jax.tree_util.keystr(path)}"
        return "it"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Constant) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _check(leaf: Any, name: str) -> None:
    if isinstance(leaf, Tracer):
        raise SignatureError(f"{name} is declared constant, and JAX is tracing it")
    if isinstance(leaf, (jax.Array, *_SCALARS)):
        return
    if isinstance(leaf, np.ndarray):
        raise SignatureError(
            f"{name} is declared constant, and a NumPy array can change unnoticed: "
            "pass jax.numpy.asarray of it"
        )
    raise SignatureError(
        f"{name} is declared constant, and is a {type(leaf).__name__}, not an array"
    )


def _digest(leaves: list[Any], tree: Any) -> str:
    state = hashlib.sha256(str(tree).encode())
    for leaf in leaves:
        for part in _content(leaf):
            state.update(part)
    return state.hexdigest()[:32]


def _content(leaf: Any) -> tuple[bytes, bytes]:
    """What a leaf is, and its values."""
    if isinstance(leaf, _SCALARS):
        return repr((type(leaf).__name__, leaf)).encode(), b""
    if jax.numpy.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    array = np.asarray(leaf)
    return f"{array.dtype} {array.shape}".encode(), array.tobytes()


def _argument(place: Place) -> str:
    return f"argument {place}" if isinstance(place, int) else f"argument {place!r}"
