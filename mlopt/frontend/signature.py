"""The flattened signature of a call: what identifies a compiled entry.

Answers "which arrays does this call pass, in which order, and what is constant in
it". Imports jax; must not import iree.
"""

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.core.errors import InputError, SignatureError
from mlopt.core.tensors import TensorSpec

_BY_POSITION: Final = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)
# A jax.tree_util.PyTreeDef, which jax exports as a value and not as a type.
Tree: TypeAlias = Any
# Positions or names, with their values.
Constants: TypeAlias = tuple[tuple[int | str, Hashable], ...]


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
    """

    tree: Tree
    leaves: tuple[LeafSpec, ...]
    static: Constants = ()
    static_types: tuple[type, ...] = ()

    @classmethod
    def of_avals(cls, tree: Tree, avals: Sequence[Any]) -> "Signature":
        """From abstract values of all arguments, none of them static."""
        return cls(tree=tree, leaves=tuple(map(LeafSpec.of_aval, avals)))

    def rebuild(self, arrays: Iterable[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments of the user's function from flat arrays, statics included."""
        leaves = [
            from_words(array, leaf.key_impl)
            for array, leaf in zip(arrays, self.leaves, strict=True)
        ]
        dynamic, keywords = jax.tree_util.tree_unflatten(self.tree, leaves)
        args, keywords = list(dynamic), dict(keywords)
        for place, value in self.static:
            if isinstance(place, int):
                args.insert(place, value)
            else:
                keywords[place] = value
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


@dataclass(frozen=True, slots=True)
class StaticArguments:
    """Which arguments are constants of the entry, by position and by name."""

    positions: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        function: Callable[..., Any],
        argnums: int | Sequence[int] = (),
        argnames: str | Iterable[str] = (),
    ) -> "StaticArguments":
        """Complete one by the other from the function's parameters, as jax.jit does.

        Raises:
            InputError: a position beyond the parameters, or a name that is none.
        """
        numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        names = {argnames} if isinstance(argnames, str) else set(argnames)
        parameters = _parameters(function)
        if parameters is None:
            return cls(frozenset(numbers), frozenset(names))
        positional = [p.name for p in parameters if p.kind in _BY_POSITION]
        positions = {_position(n, positional, parameters) for n in numbers}
        _check_names(names, parameters)
        names |= {positional[p] for p in positions if p < len(positional)}
        positions |= {positional.index(n) for n in names if n in positional}
        return cls(frozenset(positions), frozenset(names))


NO_STATICS: Final = StaticArguments()


def bind(
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    static: StaticArguments = NO_STATICS,
) -> tuple[Signature, list[Any]]:
    """Split a call into its signature and its flat arrays.

    Returns:
        The signature, and per leaf the user's own object (array, scalar or key).

    Raises:
        SignatureError: a static value that cannot be hashed, or a leaf that is no
            array and therefore has to be static.
    """
    dynamic, keywords, constants = _split(args, kwargs, static)
    pairs, tree = jax.tree_util.tree_flatten_with_path((dynamic, keywords))
    leaves = tuple(_leaf_spec(path, leaf) for path, leaf in pairs)
    signature = Signature(
        tree=tree,
        leaves=leaves,
        static=constants,
        static_types=tuple(type(value) for _, value in constants),
    )
    return signature, [leaf for _, leaf in pairs]


def _split(
    args: Sequence[Any], kwargs: Mapping[str, Any], static: StaticArguments
) -> tuple[tuple[Any, ...], dict[str, Any], Constants]:
    """Dynamic positional arguments, dynamic keywords, and the rest."""
    by_position = [
        (place, _hashable(place, value))
        for place, value in enumerate(args)
        if place in static.positions
    ]
    by_name = [
        (name, _hashable(name, kwargs[name]))
        for name in sorted(kwargs)
        if name in static.names
    ]
    dynamic = tuple(v for i, v in enumerate(args) if i not in static.positions)
    keywords = {n: kwargs[n] for n in sorted(kwargs) if n not in static.names}
    return dynamic, keywords, (*by_position, *by_name)


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


def _position(
    number: int, positional: list[str], parameters: list[inspect.Parameter]
) -> int:
    """A position counted from the front, checked."""
    position = number + len(positional) if number < 0 else number
    is_open = any(p.kind == p.VAR_POSITIONAL for p in parameters)
    if position < 0 or (position >= len(positional) and not is_open):
        raise InputError(
            f"static_argnums names argument {number}, but the function takes "
            f"{len(positional)} positional arguments"
        )
    return position


def _check_names(names: set[str], parameters: list[inspect.Parameter]) -> None:
    if any(p.kind == p.VAR_KEYWORD for p in parameters):
        return
    for name in sorted(names - {p.name for p in parameters}):
        raise InputError(
            f"static_argnames names {name!r}, which is no parameter of the function"
        )


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """None where Python cannot tell (some builtins)."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
