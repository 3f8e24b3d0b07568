"""The scripts of one schedule a space, byte for byte: what a user ships."""

from pathlib import Path

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.target import Target
from mlopt.isolation import Worker

FOLDER = Path(__file__).parent
TIMEOUT_S = 60.0
FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=generic",
)
PROGRAM = b"""
#out = affine_map<(d0, d1) -> (d0, d1)>
#bias = affine_map<(d0, d1) -> (d1)>
func.func @main(%a: tensor<64x128xf32>, %b: tensor<128x96xf32>, %c: tensor<96xf32>)
    -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x96xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x96xf32>)
    -> tensor<64x96xf32>
  %product = linalg.matmul
    ins(%a, %b : tensor<64x128xf32>, tensor<128x96xf32>)
    outs(%init : tensor<64x96xf32>) -> tensor<64x96xf32>
  %sum = linalg.generic {
      indexing_maps = [#out, #bias, #out], iterator_types = ["parallel", "parallel"]}
      ins(%product, %c : tensor<64x96xf32>, tensor<96xf32>)
      outs(%empty : tensor<64x96xf32>) {
    ^bb0(%x: f32, %y: f32, %old: f32):
      %z = arith.addf %x, %y : f32
      linalg.yield %z : f32
  } -> tensor<64x96xf32>
  return %sum : tensor<64x96xf32>
}
"""
CPU = Target(
    kind="llvm-cpu",
    triple="x86_64-unknown-linux-gnu",
    cpu="generic",
    features=(),
    num_cores=2,
    vector_bytes=32,
    l1d_bytes=32 << 10,
    l2_bytes=512 << 10,
    l3_bytes=16 << 20,
    compiler_version="3.13.0",
    compile_flags=FLAGS,
    device_uri="local-task",
)
TRACES = {
    "configured": Trace(
        space="configured.contraction",
        decisions=(
            ("dist0", 32),
            ("vec0", 4),
            ("cache0", 16),
            ("dist1", 96),
            ("vec1", 16),
            ("cache1", 48),
            ("vec2", 4),
            ("cache2", 64),
            ("peel", True),
        ),
    ),
    "packed": Trace(
        space="packed.contraction",
        decisions=(
            ("dist_m", 32),
            ("dist_n", 48),
            ("block_k", 64),
            ("rows", 6),
            ("columns", 16),
            ("unroll_k", 4),
            ("copy_rhs", "panel"),
            ("columns_outer", True),
            ("fused", False),
        ),
    ),
}


@pytest.fixture(scope="module")
def worker():
    worker = Worker(preload=("mlopt.driver.jobs",))
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def workload(worker):
    job = "mlopt.driver.jobs:partition_program"
    partition = worker.call(job, PROGRAM, FLAGS, (), timeout_s=TIMEOUT_S)
    (workload,) = partition.workloads
    return workload


@pytest.mark.parametrize("name", TRACES)
def test_a_script_is_what_it_was(worker, workload, templates, name, update_golden):
    job = "mlopt.driver.jobs:emit_schedule"
    trace = TRACES[name]
    (template,) = (t for t in templates if t.name == trace.space)
    schedule = worker.call(job, workload, trace, template, CPU, timeout_s=TIMEOUT_S)
    path = FOLDER / f"{name}.mlir"
    if update_golden:
        path.write_text(schedule.script, encoding="utf-8")
    assert schedule.script == path.read_text(encoding="utf-8")


def test_a_kernels_hash_is_what_it_was(workload):
    # Records of earlier versions are found by it.
    assert workload.hash == "f4936c36d4303ace"
