"""The files by which a stock compiler repeats a build: names and flags."""

import shlex
from collections.abc import Iterator

import pytest

from mlopt.core.candidate import Candidate, Schedule, Trace
from mlopt.core.errors import InputError
from mlopt.core.program import Program
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.exporting import FLAGS, PROGRAM, SPEC, export_schedule
from mlopt.driver.jobs_api import library_file
from mlopt.driver.programs import LoadedProgram, Rewrites
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested
from mlopt.targets.cpu_options import STOCK_OPTION_SETS


@pytest.fixture
def loaded(workbench) -> LoadedProgram:
    program = Program(name="p", module=b"ML\xefR", entry="main", inputs=(), outputs=())
    ingested = Ingested(name="p", stablehlo=b"", path=None, entry="main")
    return LoadedProgram(
        ingested=ingested, program=program, rewrites=Rewrites(ingested, workbench)
    )


@pytest.fixture
def workbench(target) -> Iterator[Workbench]:
    """Starts no process before it is asked to compile."""
    with Workbench(target) as opened:
        yield opened


def _option_set(name: str) -> Recipe:
    return Recipe(base=name, partition=None, schedules={}, path="p.vmfb")


@pytest.mark.parametrize("base", STOCK_OPTION_SETS)
def test_an_option_set_alone_is_exported_as_its_flags(
    base, loaded, workbench, tmp_path
):
    folder = tmp_path / "a" / "b"
    export_schedule(loaded, workbench, _option_set(base), folder)
    flags = shlex.split((folder / FLAGS).read_text())
    assert flags == [*workbench.target.compile_flags, *STOCK_OPTION_SETS[base]]
    assert (folder / PROGRAM).read_bytes() == b"ML\xefR"
    assert "transform.with_named_sequence" in (folder / SPEC).read_text()


def test_without_a_folder_nothing_is_written(loaded, workbench, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    export_schedule(loaded, workbench, _option_set("default"), None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(loaded, workbench, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to"):
        export_schedule(loaded, workbench, _option_set("O2"), tmp_path / "file" / "x")


def test_only_scripted_schedules_need_a_file_named_after_the_candidate():
    scripted = Trace(space="packed.contraction", decisions=(("rows", 4),))
    candidate = Candidate(workload="a1b2", trace=scripted)
    name = f"mlopt_{candidate.id}.mlir"
    script = f"library-file-name={name}"
    schedule = Schedule(workload="a1b2", trace=scripted, script=script)
    assert library_file(schedule) == name
    configured = Trace(space="configured.contraction", decisions=(("vec0", 4),))
    schedule = Schedule(workload="a1b2", trace=configured, script="module {}")
    assert library_file(schedule) is None
