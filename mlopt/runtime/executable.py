"""Executables: one entry function of a compiled module, ready to be called.

Answers "how is a compiled function called for the least cost". Below
`iree.runtime.SystemContext`, whose reflection-driven packing costs 20 us a call; an
`invoke` of a tiny function on a local-sync device costs 3 us. Must not import jax.
"""

import os
import threading
from pathlib import Path
from typing import Any, final

from iree import runtime as iree_runtime

from mlopt.core.errors import InputError, RunError
from mlopt.runtime.device import Device
from mlopt.runtime.waiting import call_without_preempting

_View = iree_runtime.HalBufferView
_Values = iree_runtime.VmVariantList


@final
class Executable:
    """A loaded function. Calls from several threads take turns.

    IREE's contexts are not safe for two calls at a time, and its binding drops the
    interpreter lock during a call: hence a lock of our own.

    Attributes:
        device: what it runs on.
        entry: the function's name.
    """

    __slots__ = (
        "_context",
        "_function",
        "_has_workers",
        "_lock",
        "_module",
        "device",
        "entry",
    )

    def __init__(
        self, module: iree_runtime.VmModule, entry: str, device: Device
    ) -> None:
        function = module.lookup_function(entry)
        if function is None:
            names = ", ".join(module.function_names)
            raise InputError(
                f"the compiled module has no function {entry!r}; it has: {names}"
            )
        self.device = device
        self.entry = entry
        self._module = module
        self._function = function
        self._lock = threading.Lock()
        self._has_workers = device.has_workers
        try:
            self._context = iree_runtime.VmContext(
                device.instance, [device.hal_module, module]
            )
        except (ValueError, RuntimeError) as error:
            raise RunError(
                f"the compiled module cannot be loaded on {device.uri}: "
                f"{_first_line(error)}"
            ) from error

    @classmethod
    def load(
        cls, vmfb: bytes | str | os.PathLike[str], entry: str, device: Device
    ) -> "Executable":
        """Load a VM flatbuffer: bytes are copied, a file is mapped.

        Raises:
            InputError: a missing file, not a flatbuffer, or no such function in it.
            RunError: the module does not fit the device.
        """
        try:
            if isinstance(vmfb, bytes):
                module = iree_runtime.VmModule.copy_buffer(device.instance, vmfb)
            else:
                path = str(Path(vmfb))
                module = iree_runtime.VmModule.mmap(device.instance, path)
        except FileNotFoundError as error:
            raise InputError(f"there is no compiled module {vmfb}") from error
        except (ValueError, RuntimeError, OSError) as error:
            raise InputError(
                f"this is not a compiled module: {_first_line(error)}"
            ) from error
        return cls(module, entry, device)

    def __call__(self, *views: _View) -> tuple[_View, ...]:
        """Run the function and wait for its results.

        Shapes and dtypes are not checked: the caller knows the signature.

        Raises:
            RunError: the device reported a failure.
        """
        # IREE's stubs want a VmRef here, but the binding takes every reference type.
        arguments: Any = _Values(len(views))
        for view in views:
            arguments.push_ref(view)
        results = self.invoke(arguments)
        return tuple(
            results.get_as_object(index, _View) for index in range(results.size)
        )

    def invoke(self, arguments: _Values) -> _Values:
        """Run the function on a list of buffer views, which may be used again.

        Raises:
            RunError: the device reported a failure.
        """
        results = _Values(1)
        try:
            with self._lock:
                if self._has_workers:
                    call_without_preempting(
                        self._context.invoke, self._function, arguments, results
                    )
                else:
                    self._context.invoke(self._function, arguments, results)
        except (ValueError, RuntimeError) as error:
            raise RunError(
                f"running {self.entry} failed: {_first_line(error)}"
            ) from error
        return results


def _first_line(error: BaseException) -> str:
    return str(error).split("\n", 1)[0]
