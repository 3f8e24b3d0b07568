"""How a call differs from the signature a function was compiled for, in a sentence.

Imports jax; must not import iree.
"""

from collections.abc import Sequence
from typing import Any

import jax

from mlopt.core.errors import SignatureError
from mlopt.frontend.signature import Signature, bind


def check_call(
    name: str, expected: Signature, args: Sequence[Any], kwargs: dict[str, Any]
) -> None:
    """Accept a call with the expected tree, shapes and dtypes.

    Weak types may differ: the compiled function does the same with the values.

    Raises:
        SignatureError: what differs first, and what was expected there.
    """
    actual, _ = bind(args, kwargs)
    if actual.tree != expected.tree:
        raise SignatureError(
            f"{name} was compiled for arguments {readable_tree(expected.tree)}, and "
            f"was called with {readable_tree(actual.tree)}"
        )
    pairs = zip(expected.leaves, actual.leaves, strict=True)
    for index, (wanted, got) in enumerate(pairs):
        if wanted.tensor != got.tensor or wanted.key_impl != got.key_impl:
            raise SignatureError(
                f"{name} was compiled for {_argument(expected.tree, index)} of "
                f"{wanted.tensor}, and was called with {got.tensor}"
            )


def readable_tree(tree: Any) -> str:
    """A call's tree as Python would write it, with * for every array."""
    args, kwargs = jax.tree_util.tree_unflatten(tree, [_Star()] * tree.num_leaves)
    parts = [repr(arg) for arg in args]
    parts += [f"{name}={value!r}" for name, value in kwargs.items()]
    return f"({', '.join(parts)})"


def _argument(tree: Any, index: int) -> str:
    """`argument 0['w']` or `argument name['w']`."""
    marked = jax.tree_util.tree_unflatten(tree, list(range(tree.num_leaves)))
    pairs = jax.tree_util.tree_leaves_with_path(marked)
    path = next(path for path, leaf in pairs if leaf == index)
    rest = jax.tree_util.keystr(path[2:])
    where: Any = path[1]
    place = where.idx if hasattr(where, "idx") else where.key
    return f"argument {place}{rest}"


class _Star:
    def __repr__(self) -> str:
        return "*"
