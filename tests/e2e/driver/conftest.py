"""One tiny program, tuned once by the command line; many tests look at what it left."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlopt.driver.forms import screening
from mlopt.driver.forms.bases import Bases, Choice, choose_bases
from mlopt.driver.workbench import Workbench
from mlopt.targets.registry import find_target

MODEL = """
import jax
import jax.numpy as jnp

def dense():
    x = jax.random.normal(jax.random.key(0), (32, 64))
    weight = jax.random.normal(jax.random.key(1), (64, 32))
    return lambda x, weight: jax.nn.relu(x @ weight), (x, weight)
"""
LAYERS = """
import jax
import jax.numpy as jnp

def layers():
    keys = jax.random.split(jax.random.key(0), 3)
    w = jax.random.normal(keys[0], (128, 256)) / 16
    v = jax.random.normal(keys[1], (256, 64)) / 16
    x = jax.random.normal(keys[2], (64, 128))
    return lambda x, w, v: jnp.tanh(x @ w) @ v, (x, w, v)
"""
COMMAND = (sys.executable, "-m", "mlopt")


def run_mlopt(cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `mlopt` to its end with a cache folder of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=_user_environment() | {"MLOPT_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def _user_environment() -> dict[str, str]:
    """Without the strict rules that tests set for mlopt's own code."""
    strict = {"JAX_NUMPY_DTYPE_PROMOTION", "JAX_NUMPY_RANK_PROMOTION"}
    return {name: text for name, text in os.environ.items() if name not in strict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A folder in which the tiny program was tuned, twice with the same command.

    Attributes:
        source: `file.py:dense`.
        first, second: the finished commands; `results` their JSON.
    """

    folder: Path
    source: str
    db: str
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    results: tuple[dict, dict]
    num_trials: tuple[int, int]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_mlopt(self.folder / "cache", *arguments)


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return f"{path}:dense"


@pytest.fixture(scope="session")
def layers(tmp_path_factory) -> str:
    """Two products of one program, each a kernel."""
    path = tmp_path_factory.mktemp("layers") / "model.py"
    path.write_text(LAYERS)
    return f"{path}:layers"


@pytest.fixture(scope="session")
def tuned(tmp_path_factory, model) -> Session:
    """The tiny program after two runs of `mlopt tune --trials 4`."""
    from mlopt.records import Database

    folder = tmp_path_factory.mktemp("tuned")
    db = str(folder / "records.db")
    done, results, counts = [], [], []
    for number in (1, 2):
        paths = (str(folder / f"{number}.json"), str(folder / f"export{number}"))
        flags = ("--trials", "4", "--db", db, "--json", paths[0], "--export", paths[1])
        quiet = () if number == 1 else ("--quiet",)
        done.append(run_mlopt(folder / "cache", "tune", model, *flags, *quiet))
        assert done[-1].returncode == 0, done[-1].stderr
        results.append(json.loads(Path(paths[0]).read_text()))
        with Database.open(db) as database:
            counts.append(database.count())
    return Session(
        folder=folder,
        source=model,
        db=db,
        first=done[0],
        second=done[1],
        results=(results[0], results[1]),
        num_trials=(counts[0], counts[1]),
    )


@pytest.fixture
def untuned_run(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `mlopt` where nothing was ever tuned."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_mlopt(tmp_path / "cache", *arguments)

    return run


@pytest.fixture(scope="module")
def bench():
    with Workbench(find_target()) as workbench:
        yield workbench


@pytest.fixture(scope="session")
def choice_among():
    """A choice of option sets that nobody has compiled, the fastest first."""

    def choice(*ranking, base):
        return Choice(
            bases=Bases(paths={name: name for name in ranking}, failures={}),
            stock_best="O3" if "O3" in ranking else base,
            fastest=ranking[0],
            base=base,
            ranking=ranking,
        )

    return choice


@pytest.fixture(scope="module")
def prefers():
    """Tuning ends in what is named, whatever the clock says."""

    def choose(patch, wanted, *, base):
        def choice(bases, workbench, licence):
            chosen = choose_bases(bases, workbench, licence)
            assert wanted in chosen.bases.paths
            return dataclasses.replace(chosen, base=base, fastest=wanted)

        def fastest(variants, prepared):
            return wanted if wanted in variants else base

        patch.setattr(screening, "_MAX_LOSS", 1e9)
        patch.setattr("mlopt.driver.forms.preparing.choose_bases", choice)
        for step in ("unroll", "rehearse"):
            name = f"mlopt.driver.forms.preparing.{step}"
            patch.setattr(name, lambda *known: known[-1])
        patch.setattr("mlopt.driver.composing.best._fastest", fastest)

    return choose
