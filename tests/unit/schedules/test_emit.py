"""Traces become scripts that parse, verify and say what was decided."""

import re
from collections.abc import Callable

import pytest

from mlopt.core.candidate import Candidate, Trace
from mlopt.core.errors import ScheduleError
from mlopt.core.workload import WorkloadKind
from mlopt.driver.jobs_api import library_file
from mlopt.search.space import spaces_for

CONFIGURED = "configured.contraction"
REDUCTION = "configured.reduction"
CONVOLUTION = "configured.convolution"
PACKED = "packed.contraction"


@pytest.fixture
def seed(templates, cpu) -> Callable:
    def find(workload, space):
        seeds = spaces_for(workload, cpu, templates).seeds
        return next(trace for trace in seeds if trace.space == space)

    return find


def tiles(space=CONFIGURED, **decisions):
    return Trace(space=space, decisions=tuple(decisions.items()))


def test_the_compilers_own_choice_has_no_script(emit, kernels):
    schedule = emit(kernels.matmul(64, 96, 128), Trace(space=CONFIGURED))
    assert schedule.script == ""


def test_decisions_become_sizes_on_the_levels_of_the_root(emit, kernels):
    trace = tiles(dist0=32, vec0=8, dist1=64, vec1=16, vec2=4, peel=False)
    script = emit(kernels.matmul(64, 96, 128), trace).script
    assert "distribution = [32, 64, 0]" in script
    assert "vector_common_parallel = [8, 16, 0]" in script
    assert "vector_reduction = [0, 0, 4]" in script
    assert "cache" not in script
    assert "enable_loop_peeling" not in script


def test_peeling_is_asked_for_where_it_was_decided(emit, kernels):
    trace = tiles(dist0=32, vec0=8, dist1=64, vec1=16, vec2=4, peel=True)
    assert "enable_loop_peeling" in emit(kernels.matmul(64, 96, 128), trace).script


def test_a_loop_that_is_one_tile_keeps_its_extent(emit, kernels):
    trace = tiles(dist0=8, vec0=8, dist1=24, vec1=24)
    script = emit(kernels.matmul(8, 24, 128), trace).script
    assert "distribution = [8, 24, 0]" in script
    assert "vector_common_parallel = [8, 24, 0]" in script


def test_with_cache_tiles_fused_ops_keep_the_register_tile(emit, kernels):
    workload = kernels.matmul(64, 96, 128, epilogue=[kernels.bias(64, 96)])
    trace = tiles(dist0=64, vec0=8, cache0=32, dist1=96, vec1=16, cache1=48, vec2=4)
    script = emit(workload, trace).script
    assert "cache_parallel = [32, 48, 0]" in script
    assert "vector_inner_parallel = [8, 16]" in script
    # The fill and the epilogue.
    assert script.count('"lowering_config"') == 2


def test_a_permuted_epilogue_gets_the_permuted_tile(emit, kernels):
    turned = kernels.op((96, 64), ((1, 0), (0, 1)), sources=(1, -1))
    workload = kernels.matmul(64, 96, 128, epilogue=[turned])
    trace = tiles(dist0=64, vec0=8, cache0=32, dist1=96, vec1=16, cache1=48, vec2=4)
    script = emit(workload, trace).script
    assert "vector_inner_parallel = [16, 8]" in script


def test_loops_that_the_root_lacks_are_tiled_by_their_own_width(emit, kernels):
    workload = kernels.row_sum(64, 257, divides=True)
    trace = tiles(REDUCTION, dist0=16, vec0=4, vec1=8, inner=32, peel=False)
    script = emit(workload, trace).script
    assert "vector_common_parallel = [4, 0], vector_inner_parallel = [0, 32]" in script


def test_a_convolution_keeps_one_row_and_one_filter_row(emit, kernels):
    trace = tiles(
        CONVOLUTION,
        dist_height=4,
        dist_width=16,
        dist_channels=32,
        vec_width=4,
        vec_channels=16,
        vec_in_channels=8,
    )
    script = emit(kernels.convolution((2, 16, 16, 32, 3, 3, 16)), trace).script
    assert "distribution = [1, 4, 16, 32, 0, 0, 0]" in script
    assert "vector_common_parallel = [1, 1, 4, 16, 0, 0, 0]" in script
    assert "vector_reduction = [0, 0, 0, 0, 1, 1, 8]" in script


def test_a_depthwise_convolution_has_no_channels_to_read(emit, kernels):
    trace = tiles("configured.depthwise", dist_height=4, vec_width=4, vec_channels=16)
    script = emit(kernels.depthwise((2, 16, 16, 32, 3, 3)), trace).script
    assert "vector_common_parallel = [1, 1, 4, 16, 0, 0]" in script
    assert "vector_reduction = [0, 0, 0, 0, 1, 1]" in script


def test_a_packed_schedule_names_its_own_library_and_sequence(emit, kernels, seed):
    workload = kernels.matmul(64, 96, 128)
    trace = seed(workload, PACKED)
    schedule = emit(workload, trace)
    name = Candidate(workload=workload.hash, trace=trace).id
    assert library_file(schedule) == f"mlopt_{name}.mlir"
    assert f"library-file-name=mlopt_{name}.mlir" in schedule.script
    assert f"entry-point=kernel_{name}" in schedule.script
    assert f"@kernel_{name}(" in schedule.script


def test_a_packed_schedule_holds_every_sequence_it_includes(emit, kernels, seed):
    workload = kernels.matmul(64, 96, 128)
    script = emit(workload, seed(workload, PACKED)).script
    included = set(re.findall(r"transform\.include @(\w+)", script))
    defined = set(re.findall(r"transform\.named_sequence @(\w+)", script))
    assert {"mlopt_clean_tiled", "mlopt_cpu_tail"} <= included
    assert included <= defined


def test_rows_that_the_register_tile_does_not_divide_are_tiled_apart(emit, kernels):
    decided = {"dist_m": 128, "rows": 6, "copy_rhs": "block", "fused": False}
    script = emit(kernels.matmul(128, 96, 256), tiles(PACKED, **decided)).script
    (split,) = re.findall(r"structured\.split .* after (\d+)", script)
    assert int(split) == 120
    assert "peel" not in script


def test_every_op_is_tagged_for_a_scripted_schedule(emit, kernels, seed):
    workload = kernels.matmul(64, 96, 128, epilogue=[kernels.bias(64, 96)])
    script = emit(workload, seed(workload, PACKED)).script
    tags = set(re.findall(r'param\.constant "(op\d)"', script))
    assert tags == {"op0", "op1", "op2"}


def test_only_scripted_schedules_have_a_library(emit, kernels, seed):
    workload = kernels.matmul(64, 96, 128)
    schedule = emit(workload, seed(workload, CONFIGURED))
    assert library_file(schedule) is None


def test_equal_traces_give_equal_bytes_and_others_do_not(emit, kernels, cpu, templates):
    workload = kernels.matmul(64, 96, 128)
    for name in (CONFIGURED, PACKED):
        seeds = spaces_for(workload, cpu, templates).seeds
        traces = [trace for trace in seeds if trace.space == name]
        scripts = [emit(workload, trace).script for trace in (*traces, traces[0])]
        assert scripts[0] == scripts[-1]
        assert len(set(scripts)) == len(traces) > 1


def test_a_workload_without_a_root_is_refused(emit, kernels):
    ops = kernels.matmul(64, 96, 128).ops
    workload = kernels.workload(WorkloadKind.OTHER, ops, None)
    with pytest.raises(ScheduleError, match="is not for kernel"):
        emit(workload, tiles(dist0=8))


def test_a_packed_trace_of_a_reduction_is_refused(emit, kernels, seed):
    trace = seed(kernels.matmul(64, 96, 128), PACKED)
    with pytest.raises(ScheduleError, match="is no plain contraction"):
        emit(kernels.row_sum(64, 1000), trace)


def test_a_trace_that_lacks_a_decision_takes_the_default(emit, kernels):
    script = emit(kernels.matmul(64, 96, 128), tiles(dist0=32)).script
    assert "distribution = [32, 64, 0]" in script


@pytest.mark.parametrize("decisions", [{"dist0": 33}, {"no_such_knob": 1}])
def test_a_decision_that_is_not_on_offer_is_refused(emit, kernels, decisions):
    with pytest.raises(ScheduleError, match="does not offer"):
        emit(kernels.matmul(64, 96, 128), tiles(**decisions))
