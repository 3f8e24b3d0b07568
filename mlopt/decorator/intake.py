"""Where the arrays of a call lie in memory, copying only those that cannot be shared.

Answers "which addresses does this call pass". A call is synchronous, so arrays of
NumPy are shared for its duration too: nothing of them is kept afterwards. Imports
jax; must not import iree.compiler.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, final

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.core.tensors import TensorSpec
from mlopt.frontend.signature import to_words
from mlopt.runtime.buffers import ALIGNMENT, aligned_empty

_MISALIGNED: Final = ALIGNMENT - 1


@cache
def concrete_array_type() -> type:
    """The class of concrete jax arrays; the first call initialises JAX's backend."""
    return type(jnp.zeros(()))


@cache
def _all_arrays_lie_on_one_cpu() -> bool:
    """Whether no jax array of this process can be elsewhere or in several pieces."""
    config: Any = jax.config
    platforms = config.jax_platforms
    only_cpu = platforms in (None, "", "cpu") and jax.default_backend() == "cpu"
    return only_cpu and jax.device_count() == 1


@final
class Intake:
    """Takes the arrays of calls of one signature."""

    __slots__ = ("_array_type", "_dtypes", "_is_trusted")

    def __init__(self, specs: Sequence[TensorSpec]) -> None:
        self._array_type = concrete_array_type()
        self._dtypes = tuple(jnp.dtype(spec.dtype) for spec in specs)
        self._is_trusted = _all_arrays_lie_on_one_cpu()

    def are_trusted(self, leaves: Sequence[Any]) -> bool:
        """Whether all are jax arrays that can only lie in this machine's memory."""
        return self._is_trusted and all(type(x) is self._array_type for x in leaves)

    def __call__(self, leaves: Sequence[Any]) -> tuple[tuple[int, ...], list[Any]]:
        """Addresses of the leaves' values, 64-byte aligned and ready to be read.

        Shapes are not checked: the caller knows that the signature fits.

        Returns:
            The addresses, and what has to stay alive while they are used besides the
            leaves themselves.

        Raises:
            RuntimeError: a jax array that was deleted or donated.
            OverflowError: a Python integer beyond the dtype.
        """
        addresses: list[int] = []
        kept: list[Any] = []
        for leaf, dtype in zip(leaves, self._dtypes, strict=True):
            if type(leaf) is self._array_type and self._is_trusted:
                leaf.block_until_ready()
                address = leaf.unsafe_buffer_pointer()
                if not address & _MISALIGNED:
                    addresses.append(address)
                    continue
            host = _dense(leaf, dtype)
            kept.append(host)
            addresses.append(host.ctypes.data)
        return tuple(addresses), kept


def _dense(leaf: Any, dtype: np.dtype) -> np.ndarray:
    """A leaf's values as a dense, aligned array on the host; its own memory if fit."""
    host = np.asarray(to_words(leaf), dtype)
    if host.flags.c_contiguous and not host.ctypes.data & _MISALIGNED:
        return host
    copy = aligned_empty(host.nbytes)[: host.nbytes].view(dtype).reshape(host.shape)
    copy[...] = host
    return copy
