"""Every step of the dialect has a script, and steps that make none are refused."""

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.errors import ScheduleError
from mlopt.dialect.builders import space
from mlopt.dialect.printing import space_text


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


def folded(s):
    sizes = s.by_role(1, 16, 0, 0)
    _, loop = s.tile(s.payload("root"), sizes, exchange=())
    product = s.fold_unit_loops(loop, sizes)
    s.tile(product, s.by_role(0, 0, 1, 0), exchange=())


def rank_five(s):
    s.tile(s.payload("root"), s.by_loop(1, 1, 2, 1, 8), exchange=())


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (interchanged, "structured.interchange"),
        (padded, "structured.pad"),
        (split, "structured.split"),
        (peeled, "include @mlopt_peel"),
        (vectorized, "include @mlopt_vectorize"),
        (folded, "include @mlopt_fold_unit_loops"),
        (lambda s: s.parallelize(s.payload("store"), s.by_role(4, 0, 0, 0)), '"op1"'),
        (lambda s: s.pack(s.payload("root"), operand=0), "include @mlopt_copy_lhs"),
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


def in_rows(s):
    few, _ = s.parallelize(s.payload("rows"), s.by_loop(4, 0))
    s.fuse(few, s.by_loop(2, 0), exchange=())
    s.tile_row(s.payload("reductions"), 16)
    s.tile_row(s.payload("elementwise"), 8)


def test_a_row_is_reduced_by_a_vector_of_accumulators(emit, kernels):
    script = emit(kernels.row_sum(64, 256, divides=True), NOTHING, own(in_rows)).script
    assert "tile_reduction_using_for" in script
    assert "tile_sizes = [0, 16]" in script
    # What uses the sums is left whole along the row until it is tiled itself.
    assert "tile_sizes [4] use_forall" in script
    assert "tile_sizes [0, 8]" in script
    assert "mlopt_peel" not in script


def test_the_end_of_a_row_that_no_width_divides_is_a_part_of_its_own(emit, kernels):
    script = emit(kernels.row_sum(64, 257, divides=True), NOTHING, own(in_rows)).script
    assert script.count("transform.include @mlopt_peel") == 2


def test_a_row_of_several_loops_takes_a_width_that_divides(emit, kernels):
    def say(s):
        few, _ = s.parallelize(s.payload("rows"), s.by_loop(4, 0, 0))
        s.fuse(few, s.by_loop(2, 0, 0), exchange=())
        s.tile_row(s.payload("reductions"), 16)

    root = kernels.op((8, 5, 33), ((0, 1, 2), (0,)), num_reductions=2)
    workload = kernels.workload(kernels.row_sum(8, 33).kind, (root,), 0)
    script = emit(workload, NOTHING, own(say)).script
    assert "tile_sizes = [0, 1, 11]" in script
    assert "mlopt_peel" not in script


def test_a_row_shorter_than_the_width_is_taken_whole(emit, kernels):
    script = emit(kernels.row_sum(64, 5), NOTHING, own(in_rows)).script
    assert "tile_sizes = [0, 5]" in script
    assert "mlopt_peel" not in script


def test_a_softmax_is_scheduled_by_its_function_and_marked_again(emit, kernels):
    script = emit(kernels.softmax((64, 257)), NOTHING, own(in_rows)).script
    assert '"translation_info"' in script
    assert "compilation_info" not in script
    kernel = script[script.index("@kernel_") :]
    assert all(f'"op{position}"' in kernel for position in range(5))


def test_a_tile_larger_than_its_loop_is_the_loop(emit, kernels):
    def say(s):
        root = s.payload("root")
        s.configure(root, s.by_role(64, 16, 0, 0), level="distribution")
        s.pipeline(root, False, name="DoubleTilingExpert")

    script = emit(kernels.matmul(8, 24, 128), NOTHING, own(say)).script
    assert "distribution = [8, 16, 0]" in script


def mixed(s):
    root = s.payload("root")
    s.configure(root, s.by_role(8, 8, 0, 0), level="distribution")
    s.tile(root, s.by_role(4, 4, 0, 0), exchange=())
    s.pipeline(root, False, name="DoubleTilingExpert")


def no_such_sequence(s):
    s.include(s.payload("root"), sequence="no_such")


def other_arguments(s):
    s.include(s.payload("root"), 4, sequence="mlopt_peel")


def rows_of_none(s):
    s.payload("rows")


def row_of_none(s):
    s.tile_row(s.payload("root"), 8)


def two_loops(s):
    s.interchange(s.payload("root"), permutation=(1, 0))


def exchanged(s):
    s.tile(s.payload("root"), s.by_loop(4, 4), exchange=("m", "n"))


@pytest.mark.parametrize(
    ("say", "op", "sentence"),
    [
        (mixed, "tile", "configures a pipeline of IREE's and has steps of its own"),
        (no_such_sequence, "include", "library has no sequence @no_such"),
        (other_arguments, "include", "@mlopt_peel takes 1 arguments, not 2"),
        (two_loops, "interchange", "2 loops to reorder of 3"),
        (rows_of_none, "payload", "the kernel does not work row by row"),
        (row_of_none, "tile_row", "'mlopt.tile_row' is for ops of rows"),
    ],
)
def test_a_step_that_makes_no_schedule_is_refused_with_its_line(
    emit, read, kernels, say, op, sentence
):
    text = space_text(own(say))
    line = 1 + text[: text.index(f'"mlopt.{op}"')].count("\n")
    with pytest.raises(
        ScheduleError, match=rf"own\.mlir:{line}:\d+: error: "
    ) as raised:
        emit(kernels.matmul(64, 96, 128), NOTHING, read(text))
    assert sentence in str(raised.value)


def test_ops_that_code_generation_rewrites_are_marked_again(emit, kernels):
    def say(s):
        s.parallelize(s.payload("store"), s.by_loop(1, 4, 8, 8, 0, 0, 0))

    extents = (16, 16, 32, 3, 3, 8)
    whole = emit(kernels.convolution_of_one(extents), NOTHING, own(say)).script
    # At the flow phase, and again before the first step.
    assert whole.count('"op1"') == 2
    assert "map_store" not in whole
    larger = kernels.convolution_of_one(extents, stored_in=(18, 18, 32))
    assert (
        'ops{["iree_linalg_ext.map_store"]}' in emit(larger, NOTHING, own(say)).script
    )


def test_roles_of_an_op_that_has_none_are_refused(emit, kernels):
    with pytest.raises(ScheduleError, match="no plain contraction"):
        emit(kernels.elementwise((64, 96)), NOTHING, own(exchanged))
