"""The wheel, built from the sdist, works outside the repository."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ_RESOURCES = """
import pathlib, sys
import mlopt
from mlopt import resources
assert pathlib.Path(mlopt.__file__).is_relative_to(sys.prefix), mlopt.__file__
for name in resources.transform_names():
    assert resources.transform_library(name).strip(), name
for name in resources.dialect_names():
    assert resources.dialect_definition(name).strip(), name
print(*resources.transform_names(), *resources.dialect_names())
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command without the variables that could lead it to the checkout."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel that is built from the sdist that is built from the checkout."""
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out)]
    run(*build, str(ROOT), cwd=out)
    assert len(list(out.glob("mlopt-*.tar.gz"))) == 1
    (built,) = out.glob("mlopt-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The bin folder of a fresh environment with the wheel in it, made offline.

    The dependencies are those of the environment that runs the tests, seen through a
    .pth file; the checkout's own .pth there is not followed.
    """
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False)
    bin_dir = home / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(bin_dir / "python")]
    run(*pip, "install", "--no-index", "--no-deps", str(wheel), cwd=home)
    site = next(home.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bin_dir


def test_command_line_starts(installed, tmp_path):
    assert "Usage: mlopt" in run(installed / "mlopt", "--help", cwd=tmp_path)


def test_mlir_text_is_read_from_the_wheel(installed, tmp_path):
    names = run(installed / "python", "-c", READ_RESOURCES, cwd=tmp_path).split()
    folders = [ROOT / "transforms", ROOT / "dialects"]
    assert names == [f.stem for d in folders for f in sorted(d.glob("*.mlir"))]


def test_wheel_holds_the_package_and_its_licence_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"mlopt"}
    assert "mlopt/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
