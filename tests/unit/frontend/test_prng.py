"""Our threefry is JAX's, bit by bit."""

import jax
import numpy as np
import pytest
from jax.extend.random import threefry2x32_p

from mlopt.frontend.prng import threefry2x32

WORDS = np.random.default_rng(0).integers(0, 2**32, (4, 33), dtype=np.uint32)


@pytest.mark.parametrize("transform", [jax.jit, lambda function: function])
def test_the_bits_are_those_of_jax(transform):
    expected = threefry2x32_p.bind(*WORDS)
    for ours, theirs in zip(transform(threefry2x32)(*WORDS), expected, strict=True):
        assert ours.dtype == np.uint32
        np.testing.assert_array_equal(ours, theirs)


def test_a_known_answer():
    # The vector of zeros that the authors publish with their Random123 library.
    zeros = [np.zeros(1, np.uint32)] * 4
    first, second = threefry2x32(*zeros)
    assert (hex(int(first[0])), hex(int(second[0]))) == ("0x6b200159", "0x99ba4efe")
