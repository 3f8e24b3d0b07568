"""Candidates that break the compiler: each costs itself and leaves a sentence."""

import os
import signal
import threading
import time

import pytest

from mlopt.compile.failures import compile_failure
from mlopt.core.measurement import FailureStatus
from mlopt.isolation import Worker, WorkerCrashed, WorkerFault, WorkerPool

FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host",
)
MATMUL = """
func.func @main(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x64xf32>)
    -> tensor<64x64xf32>
  %c = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>)
    outs(%init : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %c : tensor<64x64xf32>
}
"""
COMPILE = "mlopt.compile.session:flow_to_vmfb"
COMPILE_S = 120.0


def candidate(tiles):
    """A schedule that gives the matmul these register tiles."""
    script = f"""module attributes {{transform.with_named_sequence}} {{
      transform.named_sequence @__transform_main(
          %executable: !transform.any_op {{transform.readonly}}) {{
        %matmul = transform.structured.match ops{{["linalg.matmul"]}} in %executable
          : (!transform.any_op) -> !transform.any_op
        %config = transform.param.constant #iree_codegen.compilation_info<
          lowering_config = #iree_cpu.lowering_config<
            distribution = [32, 32, 0],
            vector_common_parallel = [{tiles}],
            vector_reduction = [0, 0, 1]>,
          translation_info = #iree_codegen.translation_info<
            pipeline = #iree_cpu.pipeline<DoubleTilingExpert>>>
          -> !transform.any_param
        transform.annotate %matmul "compilation_info" = %config
          : !transform.any_op, !transform.any_param
        transform.yield
      }}
    }}"""
    return {"main_dispatch_0": script}


GOOD = candidate("8, 16, 0")
# A scalable vector, which x86 does not have: LLVM cannot select it and aborts.
ABORTING = candidate("8, [8], 0")
REFUSED = candidate("8, 16, 8")
ILLEGAL = {"no_such_executable": "module {}"}


@pytest.fixture(scope="module")
def worker():
    worker = Worker(preload=("mlopt.compile.session",))
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def flow(worker):
    return worker.call(
        "mlopt.compile.session:to_flow", MATMUL, FLAGS, timeout_s=COMPILE_S
    )


def test_a_candidate_that_aborts_the_compiler_is_a_crash_with_a_reason(
    worker, flow, capfd
):
    with pytest.raises(WorkerCrashed) as caught:
        worker.call(COMPILE, flow, FLAGS, ABORTING, timeout_s=COMPILE_S)
    failure = compile_failure(caught.value)
    assert failure.status is FailureStatus.COMPILE_CRASH
    assert "SIGABRT" in failure.detail
    assert "LLVM ERROR: Cannot select" in failure.detail
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""
    assert worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)


def test_each_bad_candidate_of_a_batch_costs_only_itself(flow):
    batch = [GOOD, ABORTING, REFUSED, GOOD, ILLEGAL, GOOD]
    with WorkerPool(2, preload=("mlopt.compile.session",)) as pool:
        outcomes = dict(
            pool.map_unordered(
                COMPILE, [(flow, FLAGS, item) for item in batch], timeout_s=COMPILE_S
            )
        )
    statuses = {
        index: compile_failure(outcome).status
        for index, outcome in outcomes.items()
        if isinstance(outcome, WorkerFault)
    }
    assert statuses == {
        1: FailureStatus.COMPILE_CRASH,
        2: FailureStatus.COMPILE_ERROR,
        4: FailureStatus.ILLEGAL_SCHEDULE,
    }
    assert len({outcomes[index] for index in (0, 3, 5)}) == 1


def test_a_compilation_that_takes_too_long_is_a_timeout(worker, flow):
    with pytest.raises(WorkerFault) as caught:
        worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=0.001)
    assert compile_failure(caught.value).status is FailureStatus.COMPILE_TIMEOUT
    assert worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)


def test_a_compiler_that_loops_for_ever_is_stopped(worker, flow):
    # No known schedule makes IREE 3.13 loop: the loop is injected.
    start = time.monotonic()
    with pytest.raises(WorkerFault) as caught:
        worker.call("mlopt.isolation.drills:spin_in_c", timeout_s=0.5)
    assert time.monotonic() - start < 30
    assert compile_failure(caught.value).status is FailureStatus.COMPILE_TIMEOUT
    assert worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)


def test_a_compiler_without_memory_is_a_crash_and_one_with_enough_is_none(flow):
    # Importing the compiler takes about 100 MB of the limit, this program 20 MB.
    starved = Worker(memory_limit_bytes=100 << 20)
    with pytest.raises(WorkerFault) as caught:
        starved.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)
    starved.close()
    assert caught.value.job == COMPILE
    fed = Worker(memory_limit_bytes=1 << 30)
    assert fed.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)
    fed.close()


def test_a_worker_killed_in_the_middle_of_a_compilation_is_replaced(worker, flow):
    vmfb = worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)
    threading.Timer(0.02, os.kill, (worker.pid, signal.SIGKILL)).start()
    with pytest.raises(WorkerCrashed, match="SIGKILL"):
        while True:
            worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S)
    assert worker.call(COMPILE, flow, FLAGS, GOOD, timeout_s=COMPILE_S) == vmfb
