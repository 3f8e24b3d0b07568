"""A recorded schedule that no longer compiles costs its gain, not the program."""

import dataclasses
import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from mlopt.core.candidate import Trace
from mlopt.core.record import ChosenSchedule, ProgramRecord
from mlopt.driver.building import build_from_records
from mlopt.records import Database
from mlopt.runtime import Executable, open_device, to_device, to_numpy

pytestmark = pytest.mark.usefixtures("shares_compiled")

NUM_TRIALS = 2


@pytest.fixture(scope="module")
def folder(tune_with, saboteur, tmp_path_factory) -> Path:
    """Of a database, records.db, of the tiny program tuned."""
    folder = tmp_path_factory.mktemp("tuned")
    tune_with(saboteur(), folder / "records.db", trials=NUM_TRIALS)
    return folder


@pytest.fixture
def stale(folder, tmp_path) -> tuple[Path, ProgramRecord]:
    """A database that says of the tiny program what no compiler takes."""
    db = shutil.copytree(folder, tmp_path / "copy") / "records.db"
    with Database.open(db) as database:
        (record,) = database.programs()
        broken = ChosenSchedule(
            workload=record.workloads[0].hash,
            executables=("main_dispatch_0",),
            space_version="cpu-1",
            trace=Trace(space="packed.contraction", decisions=()),
            script="module { transform.named_sequence @nothing() }",
        )
        made = datetime.fromisoformat(record.created_at) + timedelta(seconds=1)
        record = dataclasses.replace(
            record,
            chosen=(broken,),
            base_name="default",
            created_at=made.isoformat(timespec="seconds"),
        )
        database.append([record])
    return db, record


def test_the_program_is_built_without_it_and_that_is_said(
    stale, ingested, target, caplog
):
    db, _ = stale
    with caplog.at_level(logging.WARNING, logger="mlopt"):
        built = build_from_records(ingested, target=target, db=str(db))
    assert [r.message.split(":")[0] for r in caplog.records] == [
        "recorded schedules are not used"
    ]
    assert built.scripts == {}
    device = open_device(target.device_uri, target.num_cores)
    program = Executable.load(built.vmfb, built.program.entry, device)
    (result,) = program(*(to_device(x, device) for x in ingested.example_inputs))
    left, right = ingested.example_inputs
    np.testing.assert_allclose(
        to_numpy(result), np.maximum(left @ right, 0), rtol=1e-4, atol=1e-4
    )


def test_tuning_searches_anew_and_its_record_takes_over(
    stale, saboteur, tune_with, caplog
):
    db, broken = stale
    with caplog.at_level(logging.WARNING, logger="mlopt"):
        tune_with(saboteur(), db, trials=NUM_TRIALS)
    assert any("searching anew" in record.message for record in caplog.records)
    with Database.open(db) as database:
        newest = database.program(
            broken.program, broken.target, broken.compiler_version
        )
    assert newest is not None
    assert newest.chosen != broken.chosen
