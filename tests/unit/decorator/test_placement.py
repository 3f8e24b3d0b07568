"""Small programs stay on the calling thread, whatever loops they sit in."""

import jax
import jax.numpy as jnp
import pytest

from mlopt.decorator.placement import INLINE_DEVICE, choose_device

SMALL, LARGE = jnp.ones((16, 16)), jnp.ones((512, 512))


def loop(x):
    return jax.lax.fori_loop(0, 10, lambda _, y: jnp.tanh(y @ y), x)


def branches(x):
    return jax.lax.cond(x.sum() > 0, lambda y: y @ y, lambda y: y, x)


def convolution(x):
    return jax.lax.conv(x[None, None], jnp.ones((8, 1, 3, 3)), (1, 1), "SAME")


PROGRAMS = [
    lambda x: x + 1,
    lambda x: x @ x,
    jax.jit(lambda x: x @ x),
    loop,
    branches,
    convolution,
]


def device_of(cpu, function, x):
    return choose_device(cpu, jax.make_jaxpr(function)(x))


@pytest.mark.parametrize("function", PROGRAMS)
def test_size_decides(cpu, function):
    assert device_of(cpu, function, SMALL) == INLINE_DEVICE
    assert device_of(cpu, function, LARGE) == cpu.device_uri == "local-task"


def test_what_was_not_traced_here_gets_all_cores(cpu):
    assert choose_device(cpu, None) == cpu.device_uri


def test_nothing_to_do_needs_no_workers(cpu):
    assert device_of(cpu, lambda x: x, LARGE) == INLINE_DEVICE
