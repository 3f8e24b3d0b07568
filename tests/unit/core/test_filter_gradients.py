"""Gradients of filters, by the maps of their operands."""

from mlopt.core.filter_gradients import loop_extents


def test_loops_by_role(kernels):
    assert loop_extents(kernels.filter_gradient((5, 3, 4, 20, 8, 9, 10)).root_op) == {
        "in_channels": 5,
        "filter_height": 3,
        "filter_width": 4,
        "channels": 20,
        "image": 8,
        "gradient_height": 9,
        "gradient_width": 10,
    }


def test_a_convolution_is_none(kernels):
    convolution = kernels.convolution((2, 16, 16, 64, 3, 3, 16))
    assert loop_extents(convolution.root_op) == {}
