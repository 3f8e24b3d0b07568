"""Rows times a vector: which knobs, and what makes them legal."""

import pytest

SPACE = "scripted.row_products"
UNEVEN = "rows walked together must divide the workgroup's"
TOO_WIDE = "the partial sums must fit the registers"
LEGAL = {"dist0": 64, "rows0": 4, "width": 16}


@pytest.fixture
def offer(kernels, offers):
    return offers(kernels.matrix_vector(768, 3072))[SPACE]


def test_a_matrix_times_a_vector_has_rows_and_a_width(offer):
    values = {knob.name: knob.values for knob in offer.space.knobs}
    assert list(values) == list(LEGAL)
    assert values["rows0"] == (1, 2, 3, 4, 6, 8)
    assert values["width"] == (8, 16, 32, 64)
    assert offer.space.violation(LEGAL) is None


def test_products_whose_sums_are_not_along_rows_have_none(kernels, offers):
    assert SPACE not in offers(kernels.matrix_vector(768, 3072, turned=True))
    assert SPACE not in offers(kernels.matmul(64, 96, 128))
    assert SPACE not in offers(kernels.row_sum(64, 130))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"dist0": 6}, UNEVEN),
        ({"rows0": 8}, None),
        ({"rows0": 8, "width": 32}, TOO_WIDE),
        ({"rows0": 1, "width": 64}, None),
    ],
)
def test_a_decision_is_legal_or_named_illegal(offer, change, sentence):
    assert offer.space.violation(LEGAL | change) == sentence


def test_experts_are_legal_and_differ(offer):
    traces = {tuple(trace.decisions) for trace in offer.experts}
    assert len(traces) == len(offer.experts) == 3


def test_the_steps_end_in_machine_code(offer):
    steps = list(offer.steps(LEGAL))
    assert [s.numbers for s in steps if s.op == "mlopt.tile_row"] == [(16,)]
    assert steps[-1].attributes["sequence"] == "mlopt_cpu_tail"
    (shared,) = [s for s in steps if s.op == "mlopt.parallelize"]
    assert shared.sizes == (64, None)
