"""What `import mlopt` and `mlopt --help` may load, and the compiler's own process."""

import subprocess
import sys
import time

import pytest

HEAVY = {"jax", "jaxlib", "flax", "optax", "iree", "numpy", "scipy", "sqlalchemy"}
HELP = """
import sys
from mlopt.tools.main import main
sys.argv = ["mlopt", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""
LIST_MODULES = "\nimport sys; print('MODULES', *sys.modules)"


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_modules(code: str) -> set[str]:
    """Full names of the modules a fresh interpreter holds after running `code`."""
    return set(run(code + LIST_MODULES).rpartition("MODULES ")[2].split())


def best_seconds(code: str) -> float:
    """Least wall time of five runs, the estimate that other load disturbs least."""
    return min(_seconds(code) for _ in range(5))


def _seconds(code: str) -> float:
    start = time.perf_counter()
    run(code)
    return time.perf_counter() - start


@pytest.mark.parametrize("code", ["import mlopt", HELP], ids=["import", "help"])
def test_no_heavy_library_is_imported(code):
    roots = {name.partition(".")[0] for name in loaded_modules(code)}
    assert "mlopt" in roots
    assert not roots & HEAVY


def test_an_error_class_comes_without_heavy_libraries():
    code = "import mlopt; mlopt.MloptError"
    assert not {name.partition(".")[0] for name in loaded_modules(code)} & HEAVY


@pytest.mark.parametrize(
    "module", ["mlopt.driver", "mlopt.decorator", "mlopt.tools.main"]
)
def test_the_main_process_never_imports_the_compiler(module):
    assert "iree.compiler" not in loaded_modules(f"import {module}")


def test_import_and_help_cost_a_small_multiple_of_the_interpreter():
    bare = best_seconds("pass")
    assert best_seconds("import mlopt") < 5 * bare
    # 0.3 s where a bare interpreter starts in 0.02 s.
    assert best_seconds(HELP) < 15 * bare
