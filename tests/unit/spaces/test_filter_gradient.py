"""Gradients of filters: which knobs, and what makes them legal."""

import pytest

GRADIENT = "direct.filter_gradient"
UNEVEN = "a register tile must divide its workgroup tile"
TOO_LARGE = "the accumulators must fit the registers"
LEGAL = {
    "dist_in_channels": 16,
    "dist_channels": 32,
    "rows": 8,
    "columns": 16,
    "unroll": 2,
}


@pytest.fixture
def gradient(kernels, offers):
    return offers(kernels.filter_gradient((32, 3, 3, 64, 8, 16, 16)))[GRADIENT]


def test_it_is_the_only_space_of_such_a_kernel(kernels, offers):
    found = offers(kernels.filter_gradient((32, 3, 3, 64, 8, 16, 16)))
    assert set(found) == {GRADIENT}
    assert GRADIENT not in offers(kernels.convolution((2, 16, 16, 64, 3, 3, 16)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, None),
        ({"dist_in_channels": 4}, UNEVEN),
        ({"dist_channels": 8}, UNEVEN),
        ({"rows": 16}, None),
        ({"rows": 16, "columns": 32}, TOO_LARGE),
    ],
)
def test_a_decision_is_legal_or_named_illegal(gradient, change, sentence):
    assert gradient.space.violation(LEGAL | change) == sentence


def test_sizes_divide_so_that_code_generation_knows_them(kernels, offers):
    odd = offers(kernels.filter_gradient((5, 3, 3, 21, 3, 9, 9)))[GRADIENT].space
    values = {knob.name: knob.values for knob in odd.knobs}
    assert values["rows"] == (1, 5)
    assert values["dist_channels"] == (1, 3, 7, 21)


def test_experts_are_legal(gradient):
    assert len(gradient.experts) == 3
