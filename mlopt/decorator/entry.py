"""Entries: a function compiled for one signature, called for the least cost.

Answers "what happens in a warm call". With two small arguments and one small result,
on one EPYC core where `jax.jit` took 7.1 us, a call took 18.3: key and look-up 2.8,
waiting for the arguments and finding their list 2.1, IREE's invocation 3.3, the
result 10.1, of which 3.4 went to making the jax.Array. Each of these costs a half to a
third of that when repeated alone: beyond the caches of a core the number of different
functions counts, hence the few layers here. Imports jax; must not import
iree.compiler.
"""

from collections.abc import Callable, Sequence
from typing import Any, final

import jax

from mlopt.core.tensors import TensorSpec
from mlopt.decorator.intake import Intake
from mlopt.frontend.signature import Results
from mlopt.runtime import Executable
from mlopt.runtime.arguments import ArgumentLists
from mlopt.runtime.export import ResultExporter


@final
class Entry:
    """An executable with what turns a call's leaves into it and its results back.

    Attributes:
        executable: what runs.
    """

    __slots__ = (
        "_arguments",
        "_export",
        "_has_keys",
        "_intake",
        "_is_checked",
        "_is_single",
        "_known",
        "_results",
        "executable",
    )

    def __init__(
        self,
        executable: Executable,
        *,
        inputs: Sequence[TensorSpec],
        outputs: Sequence[TensorSpec],
        weak_types: Sequence[bool],
        results: Results,
    ) -> None:
        """Prepare for calls of one signature.

        Args:
            inputs, outputs: flat, typed PRNG keys as their words.
            weak_types: for each output whether it is promoted like a Python scalar.
            results: the tree of what the function returns.

        Raises:
            UnsupportedError: a dtype that the device has no type for.
        """
        self.executable = executable
        self._intake = Intake(inputs)
        self._arguments = ArgumentLists(inputs, executable.device)
        self._known = self._arguments.known.get
        sizes = [spec.num_bytes for spec in inputs]
        self._export = ResultExporter(outputs, weak_types, executable, sizes)
        self._results = results
        self._has_keys = any(impl is not None for impl in results.key_impls)
        is_leaf = results.tree == jax.tree_util.tree_structure(0)
        self._is_checked = False
        self._is_single = is_leaf and not self._has_keys

    def __call__(self, leaves: Sequence[Any]) -> Any:
        """The function's value for leaves of this signature.

        Raises:
            RunError: the device reported a failure.
            RuntimeError: a jax array that was deleted or donated.
        """
        addresses, kept = self._intake(leaves)
        results = self.executable.invoke(self._arguments.at(addresses))
        if not self._is_checked:
            self._export.check(results)
            self._is_checked = True
        arrays = self._export(results, addresses)
        # Results may have lain in copies of arguments until here.
        del kept
        return arrays[0] if self._is_single else self._value_of(arrays)

    def best_call(self, leaves: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
        """The fastest call for leaves of the same types as these."""
        return self.call_arrays if self._intake.are_trusted(leaves) else self

    def call_arrays(self, leaves: Sequence[Any]) -> Any:
        """As a call, where every leaf is a concrete jax array on the one CPU.

        Raises:
            As a call.
        """
        for leaf in leaves:
            # XLA may still be computing it. Also what refuses a deleted array:
            # `is_ready` is 0.1 us faster and crashes on one.
            leaf.block_until_ready()
        addresses = tuple([leaf.unsafe_buffer_pointer() for leaf in leaves])
        arguments = self._known(addresses)
        if arguments is None:
            # Not aligned, perhaps: no list was ever made of such.
            return self(leaves)
        arrays = self._export(self.executable.invoke(arguments), addresses)
        return arrays[0] if self._is_single else self._value_of(arrays)

    def _value_of(self, arrays: list[jax.Array]) -> Any:
        if self._has_keys:
            return self._results.rebuild(arrays)
        return self._results.tree.unflatten(arrays)
