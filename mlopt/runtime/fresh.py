"""Jax arrays nobody has seen yet, whose memory a result is copied into.

Answers "who makes the jax.Array of a small result". Measured on one EPYC core for 8
floats, within a whole call: a copy into an array made beforehand 9 us, an identity
under `jax.jit` 22, `jax.device_put` 70, `jax.dlpack.from_dlpack` 77. Most of that is
spent on making the jax.Array, and arrays made by the dozen cost a third (3.4 us).

Writing to a jax array is sound here and nowhere else: XLA has finished with it, its
memory is its own (checked), and the only reference to it is ours until the result
lies in it. Imports jax; must not import iree.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Final, TypeAlias, final

import jax
import jax.numpy as jnp

from mlopt.core.tensors import TensorSpec

# How many sets are made at a time: one array costs 10 us, 64 together 220.
_MOST_ARRAYS: Final = 64
# What may lie ready without being used.
_MOST_BYTES: Final = 1 << 20
# Python scalars are what is weakly typed to begin with.
_SCALARS: Final = {"f": 0.0, "i": 0, "c": 0j}

# Arrays, and where their memory is.
FreshSet: TypeAlias = tuple[list[jax.Array], list[int]]


@final
class FreshArrays:
    """Sets of new arrays of the same specs, made in advance. Thread-safe."""

    __slots__ = ("_contexts", "_is_checked", "_make", "_ready")

    def __init__(self, specs: Sequence[TensorSpec], weak_types: Sequence[bool]) -> None:
        """Prepare for sets of these shapes and dtypes.

        Args:
            weak_types: for each array whether it is promoted like a Python scalar.
        """
        num_bytes = sum(spec.num_bytes for spec in specs)
        num_sets = _MOST_ARRAYS // max(len(specs), 1)
        num_sets = max(1, min(num_sets, _MOST_BYTES // max(num_bytes, 1)))
        self._contexts = _contexts()
        self._is_checked = False
        self._make = _maker(tuple(zip(specs, weak_types, strict=True)), num_sets)
        self._ready: list[FreshSet] = []

    def take(self) -> FreshSet:
        """A set that nobody else has: write to the memory, then let go of it.

        Raises:
            AssertionError: XLA gave two arrays one memory.
        """
        try:
            return self._ready.pop()
        except IndexError:
            fresh = self._make_sets()
            taken = fresh.pop()
            self._ready.extend(fresh)
            return taken

    def _make_sets(self) -> list[FreshSet]:
        with ExitStack() as stack:
            for context in self._contexts:
                stack.enter_context(context())
            sets = self._make(_SCALARS)
        fresh = [_addressed(arrays) for arrays in sets]
        if not self._is_checked:
            _check_disjoint(fresh)
            self._is_checked = True
        return fresh


def _addressed(arrays: list[jax.Array]) -> FreshSet:
    for array in arrays:
        array.block_until_ready()
    return arrays, [array.unsafe_buffer_pointer() for array in arrays]


def _check_disjoint(fresh: list[FreshSet]) -> None:
    # Arrays without elements may lie anywhere.
    used = [
        address
        for arrays, addresses in fresh
        for array, address in zip(arrays, addresses, strict=True)
        if array.size
    ]
    assert len(set(used)) == len(used), "XLA gave two results one memory"


def _contexts() -> list[Callable[[], Any]]:
    """What arrays have to be made under to be as of the moment of this call."""
    config: Any = jax.config
    is_x64 = bool(config.jax_enable_x64)
    # Also where the caller is being traced by JAX.
    contexts: list[Callable[[], Any]] = [
        jax.ensure_compile_time_eval,
        lambda: jax.enable_x64(is_x64),
        # Who forbids transfers of their own does not mean three scalars of ours.
        lambda: jax.transfer_guard("allow"),
    ]
    if jax.default_backend() != "cpu":
        cpu = jax.local_devices(backend="cpu")[0]
        contexts.append(lambda: jax.default_device(cpu))
    return contexts


def _maker(
    wanted: Sequence[tuple[TensorSpec, bool]], num_sets: int
) -> Callable[[dict[str, Any]], list[list[jax.Array]]]:
    def make(scalars: dict[str, Any]) -> list[list[jax.Array]]:
        # From arguments: of constants XLA might keep a copy to hand out again.
        return [
            [_filled(spec, is_weak, scalars) for spec, is_weak in wanted]
            for _ in range(num_sets)
        ]

    return jax.jit(make)


def _filled(spec: TensorSpec, is_weak: bool, scalars: dict[str, Any]) -> jax.Array:
    dtype = jnp.dtype(spec.dtype)
    if is_weak and dtype.kind in scalars:
        weak = jnp.full(spec.shape, scalars[dtype.kind])
        if weak.dtype == dtype:
            return weak
    return jnp.full(spec.shape, scalars["i"], dtype)
