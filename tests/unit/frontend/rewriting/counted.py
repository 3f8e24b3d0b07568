"""Where a traced program has its operations: for tests of rewritten programs."""

from collections import Counter

import jax.extend.core as jex
import numpy as np


def operations(closed, name):
    """How often an operation stands in a jaxpr, by the number of loops around it."""
    found = Counter()

    def visit(jaxpr, depth):
        for equation in jaxpr.eqns:
            if equation.primitive.name == name:
                found[depth] += 1
            inner = depth + (equation.primitive.name in ("scan", "while"))
            for value in equation.params.values():
                for each in value if isinstance(value, tuple | list) else [value]:
                    if isinstance(each, jex.ClosedJaxpr):
                        visit(each.jaxpr, inner)
                    elif isinstance(each, jex.Jaxpr):
                        visit(each, inner)

    visit(closed.jaxpr, 0)
    return dict(found)


def assert_same(before, after, *arguments):
    """The same signature and, but for the order of summation, the same values."""
    assert [a.str_short() for a in after.in_avals] == [
        a.str_short() for a in before.in_avals
    ]
    expected = jex.jaxpr_as_fun(before)(*arguments)
    found = jex.jaxpr_as_fun(after)(*arguments)
    for out, ref in zip(found, expected, strict=True):
        assert (out.dtype, out.shape) == (ref.dtype, ref.shape)
        np.testing.assert_allclose(out, ref, rtol=2e-5, atol=2e-5)
