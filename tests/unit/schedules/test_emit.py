"""Traces become scripts that parse, verify and say what was decided."""

import re
from collections.abc import Callable

import pytest

from mlopt.core.candidate import Candidate, Trace
from mlopt.core.errors import ScheduleError
from mlopt.core.workload import WorkloadKind
from mlopt.dialect.builders import space
from mlopt.driver.jobs_api import library_file
from mlopt.isolation import Worker
from mlopt.search.space import spaces_for

TIMEOUT_S = 60.0
CONFIGURED = "configured.contraction"
REDUCTION = "configured.reduction"
CONVOLUTION = "configured.convolution"
PACKED = "packed.contraction"
JOB = "mlopt.driver.jobs:emit_schedule"


@pytest.fixture(scope="module")
def worker():
    worker = Worker(preload=("mlopt.driver.jobs",))
    yield worker
    worker.close()


@pytest.fixture
def emit(worker, templates, cpu) -> Callable:
    known = {template.name: template for template in templates}

    def call(workload, trace, template=None):
        template = template or known[trace.space]
        return worker.call(JOB, workload, trace, template, cpu, timeout_s=TIMEOUT_S)

    return call


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


def own(say):
    """A space of one knob that says nothing, and steps; a trace in it."""

    def all_of_it(s):
        s.knob("nothing", (1, 2), 1)
        say(s)

    return space(kind="any", name="own")(all_of_it)


NOTHING = Trace(space="own", decisions=(("nothing", 1),))


def interchanged(s):
    s.interchange(s.payload("root"), permutation=(1, 0, 2))


def padded(s):
    s.pad(s.payload("root"), s.by_role(16, 16, 16, 0))


def split(s):
    first, rest = s.split(s.payload("root"), 60, loop="m")
    s.tile(first, s.by_role(6, 0, 0, 0), exchange=())
    s.tile(rest, s.by_role(4, 0, 0, 0), exchange=())


def peeled(s):
    _, loop = s.tile(s.payload("root"), s.by_role(6, 0, 0, 0), exchange=())
    s.peel(loop)


def vectorized(s):
    function = s.payload("function")
    s.vectorize(function)
    s.include(function, sequence="mlopt_cpu_bufferize")
    s.include(function, sequence="mlopt_cpu_lower_vectors")


def rank_five(s):
    s.tile(s.payload("root"), s.by_loop(1, 1, 2, 1, 8), exchange=())


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (interchanged, "structured.interchange"),
        (padded, "structured.pad"),
        (split, "structured.split"),
        (peeled, "include @mlopt_peel"),
        (vectorized, "include @mlopt_cpu_lower_vectors"),
    ],
)
def test_every_step_has_a_script(emit, kernels, say, words):
    assert words in emit(kernels.matmul(64, 96, 128), NOTHING, own(say)).script


def test_more_loops_than_the_library_has_sequences_for_are_tiled_directly(
    emit, kernels
):
    workload = kernels.elementwise((2, 3, 4, 5, 16))
    script = emit(workload, NOTHING, own(rank_five)).script
    assert "tile_using_for" in script
    assert "mlopt_tile_" not in script


def mixed(s):
    root = s.payload("root")
    s.configure(root, s.by_role(8, 8, 0, 0), level="distribution")
    s.tile(root, s.by_role(4, 4, 0, 0), exchange=())


def exchanged(s):
    s.tile(s.payload("root"), s.by_loop(4, 4), exchange=("m", "n"))


@pytest.mark.parametrize(
    ("say", "sentence"),
    [
        (mixed, "both configures a pipeline of IREE's and has steps of its own"),
        (lambda s: s.include(s.payload("root"), sequence="no_such"), "no sequence"),
        (
            lambda s: s.include(s.payload("root"), 4, sequence="mlopt_peel"),
            "@mlopt_peel takes 1 arguments, not 2",
        ),
    ],
)
def test_steps_that_make_no_schedule_are_refused(emit, kernels, say, sentence):
    with pytest.raises(ScheduleError, match=sentence):
        emit(kernels.matmul(64, 96, 128), NOTHING, own(say))


def test_roles_of_an_op_that_has_none_are_refused(emit, kernels):
    with pytest.raises(ScheduleError, match="no plain contraction"):
        emit(kernels.elementwise((64, 96)), NOTHING, own(exchanged))
