"""Convolutions, plain and depthwise: which knobs, and what makes them legal."""

import pytest

TOO_LONG = "the unrolled tile must stay small"
TOO_TALL = "a register tile must fit its workgroup tile"
PLAIN, DEPTHWISE = "configured.convolution", "configured.depthwise"
DIRECT = "direct.convolution"
LEGAL = {
    "dist_height": 4,
    "dist_width": 16,
    "dist_channels": 32,
    "vec_width": 4,
    "vec_channels": 16,
    "vec_in_channels": 8,
}


@pytest.fixture
def offer(offers):
    """The configured one."""

    def find(workload, target):
        found = offers(workload, target)
        return next(each for name, each in found.items() if name != DIRECT)

    return find


@pytest.fixture
def direct(kernels, cpu, offers):
    return offers(kernels.convolution_of_one((28, 28, 64, 3, 3, 32)), cpu)[DIRECT]


@pytest.fixture
def plain(kernels, cpu, offer):
    return offer(kernels.convolution((2, 16, 16, 64, 3, 3, 16)), cpu)


@pytest.fixture
def depthwise(kernels, cpu, offer):
    return offer(kernels.depthwise((2, 16, 16, 64, 3, 3)), cpu)


def sizes(plan, decisions):
    """Of each level, as configured."""
    steps = [s for s in plan.steps(decisions) if s.op == "mlopt.configure"]
    return {step.attributes["level"]: step.sizes for step in steps}


def test_each_kind_has_its_space_and_knobs(plain, depthwise):
    assert (plain.space.name, depthwise.space.name) == (PLAIN, DEPTHWISE)
    assert [knob.name for knob in plain.space.knobs] == list(LEGAL)
    # There is one channel to read.
    assert [knob.name for knob in depthwise.space.knobs] == list(LEGAL)[:-1]
    assert plain.space.violation(LEGAL) is None
    assert depthwise.space.violation(LEGAL) is None


@pytest.mark.parametrize("kind", ["plain", "depthwise"])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vec_width": 16, "vec_channels": 16}, None),
        ({"vec_width": 16, "vec_channels": 32}, TOO_LONG),
        ({"dist_width": 2}, TOO_TALL),
        ({"dist_channels": 8}, TOO_TALL),
        ({"dist_height": 16}, None),
    ],
)
def test_a_decision_is_legal_or_named_illegal(request, kind, change, sentence):
    space = request.getfixturevalue(kind).space
    assert space.violation(LEGAL | change) == sentence


def test_one_output_row_and_one_filter_row_are_left_for_a_vector(plain, depthwise):
    assert sizes(plain, LEGAL) == {
        "distribution": (1, 4, 16, 32, 0, 0, 0),
        "vector_common_parallel": (1, 1, 4, 16, 0, 0, 0),
        "vector_reduction": (0, 0, 0, 0, 1, 1, 8),
    }
    assert sizes(depthwise, LEGAL) == {
        "distribution": (1, 4, 16, 32, 0, 0),
        "vector_common_parallel": (1, 1, 4, 16, 0, 0),
        "vector_reduction": (0, 0, 0, 0, 1, 1),
    }


@pytest.mark.parametrize("channels", [3, 17, 64])
def test_channels_are_a_register_at_least_or_all_of_them(kernels, cpu, offer, channels):
    space = offer(kernels.convolution((2, 16, 16, channels, 3, 3, 16)), cpu).space
    values = {knob.name: knob.values for knob in space.knobs}
    # What has one value is no choice.
    assert min(values.get("vec_channels", (channels,))) == min(channels, 8)
    assert min(values.get("dist_channels", (channels,))) == min(channels, 8)


LEGAL_DIRECT = {
    "dist_height": 4,
    "dist_width": 28,
    "dist_channels": 32,
    "rows": 4,
    "columns": 16,
    "channels_outer": True,
    "copy_filter": False,
    "block_in": 0,
    "unroll": 4,
}
BLOCKED = {"block_in": 16, "copy_filter": True}


def test_one_image_is_convolved_directly_only(kernels, cpu, offers):
    one = kernels.convolution_of_one((28, 28, 64, 3, 3, 32))
    assert list(offers(one, cpu)) == [DIRECT]
    several = kernels.convolution((2, 28, 28, 64, 3, 3, 32))
    assert list(offers(several, cpu)) == [PLAIN, DIRECT]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, None),
        ({"rows": 7, "columns": 16}, None),
        ({"rows": 14, "columns": 32}, "the accumulators must fit the registers"),
        ({"dist_width": 14, "rows": 4}, "a register tile must divide its workgroup"),
        ({"columns": 24}, "a register tile must divide its workgroup tile"),
        ({"copy_filter": True}, None),
        (
            {"copy_filter": True, "channels_outer": False},
            "a copied filter serves all rows of a tile",
        ),
        (BLOCKED, None),
        (
            {"block_in": 16, "channels_outer": False},
            "blocks of the filter are met channels by channels",
        ),
        # 28 x 28 sums of 16 channels wait for the epilogue, beside a 16 x 16 copy.
        (BLOCKED | {"dist_height": 28}, None),
        # And of 32 channels: more than a worker thread's stack.
        (
            BLOCKED | {"dist_height": 28, "rows": 2, "columns": 32},
            "what is copied must fit the stack of a worker thread",
        ),
    ],
)
def test_a_direct_convolution_is_legal_or_named_illegal(direct, change, sentence):
    assert list(LEGAL_DIRECT) == [knob.name for knob in direct.space.knobs]
    violation = direct.space.violation(LEGAL_DIRECT | change)
    assert violation == sentence or (sentence and str(violation).startswith(sentence))


def unrolled(plan, change):
    """By how much each loop is unrolled, in the order of the steps."""
    steps = plan.steps(LEGAL_DIRECT | change)
    return [step.numbers[0] for step in steps if step.op == "mlopt.unroll"]


@pytest.mark.parametrize("block_in", [0, 16])
def test_pixels_of_a_strided_convolution_are_unrolled(kernels, cpu, offers, block_in):
    strided = kernels.convolution_of_one((28, 28, 64, 3, 3, 32), stride=2)
    plain = kernels.convolution_of_one((28, 28, 64, 3, 3, 32))
    change = {"rows": 7, "block_in": block_in}
    assert unrolled(offers(strided, cpu)[DIRECT], change) == [7, 4]
    assert unrolled(offers(plain, cpu)[DIRECT], change) == [4]
    # One pixel is no loop.
    assert unrolled(offers(strided, cpu)[DIRECT], change | {"rows": 1}) == [4]


@pytest.mark.parametrize(
    ("block_in", "sentence"),
    [
        (0, "one pixel is the whole filter: it must be cut into blocks"),
        (32, "one pixel is the whole filter: it must be cut into blocks"),
        (16, None),
    ],
)
def test_a_filter_of_one_pixel_is_cut_into_blocks(
    kernels, cpu, offers, block_in, sentence
):
    strided = kernels.convolution_of_one((28, 28, 64, 1, 1, 32), stride=2)
    space = offers(strided, cpu)[DIRECT].space
    decisions = LEGAL_DIRECT | {"block_in": block_in, "channels_outer": True}
    assert space.violation(decisions) == sentence


def test_what_waits_for_its_own_store_must_fit_the_stack(kernels, cpu, offers):
    part = kernels.convolution_of_one((56, 56, 64, 3, 3, 64), stored_in=(58, 58, 64))
    space = offers(part, cpu)[DIRECT].space
    tall = LEGAL_DIRECT | {"dist_height": 16, "dist_width": 56}
    assert "stack" in str(space.violation(tall))
    whole = kernels.convolution_of_one((56, 56, 64, 3, 3, 64))
    assert offers(whole, cpu)[DIRECT].space.violation(tall) is None


def test_experts_are_legal(direct):
    assert direct.experts
    for trace in direct.experts:
        assert direct.space.violation(dict(trace.decisions)) is None
