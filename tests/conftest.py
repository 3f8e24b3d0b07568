"""What holds for every test: strict JAX, a cache of its own, markers by folder.

Several processes run tests at once; one that is `timed` runs while no other does.
"""

import fcntl
import os
import signal
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from mlopt.core.template import SpaceTemplate
from mlopt.isolation import Worker

# Read by JAX when it is first imported, here and in the processes that tests start.
# Tests of user code that needs the lax rules use `jax.numpy_dtype_promotion`.
os.environ["JAX_NUMPY_DTYPE_PROMOTION"] = "strict"
os.environ["JAX_NUMPY_RANK_PROMOTION"] = "raise"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

# A deadline per example would measure the machine's other load. Under CI hypothesis's
# own profile is the parent, which draws the same examples every time.
settings.register_profile("mlopt", parent=settings(), deadline=None, print_blob=True)
settings.load_profile("mlopt")

MARKED_FOLDERS = ("e2e", "perf")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of tests/e2e and tests/perf as such."""
    root = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(root).parts[0]
        if folder in MARKED_FOLDERS:
            item.add_marker(folder)


# Files that are there anyway, to be locked: the room, and the door to it.
ROOM, DOOR = Path(__file__), Path(__file__).parents[1] / "pyproject.toml"


@contextmanager
def in_room(*, alone: bool) -> Iterator[None]:
    """Be in the room with others or alone; who waits to be alone keeps the door."""
    mode = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    with open(ROOM) as room, open(DOOR) as door:
        fcntl.flock(door, mode)
        if not alone:
            fcntl.flock(door, fcntl.LOCK_UN)
        fcntl.flock(room, mode)
        yield


# First, so that pytest-timeout does not count the waiting.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a `timed` test have the machine, as far as it is ours."""
    with in_room(alone=item.get_closest_marker("timed") is not None):
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def session_cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder of fixtures that live longer than a test, not the user's."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["MLOPT_CACHE_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def templates() -> tuple[SpaceTemplate, ...]:
    """The spaces that travel with mlopt, as a worker reads them."""
    with closing(Worker(name="spaces")) as worker:
        job = "mlopt.dialect.reading:shipped_templates"
        found = worker.call(job, timeout_s=60.0)
    assert isinstance(found, tuple)
    return found


@pytest.fixture(autouse=True)
def cache_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test alone; records of one test never reach another."""
    folder = tmp_path / "mlopt-cache"
    monkeypatch.setenv("MLOPT_CACHE_DIR", str(folder))
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the golden tests got as what they expect",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether the golden files are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))


# A runner started in the background inherits an ignored SIGINT, and so would every
# process that these tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
