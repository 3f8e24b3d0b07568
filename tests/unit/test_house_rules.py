"""The rules of the house that no linter knows, over every file git would commit."""

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
# Read by nobody: its source is dialects/mlopt.irdl.mlir.
GENERATED = {"mlopt/dialect/definition.py"}
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "misc"}
MACHINE_FOLDERS = "|".join(["work", "home", "root", "tmp/x"])
# Not after a letter or a dot: what follows those is relative.
ABSOLUTE_PATH = re.compile(rf"(?<![\w.~}}-])/(?:{MACHINE_FOLDERS})(?:/|\b)")
# Only these may import the compiler: they run inside worker processes.
COMPILER_USERS = (
    "mlopt.compile",
    "mlopt.schedules",
    "mlopt.workloads",
    "mlopt.dialect",
    "mlopt.frontend.lowering",
    "mlopt.frontend.prepacking",
    "mlopt.frontend.shifting",
    "mlopt.frontend.structured",
    "mlopt.driver.jobs",
    "mlopt.driver.opt.executing",
    "mlopt.driver.opt.importing",
    "mlopt.driver.opt.planning",
    "mlopt.driver.opt.reading",
    "mlopt.driver.opt.run",
    "mlopt.driver.opt.scheduling",
    "mlopt.driver.opt.workloads",
    "mlopt.targets.probe",
)


def committed_files() -> list[Path]:
    """Files that are tracked or would be: neither deleted nor ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in listing.decode().split("\0") if name)
    return sorted(path for path in set(paths) if path.is_file())


if not (ROOT / ".git").exists():
    pytest.skip("what git would commit is known in a checkout", allow_module_level=True)

FILES = committed_files()
PYTHON = [path for path in FILES if path.suffix == ".py"]
PACKAGE = [path for path in PYTHON if path.is_relative_to(ROOT / "mlopt")]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@functools.cache
def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(read(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """Dotted names that the imports of a module may load."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_compiler(tree: ast.Module) -> bool:
    return any(
        f"{name}.".startswith("iree.compiler.") for name in imported_modules(tree)
    )


def calls(tree: ast.Module) -> Iterator[str]:
    """What is called, as written: "eval", "pickle.load"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_the_listing_of_files_is_not_empty():
    assert ROOT / "pyproject.toml" in FILES
    assert ROOT / "mlopt" / "__init__.py" in PACKAGE


def test_every_module_says_what_it_is_for():
    assert not [name_of(path) for path in PYTHON if not ast.get_docstring(parse(path))]


def test_every_module_is_short_enough_to_read():
    written = [path for path in PYTHON if name_of(path) not in GENERATED]
    lengths = {name_of(path): len(read(path).splitlines()) for path in written}
    assert not {name: n for name, n in lengths.items() if n > MAX_LINES}


def test_names_of_files_and_folders_name_an_idea():
    parts = {
        (part.partition(".")[0].strip("_"), name_of(path))
        for path in FILES
        for part in path.relative_to(ROOT).parts
    }
    assert not [path for part, path in parts if part in VAGUE_NAMES]


def test_no_path_of_one_machine():
    lines = [
        f"{name_of(path)}:{number}: {line}"
        for path in FILES
        for number, line in enumerate(read(path).splitlines(), start=1)
        if ABSOLUTE_PATH.search(line)
    ]
    assert not lines


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (f"see {'/'}home/me/x", True),
        (f"'{'/'}work/main'", True),
        (f"cd {'/'}root", True),
        (f"tree{'/'}root/readme and ..{'/'}home/x", False),
        ("/workers and /homepage", False),
    ],
)
def test_paths_of_one_machine_are_recognised(text, is_found):
    assert bool(ABSOLUTE_PATH.search(text)) == is_found


def test_unpickling_stays_inside_isolation():
    unpickles = {"pickle.load", "pickle.loads", "pickle.Unpickler"}
    offenders = [
        name_of(path)
        for path in PACKAGE
        if unpickles & {*calls(parse(path)), *imported_modules(parse(path))}
    ]
    assert all(name.startswith("mlopt/isolation/") for name in offenders), offenders
    assert offenders, "the worker processes exchange pickles: the rule sees none"


def test_no_text_is_run_as_code():
    runs_text = {"eval", "exec", "builtins.eval", "builtins.exec"}
    assert not [name_of(path) for path in PYTHON if runs_text & {*calls(parse(path))}]


def test_only_code_of_the_workers_imports_the_compiler():
    importers = {module_name(p) for p in PACKAGE if imports_compiler(parse(p))}
    assert not {
        name
        for name in importers
        if not any(f"{name}.".startswith(f"{user}.") for user in COMPILER_USERS)
    }


@pytest.mark.parametrize(
    "code",
    [
        "import iree.compiler",
        "import iree.compiler.dialects.linalg as linalg",
        "from iree import compiler",
        "def f():\n    from iree.compiler.ir import Context",
    ],
)
def test_every_way_to_import_the_compiler_is_recognised(code):
    assert imports_compiler(ast.parse(code))
    assert not imports_compiler(ast.parse(code.replace("compiler", "runtime")))
