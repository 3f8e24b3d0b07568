"""How is a compiled program run by IREE's own command-line tools?

The tools come with the runtime's wheel. Inputs go through unnamed temporary files, so
that nothing stays behind when this process is killed. Must not load a program itself.
"""

import contextlib
import importlib.util
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

import numpy as np

from mlopt.core.errors import MeasureError

# NumPy's dtype names in the tools' spelling; raw files carry any of them, which
# .npy files do not (no bfloat16).
_TOOL_DTYPES: Final = {
    "bool": "i1",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "ui8",
    "uint16": "ui16",
    "uint32": "ui32",
    "uint64": "ui64",
    "float16": "f16",
    "bfloat16": "bf16",
    "float32": "f32",
    "float64": "f64",
    "complex64": "cf64",
    "complex128": "cf128",
    "float8_e4m3fn": "f8E4M3FN",
    "float8_e5m2": "f8E5M2",
}


def tool_path(name: str) -> Path:
    """Where the runtime's wheel keeps one of its programs.

    Raises:
        MeasureError: the runtime or the program is not installed.
    """
    # Found without importing the runtime, which the main process need not have.
    spec = importlib.util.find_spec("iree._runtime_libs")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / name
        if path.is_file():
            return path
    raise MeasureError(f"{name} is missing: reinstall iree-base-runtime")


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One program with its inputs, to be run by several tools; close it when done.

    Make one with `Invocation.of`.
    """

    module: Path
    entry: str
    device_flags: tuple[str, ...]
    num_outputs: int
    input_flags: tuple[str, ...]
    files: list[IO[bytes]]

    @classmethod
    def of(
        cls,
        path: str,
        entry: str,
        inputs: Sequence[np.ndarray],
        *,
        device_uri: str,
        num_threads: int | None,
        num_outputs: int = 0,
    ) -> Self:
        """Write the inputs and note the rest.

        Raises:
            MeasureError: an input's dtype is unknown to the tools.
        """
        files = [_write(array) for array in inputs]
        flags = tuple(
            f"--input={_shape_and_dtype(array)}=@/dev/fd/{file.fileno()}"
            for array, file in zip(inputs, files, strict=True)
        )
        return cls(
            module=Path(path),
            entry=entry,
            device_flags=device_flags(device_uri, num_threads),
            num_outputs=num_outputs,
            input_flags=flags,
            files=files,
        )

    def run(self, tool: str, *flags: str, timeout_s: float) -> str:
        """Run the program in a tool; its stdout and stderr together.

        Raises:
            subprocess.SubprocessError: it failed, or took longer than `timeout_s`.
        """
        program = [f"--module={self.module}", f"--function={self.entry}"]
        return self.inspect(
            tool,
            *program,
            *self.device_flags,
            *self.input_flags,
            *flags,
            timeout_s=timeout_s,
        )

    def inspect(self, tool: str, *arguments: str, timeout_s: float) -> str:
        """Run a tool that may read the files of this invocation; as `run`."""
        return subprocess.run(
            [str(tool_path(tool)), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
            pass_fds=[file.fileno() for file in self.files],
        ).stdout

    def with_module(self, path: str) -> "Invocation":
        """The same inputs for another program of the same signature."""
        return Invocation(
            module=Path(path),
            entry=self.entry,
            device_flags=self.device_flags,
            num_outputs=self.num_outputs,
            input_flags=self.input_flags,
            files=self.files,
        )

    @contextlib.contextmanager
    def scratch_file(self) -> Iterator[str]:
        """Path of an empty unnamed file that the tools may write and read."""
        with tempfile.TemporaryFile() as file:
            self.files.append(file)
            try:
                yield f"/dev/fd/{file.fileno()}"
            finally:
                self.files.remove(file)

    def close(self) -> None:
        """Give the disk space of the inputs back."""
        for file in self.files:
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def device_flags(device_uri: str, num_threads: int | None) -> tuple[str, ...]:
    """The tools' flags for a device with this many threads; None is its choice."""
    if num_threads is None:
        return (f"--device={device_uri}",)
    return f"--device={device_uri}", f"--task_topology_max_group_count={num_threads}"


def _shape_and_dtype(array: np.ndarray) -> str:
    """Such as "4x8xf32"; a scalar is "f32".

    Raises:
        MeasureError: the dtype is unknown to the tools.
    """
    dtype = _TOOL_DTYPES.get(array.dtype.name)
    if dtype is None:
        raise MeasureError(f"IREE's tools take no input of dtype {array.dtype}")
    return "x".join([*map(str, array.shape), dtype])


def _write(array: np.ndarray) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the Invocation
    file.write(np.asarray(array, order="C").tobytes())
    file.flush()
    return file
