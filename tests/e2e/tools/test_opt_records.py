"""`mlopt-opt --mlopt-records`: what was found is written onto the kernels it is for."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.record import TuningRecord
from mlopt.driver.explorer import Explorer
from mlopt.records import Database
from mlopt.targets.registry import find_target

PROGRAM = """
func.func @dense(%x: tensor<64x128xf32>, %w: tensor<128x96xf32>) -> tensor<64x96xf32> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
    : (tensor<64x128xf32>, tensor<128x96xf32>) -> tensor<64x96xf32>
  return %0 : tensor<64x96xf32>
}
"""


def mlopt_opt(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("mlopt-opt"), *arguments]
    return subprocess.run(
        command, input=PROGRAM, capture_output=True, text=True, check=False
    )


@pytest.fixture
def record(templates) -> TuningRecord:
    """The first expert's schedule of the product, said to be twice as fast."""
    import jax.numpy as jnp

    target = find_target()
    with Explorer() as explorer:
        program = explorer.program(
            lambda x, w: x @ w, jnp.ones((64, 128)), jnp.ones((128, 96))
        )
        (workload,) = program.workloads
        trace = explorer.experts(workload)[0]
        schedule = explorer.schedule(workload, trace)
    (template,) = (t for t in templates if t.name == trace.space)
    return TuningRecord(
        workload=workload.hash,
        kind=workload.kind.value,
        target=target.key,
        compiler_version=target.compiler_version,
        space_version=template.key,
        mlopt_version="0.1.0",
        trace=trace,
        script=schedule.script,
        status=None,
        detail="",
        latency_us=(50.0,) * 8,
        baseline_us=(100.0,) * 8,
        speedup=2.0,
        speedup_low=1.9,
        speedup_high=2.1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=None,
        is_final=True,
        seed=0,
        created_at="2026-01-02T03:04:05+00:00",
        provenance="a test",
    )


def test_the_best_record_is_applied_and_its_library_written(record, tmp_path):
    with Database.open(str(tmp_path / "r.db")) as database:
        slower = dataclasses.replace(
            record,
            trace=Trace(space=record.trace.space, decisions=(("dist_m", 1),)),
            script="",
            speedup=1.5,
            speedup_low=1.4,
        )
        database.append([slower, record])
    options = f"db={tmp_path / 'r.db'} libraries={tmp_path / 'libraries'}"
    done = mlopt_opt("--mlopt-partition", f"--mlopt-records={options}")
    assert done.returncode == 0, done.stderr
    (library,) = (tmp_path / "libraries").iterdir()
    assert f"library-file-name={library.name}" in done.stdout
    assert "linalg.matmul {compilation_info" in done.stdout
    assert library.read_text() == record.script


def test_without_records_every_kernel_keeps_the_compilers_choice(tmp_path):
    with Database.open(str(tmp_path / "r.db")):
        pass
    done = mlopt_opt("--mlopt-partition", f"--mlopt-records=db={tmp_path / 'r.db'}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == mlopt_opt("--mlopt-partition").stdout
    assert "compilation_info" not in done.stdout
