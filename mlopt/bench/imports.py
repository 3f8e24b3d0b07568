"""What does it cost to import mlopt, and to ask for help, in a fresh interpreter?"""

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mlopt.core.errors import MeasureError

# A bare interpreter is the baseline.
BARE: Final = "python"
IMPORT: Final = "import mlopt"
HELP: Final = "mlopt --help"
_PROGRAMS: Final[Mapping[str, str]] = {
    BARE: "",
    IMPORT: "import mlopt",
    HELP: """
from mlopt.tools.main import main
try:
    main(["--help"])
except SystemExit:
    pass
""",
}
_HEAVY: Final = frozenset({"jax", "jaxlib", "flax", "optax", "iree"})
_LIST_MODULES: Final = "\nimport sys; print('MODULES', *sys.modules)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCosts:
    """Of each program, the bare interpreter included.

    Attributes:
        wall_us: whole processes, in turns.
        heavy: what was loaded of JAX and IREE; empty is right.
    """

    wall_us: Mapping[str, tuple[float, ...]]
    heavy: Mapping[str, frozenset[str]]


def measure_imports(num_runs: int) -> ImportCosts:
    """Run each program that often, after once untimed for the file caches.

    Raises:
        MeasureError: one of them fails.
    """
    heavy = {name: loaded_heavy(code) for name, code in _PROGRAMS.items()}
    wall: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    for _ in range(num_runs):
        for name, code in _PROGRAMS.items():
            start = time.perf_counter()
            _run(code)
            wall[name].append((time.perf_counter() - start) * 1e6)
    return ImportCosts(
        wall_us={name: tuple(values) for name, values in wall.items()}, heavy=heavy
    )


def loaded_heavy(code: str) -> frozenset[str]:
    """Which of JAX's and IREE's packages an interpreter holds after running `code`."""
    listing = _run(code + _LIST_MODULES).rpartition("MODULES ")[2]
    roots = {name.partition(".")[0] for name in listing.split()}
    return frozenset(roots & _HEAVY)


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise MeasureError(f"a fresh interpreter failed: {done.stderr.strip()[-200:]}")
    return done.stdout
