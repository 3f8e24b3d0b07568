"""Kernels that work row by row: which knobs, and what makes them legal."""

import pytest

ROWS = "scripted.rows"
UNEVEN = "rows walked together must divide the workgroup's"
TOO_WIDE = "what is computed at a time must fit the registers"
TOO_LONG = "rows that wait must fit the stack of a worker thread"
LEGAL = {"dist0": 3, "dist1": 16, "rows1": 2, "width": 32, "inner": 16}


@pytest.fixture
def softmax(kernels, offers):
    return offers(kernels.softmax((12, 64, 130)))[ROWS]


def test_a_softmax_has_tiles_of_rows_and_widths_along_them(softmax):
    values = {knob.name: knob.values for knob in softmax.space.knobs}
    assert list(values) == list(LEGAL)
    assert values["dist0"] == (1, 2, 3, 4, 6, 12)
    assert values["rows1"] == (1, 2, 4, 8)
    assert values["width"] == (8, 16, 32, 64)
    assert softmax.space.violation(LEGAL) is None


def test_a_softmax_has_no_space_of_ops_that_are_taken_apart(kernels, offers):
    assert set(offers(kernels.softmax((64, 130)))) == {ROWS}
    assert set(offers(kernels.row_sum(64, 130))) == {ROWS, "configured.reduction"}


def test_a_chain_has_no_space_whose_sizes_do_not_reach_all_of_it(kernels, offers):
    both = (0, 1)
    mean = kernels.row_sum(8, 32).ops
    centred = kernels.op((8, 32), (both, (0,), both), sources=(-1, 1, -1))
    square = kernels.op((8, 32), (both, (0,)), sources=(2, 0), num_reductions=1)
    kind = kernels.row_sum(8, 32).kind
    chain = kernels.workload(kind, (*mean, centred, square), 3)
    assert set(offers(chain)) == {ROWS}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"dist1": 1}, UNEVEN),
        ({"rows1": 1, "dist1": 1}, None),
        ({"width": 64}, None),
        ({"width": 64, "rows1": 4}, TOO_WIDE),
        ({"inner": 64, "rows1": 4}, TOO_WIDE),
    ],
)
def test_a_decision_is_legal_or_named_illegal(softmax, change, sentence):
    assert softmax.space.violation(LEGAL | change) == sentence


def test_rows_that_wait_fit_the_stack(kernels, offers):
    before = kernels.op((64, 8192), ((0, 1), (0, 1)))
    workload = kernels.softmax((64, 8192))
    total = kernels.op((64, 8192), ((0, 1), (0,)), sources=(0, -1), num_reductions=1)
    quotient = kernels.op((64, 8192), ((0, 1), (0,), (0, 1)), sources=(0, 1, -1))
    both = kernels.workload(workload.kind, (before, total, quotient), 1)
    space = offers(both)[ROWS].space
    legal = {"dist0": 8, "rows0": 2, "width": 8, "inner": 8}
    # A row is 32 KiB, two fill the stack.
    assert space.violation(legal) is None
    assert space.violation(legal | {"rows0": 4}) == TOO_LONG


def test_a_sum_has_no_width_for_what_is_computed_of_rows(kernels, offers):
    knobs = offers(kernels.row_sum(64, 257))[ROWS].space.knobs
    assert [knob.name for knob in knobs] == ["dist0", "rows0", "width"]


def test_experts_are_legal_and_differ(softmax):
    traces = {tuple(trace.decisions) for trace in softmax.experts}
    assert len(traces) == len(softmax.experts) >= 3


def test_the_steps_end_in_machine_code(softmax):
    steps = list(softmax.steps(LEGAL))
    assert [s.numbers for s in steps if s.op == "mlopt.tile_row"] == [(32,), (16,)]
    assert steps[-1].attributes["sequence"] == "mlopt_cpu_tail"
    (shared,) = [s for s in steps if s.op == "mlopt.parallelize"]
    assert shared.sizes == (3, 16, None)
