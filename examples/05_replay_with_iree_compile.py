"""Tune, export the schedule, and let a stock `iree-compile` repeat it without mlopt."""

import shlex
import subprocess
import sysconfig
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from iree import runtime

import mlopt


def dense(x, weight, bias):
    """A fully connected layer with a relu: (rows, in) -> (rows, out)."""
    return jax.nn.relu(x @ weight + bias)


def dense_with_arguments():
    """Return (callable, example_args), the form every `mlopt` command takes."""
    x_key, weight_key = jax.random.split(jax.random.key(0))
    x = jax.random.normal(x_key, (32, 96))
    weight = jax.random.normal(weight_key, (96, 64))
    return dense, (x, weight, jnp.ones(64))


def compile_with_stock_iree(folder: Path) -> Path:
    """What a machine without mlopt runs: cd DIR && iree-compile $(cat flags.txt) ..."""
    iree_compile = Path(sysconfig.get_path("scripts"), "iree-compile")
    flags = shlex.split((folder / "flags.txt").read_text())
    # From inside the folder: a schedule names its library files relative to it.
    subprocess.run(
        [iree_compile, *flags, "program.mlirbc", "-o", "program.vmfb"],
        cwd=folder,
        check=True,
    )
    return folder / "program.vmfb"


def run_with_stock_iree(vmfb: Path, *arguments) -> np.ndarray:
    """Call the one function of a compiled program through IREE's own Python API."""
    config = runtime.Config("local-task")
    module = runtime.VmModule.mmap(config.vm_instance, str(vmfb))
    context = runtime.SystemContext(vm_modules=[module], config=config)
    arrays = [np.asarray(argument) for argument in arguments]
    return context.modules[module.name]["main"](*arrays).to_host().copy()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, db = Path(name, "schedule"), str(Path(name, "records.db"))
        mlopt.tune(
            f"{__file__}:dense_with_arguments",
            budget=mlopt.Budget(trials=4),
            db=db,
            export_dir=folder,
        )
        print("exported:", *sorted(path.name for path in folder.iterdir()))

        function, arguments = dense_with_arguments()
        replayed = run_with_stock_iree(compile_with_stock_iree(folder), *arguments)
        ours = np.asarray(mlopt.jit(function, db=db)(*arguments))
    error = float(np.max(np.abs(replayed - ours)))
    print(f"stock iree-compile and mlopt.jit differ by {error:.1e}")


if __name__ == "__main__":
    main()
