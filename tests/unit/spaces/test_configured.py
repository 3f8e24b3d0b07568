"""Tile sizes on IREE's levels: which knobs, and what makes them legal."""

import pytest

from mlopt.search.space import elaborate_all

TOO_TALL = "a register tile must fit its workgroup tile"
NOT_NESTED = "cache tiles must lie between the two"
TOO_WIDE = "the vector must stay under IREE's limit"
TOO_LONG = "the unrolled tile must stay small"


@pytest.fixture
def offer(templates):
    """The configured space of a workload, and its experts."""

    def find(workload, target):
        found = elaborate_all(workload, target, templates)
        return next(o for o in found if o.space.name.startswith("configured."))

    return find


@pytest.fixture
def matmul(kernels, cpu, offer):
    return offer(kernels.matmul(64, 96, 128), cpu).space


LEGAL = {
    "dist0": 32,
    "vec0": 8,
    "cache0": 0,
    "dist1": 64,
    "vec1": 16,
    "cache1": 0,
    "vec2": 8,
    "cache2": 0,
    "peel": False,
}


def test_a_matmul_has_distribution_cache_and_register_tiles(matmul):
    assert {knob.name for knob in matmul.knobs} == set(LEGAL)
    assert matmul.violation(LEGAL) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"dist0": 4}, TOO_TALL),
        ({"dist1": 8}, TOO_TALL),
        ({"cache0": 4}, NOT_NESTED),
        ({"cache0": 64}, NOT_NESTED),
        ({"cache0": 16}, None),
        ({"cache1": 8}, NOT_NESTED),
        ({"vec0": 16, "vec1": 32, "vec2": 16}, TOO_WIDE),
        ({"vec0": 16, "vec1": 32, "vec2": 4}, None),
        ({"vec0": 16, "vec1": 64, "vec2": 1}, TOO_LONG),
        ({"vec0": 8, "vec1": 64, "vec2": 1}, None),
        # A cache block of the reduction has no workgroup tile around it.
        ({"cache2": 128}, None),
    ],
)
def test_a_decision_is_legal_or_named_illegal(matmul, change, sentence):
    assert matmul.violation(LEGAL | change) == sentence


def test_a_vector_of_exactly_the_limit_is_refused(matmul):
    # IREE refuses 512 native registers: 16 * 16 * 16 floats are 512 of 8 lanes.
    at_limit = LEGAL | {"vec0": 16, "vec1": 16, "vec2": 16}
    assert matmul.violation(at_limit) == TOO_WIDE
    assert matmul.violation(at_limit | {"vec2": 12}) is None


def test_distribution_of_the_innermost_loop_is_at_least_a_register(kernels, cpu, offer):
    space = offer(kernels.matmul(64, 96, 128), cpu).space
    values = {knob.name: knob.values for knob in space.knobs}
    assert min(values["dist1"]) == 8
    assert min(values["dist0"]) == 1


def test_only_contractions_have_cache_tiles(kernels, cpu, offer):
    space = offer(kernels.row_sum(64, 1000), cpu).space
    assert [knob.name for knob in space.knobs] == ["dist0", "vec0", "vec1", "peel"]


def test_an_expert_reduces_a_vector_of_rows_step_by_step(kernels, cpu, offer):
    experts = [
        dict(seed.decisions) for seed in offer(kernels.row_sum(128, 5000), cpu).experts
    ]
    assert {"dist0": 64, "vec0": 8, "vec1": 1, "peel": False} in experts


def test_loops_that_the_root_lacks_have_a_width_of_their_own(kernels, cpu, offer):
    space = offer(kernels.row_sum(64, 257, divides=True), cpu).space
    knobs = {knob.name: knob for knob in space.knobs}
    assert knobs["inner"].default == 8
    assert all(int(width) <= 64 for width in knobs["inner"].values)
    legal = {"dist0": 64, "vec0": 16, "vec1": 8, "inner": 8, "peel": False}
    assert space.violation(legal) is None
    # The division's vector is vec0 x inner, though the sum's is vec0 x vec1.
    assert space.violation(legal | {"vec0": 64, "inner": 64}) == TOO_WIDE


def test_a_scalar_has_nothing_to_tile(kernels, cpu, offer):
    space = offer(kernels.elementwise(()), cpu).space
    assert [knob.name for knob in space.knobs] == ["peel"]


def test_a_knob_with_one_value_is_none(kernels, cpu, offer):
    space = offer(kernels.row_sum(1, 1000), cpu).space
    assert [knob.name for knob in space.knobs] == ["vec1", "peel"]


def test_lanes_are_those_of_the_result_type(kernels, cpu, offer):
    narrow = offer(kernels.matmul(64, 96, 128), cpu).space
    bfloat16 = offer(kernels.matmul(64, 96, 128, dtype="bfloat16"), cpu).space
    lanes = [
        next(knob.default for knob in space.knobs if knob.name == "vec1")
        for space in (narrow, bfloat16)
    ]
    assert lanes == [8, 16]


def test_sizes_need_not_divide_a_prime_but_seeds_then_peel(kernels, cpu, offer):
    seeds = offer(kernels.matmul(127, 131, 129), cpu).experts
    assert all(dict(seed.decisions)["peel"] for seed in seeds)
    seeds = offer(kernels.matmul(128, 128, 128), cpu).experts
    assert not any(dict(seed.decisions)["peel"] for seed in seeds)
