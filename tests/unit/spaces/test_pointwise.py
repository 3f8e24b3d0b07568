"""Convolutions with a filter of one pixel, of one image."""

import pytest

from mlopt.core.workload import WorkloadKind

POINTWISE = "direct.pointwise"
LEGAL = {
    "dist_height": 4,
    "dist_width": 14,
    "dist_channels": 48,
    "rows": 7,
    "columns": 16,
    "channels_outer": True,
    "copy_filter": True,
    "block_in": 0,
    "unroll": 4,
}


@pytest.fixture
def pointwise(kernels):
    """Over (height, width, channels, in_channels), and relu."""

    def make(extents):
        fill = kernels.op(extents[:3], ((), (0, 1, 2)), name="linalg.fill")
        root = kernels.op(
            extents,
            ((0, 1, 3), (3, 2), (0, 1, 2)),
            sources=(-1, -1, 0),
            num_reductions=1,
        )
        relu = kernels.op(extents[:3], ((0, 1, 2), (0, 1, 2)), sources=(1, -1))
        return kernels.workload(WorkloadKind.CONTRACTION, (fill, root, relu), 1)

    return make


@pytest.fixture
def offer(offers, pointwise):
    def find(extents):
        return offers(pointwise(extents)).get(POINTWISE)

    return find


def test_lines_and_pixels_are_tiled_apart(offer):
    plan = offer((14, 14, 96, 64))
    assert [knob.name for knob in plan.space.knobs] == list(LEGAL)
    assert plan.space.violation(LEGAL) is None
    tiles = [s.sizes for s in plan.steps(LEGAL) if s.op == "mlopt.fuse"]
    assert tiles == [(0, 0, 16, 0), (1, 7, 0, 0)]


def test_blocks_are_cut_before_pixels(offer):
    plan = offer((14, 14, 96, 64))
    tiles = [
        step.sizes
        for step in plan.steps(LEGAL | {"block_in": 32})
        if step.op == "mlopt.tile"
    ]
    # The block, its copy, the epilogue, the fill, the register tile, one step.
    assert tiles == [
        (0, 0, 0, 32),
        (1, 1, 16, 1),
        (1, 7, 16, 1),
        (1, 7, 16, 1),
        (1, 7, 0, 0),
        (0, 0, 0, 1),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rows": 14, "columns": 48}, "the accumulators must fit the registers"),
        ({"rows": 7, "dist_width": 4}, "a register tile must divide its workgroup"),
        ({"channels_outer": False}, "a copied filter serves all lines of a tile"),
        (
            {"channels_outer": False, "copy_filter": False, "block_in": 32},
            "blocks of the filter are met channels by channels",
        ),
    ],
)
def test_an_illegal_decision_is_named(offer, change, sentence):
    violation = offer((14, 14, 96, 64)).space.violation(LEGAL | change)
    assert str(violation).startswith(sentence)


def test_a_panel_must_fit_the_stack(offer):
    space = offer((14, 14, 96, 2048)).space
    assert "stack" in str(space.violation(LEGAL))
    assert space.violation(LEGAL | {"block_in": 512}) is None


def test_channels_fill_whole_vectors(offer):
    assert offer((14, 14, 97, 64)) is None
    values = {k.name: k.values for k in offer((14, 14, 24, 64)).space.knobs}
    assert values["columns"] == (8, 24)


def test_a_product_without_lines_is_not_taken(kernels, offers):
    assert POINTWISE not in offers(kernels.matmul(64, 96, 64))


def test_experts_are_legal(offer):
    plan = offer((14, 14, 96, 64))
    assert plan.experts
    for trace in plan.experts:
        assert plan.space.violation(dict(trace.decisions)) is None
