"""The flattened signature of a call: what identifies a compiled entry.

Answers "which arrays does this call pass, in which order, and what is constant in
it". Imports jax; must not import iree.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.core.errors import SignatureError
from mlopt.core.tensors import TensorSpec
from mlopt.frontend.arguments import NO_ARGUMENTS, ArgumentSet, Place
from mlopt.frontend.constants import Constant

# A jax.tree_util.PyTreeDef, which jax exports as a value and not as a type.
Tree: TypeAlias = Any
# Positions or names, with their values.
Statics: TypeAlias = tuple[tuple[Place, Hashable], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafSpec:
    """One array argument as the compiled entry sees it.

    Attributes:
        tensor: shape and dtype; of a typed PRNG key its uint32 words.
        weak_type: True for what JAX promotes like a Python scalar.
        key_impl: name of the PRNG implementation of a typed key, else None.
    """

    tensor: TensorSpec
    weak_type: bool = False
    key_impl: str | None = None

    @property
    def struct(self) -> jax.ShapeDtypeStruct:
        """What a function over flat arrays is traced with."""
        return jax.ShapeDtypeStruct(
            self.tensor.shape, self.tensor.dtype, weak_type=self.weak_type
        )

    @classmethod
    def of_aval(cls, aval: Any) -> "LeafSpec":
        """From an abstract value; a typed key becomes its words."""
        if not _is_key(aval):
            weak = bool(getattr(aval, "weak_type", False))
            return cls(tensor=tensor_spec(aval), weak_type=weak)
        impls: list[str] = []

        def words(key: Any) -> Any:
            impls.append(str(jax.random.key_impl(key)))
            return jax.random.key_data(key)

        spec = tensor_spec(jax.eval_shape(words, aval))
        return cls(tensor=spec, key_impl=impls[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Hashable identity of a call: equal signatures share one compiled entry.

    Attributes:
        tree: of (dynamic positional arguments, dynamic keyword arguments).
        leaves: one per array, in the tree's order.
        static: (position or name, value) of each static argument, sorted.
        static_types: their classes, since 1 == True == 1.0.
        constants: (position or name, arrays) of each constant argument, sorted.
    """

    tree: Tree
    leaves: tuple[LeafSpec, ...]
    static: Statics = ()
    static_types: tuple[type, ...] = ()
    constants: tuple[tuple[Place, Constant], ...] = ()

    @classmethod
    def of_avals(cls, tree: Tree, avals: Sequence[Any]) -> "Signature":
        """From abstract values of all arguments, none of them static."""
        return cls(tree=tree, leaves=tuple(map(LeafSpec.of_aval, avals)))

    def rebuild(self, arrays: Iterable[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments of the user's function from flat arrays, and from what is fixed."""
        leaves = [
            from_words(array, leaf.key_impl)
            for array, leaf in zip(arrays, self.leaves, strict=True)
        ]
        dynamic, keywords = jax.tree_util.tree_unflatten(self.tree, leaves)
        args, keywords = list(dynamic), dict(keywords)
        fixed: dict[Place, Any] = dict(self.static)
        fixed |= {place: constant.value for place, constant in self.constants}
        for position in sorted(place for place in fixed if isinstance(place, int)):
            args.insert(position, fixed[position])
        keywords |= {n: value for n, value in fixed.items() if isinstance(n, str)}
        return args, keywords


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Tree of what a function returned, and which of its leaves are typed keys."""

    tree: Tree
    key_impls: tuple[str | None, ...]

    @classmethod
    def of(cls, value: Any) -> tuple["Results", list[Any]]:
        """The tree of a function's value, and the value's leaves."""
        leaves, tree = jax.tree_util.tree_flatten(value)
        impls = tuple(
            str(jax.random.key_impl(leaf)) if _is_key(leaf) else None for leaf in leaves
        )
        return cls(tree=tree, key_impls=impls), leaves

    def rebuild(self, arrays: Iterable[Any]) -> Any:
        """The function's value from flat arrays."""
        leaves = map(from_words, arrays, self.key_impls)
        return jax.tree_util.tree_unflatten(self.tree, leaves)


def bind(
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    static: ArgumentSet = NO_ARGUMENTS,
    constants: ArgumentSet = NO_ARGUMENTS,
) -> tuple[Signature, list[Any]]:
    """Split a call into its signature and its flat arrays.

    Args:
        static: values that are hashed; constants: arrays that are part of the program.

    Returns:
        The signature, and per leaf the user's own object (array, scalar or key).

    Raises:
        SignatureError: a static value that cannot be hashed, a constant that could
            change, or a leaf that is no array and therefore has to be static.
    """
    fixed = static | constants
    dynamic, keywords = fixed.others(args, kwargs)
    pairs, tree = jax.tree_util.tree_flatten_with_path((dynamic, keywords))
    leaves = tuple(_leaf_spec(path, leaf) for path, leaf in pairs)
    values = [(p, _hashable(p, value)) for p, value in static.chosen(args, kwargs)]
    signature = Signature(
        tree=tree,
        leaves=leaves,
        static=tuple(values),
        static_types=tuple(type(value) for _, value in values),
        constants=tuple(
            (place, Constant.of(value, place))
            for place, value in constants.chosen(args, kwargs)
        ),
    )
    return signature, [leaf for _, leaf in pairs]


def to_words(leaf: Any) -> Any:
    """A typed PRNG key as its uint32 words; anything else unchanged."""
    return jax.random.key_data(leaf) if _is_key(leaf) else leaf


def from_words(array: Any, key_impl: str | None) -> Any:
    """Inverse of `to_words`."""
    if key_impl is None:
        return array
    return jax.random.wrap_key_data(array, impl=key_impl)


def to_numpy(leaf: Any) -> np.ndarray:
    """A leaf as the compiled entry takes it: JAX's dtype, keys as words."""
    words = to_words(leaf)
    return np.asarray(words, dtype=jax.typeof(words).dtype)


def _leaf_spec(path: tuple[Any, ...], leaf: Any) -> LeafSpec:
    try:
        aval = jax.typeof(leaf)
    except TypeError:
        raise SignatureError(
            f"argument {_readable(path)} is a {type(leaf).__name__}, not an array: "
            "pass it as a static argument or close over it"
        ) from None
    return LeafSpec.of_aval(aval)


def _is_key(value: Any) -> bool:
    dtype = getattr(value, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key)


def tensor_spec(aval: Any) -> TensorSpec:
    """The static shape and dtype of an abstract value with integer extents."""
    shape = tuple(int(extent) for extent in aval.shape)
    return TensorSpec(shape=shape, dtype=str(aval.dtype))


def _hashable(place: int | str, value: Any) -> Hashable:
    try:
        hash(value)
    except TypeError:
        raise SignatureError(
            f"static argument {place!r} is a {type(value).__name__}, which cannot be "
            "hashed"
        ) from None
    return value


def _readable(path: tuple[Any, ...]) -> str:
    """`args[0]['w']` or `name['w']` for a path into (args, kwargs)."""
    where, *rest = path
    if where.idx == 0:
        return "args" + jax.tree_util.keystr(tuple(rest))
    return str(rest[0].key) + jax.tree_util.keystr(tuple(rest[1:]))
