"""Compiled functions give JAX's numbers, whatever is dropped, shared or concurrent."""

import gc
import threading

import jax
import jax.numpy as jnp
import numpy as np
import psutil
import pytest

from mlopt.core.errors import InputError
from mlopt.runtime import Device, Executable, open_device, to_device, to_numpy


def affine(x, y):
    return x * 2.0 + y


def step(x):
    return jax.lax.fori_loop(0, 50, lambda _, c: jnp.tanh(c @ c) * 0.1, x)


X = np.linspace(-1, 1, 8, dtype=np.float32)
Y = np.ones(8, np.float32)


def test_results_are_those_of_jax(load, device):
    executable = load(affine, X, Y)
    (result,) = executable(to_device(X, device), to_device(Y, device))
    np.testing.assert_allclose(to_numpy(result), affine(X, Y), rtol=1e-6)


def test_a_function_of_nothing_and_one_that_returns_nothing(load):
    (result,) = load(lambda: jnp.arange(5))()
    np.testing.assert_array_equal(to_numpy(result), np.arange(5))
    assert load(lambda: ())() == ()


def test_several_results_come_in_order(load, device):
    executable = load(lambda x, y: (x - y, y, x + y), X, Y)
    results = executable(to_device(X, device), to_device(Y, device))
    for result, expected in zip(results, (X - Y, Y, X + Y), strict=True):
        np.testing.assert_allclose(to_numpy(result), expected)


def test_later_calls_leave_earlier_results_alone(load, device):
    executable = load(affine, X, Y)
    y = to_device(Y, device)
    first = to_numpy(executable(to_device(X, device), y)[0])
    kept = first.copy()
    for scale in range(20):
        executable(to_device(X * scale, device), y)
    np.testing.assert_array_equal(first, kept)


def test_results_outlive_the_executable(load, device):
    executable = load(lambda x: (x + 1, jnp.arange(4096, dtype=jnp.float32)), X)
    arrays = [to_numpy(view) for view in executable(to_device(X, device))]
    del executable
    gc.collect()
    np.testing.assert_allclose(arrays[0], X + 1)


def test_a_file_is_loaded_like_bytes(compiled, device, tmp_path):
    path = tmp_path / "affine.vmfb"
    path.write_bytes(compiled(affine, X, Y))
    executable = Executable.load(path, "main", device)
    path.unlink()
    (result,) = executable(to_device(X, device), to_device(Y, device))
    np.testing.assert_allclose(to_numpy(result), affine(X, Y), rtol=1e-6)


def test_threads_may_share_an_executable(load, device):
    x = np.full((64, 64), 0.01, np.float32)
    executable = load(step, x)
    view = to_device(x, device)
    expected = to_numpy(executable(view)[0]).copy()
    wrong: list[object] = []

    def call() -> None:
        for _ in range(20):
            if not np.array_equal(to_numpy(executable(view)[0]), expected):
                wrong.append("differs")

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_calls_do_not_pile_up_memory(load, device):
    x = np.zeros((256, 256), np.float32)
    executable = load(lambda x: x + 1, x)
    view = to_device(x, device)
    for _ in range(200):
        executable(view)
    before = psutil.Process().memory_info().rss
    for _ in range(2000):
        executable(view)
    grown = psutil.Process().memory_info().rss - before
    # 2000 results that nobody frees would be 500 MiB.
    assert grown < 50 * 2**20


def test_a_missing_function_is_named_with_those_there_are(compiled, device):
    with pytest.raises(InputError, match=r"no function 'nope'.*main"):
        Executable.load(compiled(affine, X, Y), "nope", device)


def test_what_is_no_module_is_refused(device, tmp_path):
    with pytest.raises(InputError, match="not a compiled module"):
        Executable.load(b"garbage" * 64, "main", device)
    with pytest.raises(InputError, match="there is no compiled module"):
        Executable.load(tmp_path / "missing.vmfb", "main", device)
    (tmp_path / "empty.vmfb").write_bytes(b"")
    with pytest.raises(InputError, match="not a compiled module"):
        Executable.load(tmp_path / "empty.vmfb", "main", device)


def test_peak_memory_is_that_of_the_buffers_alive_together(compiled):
    x = np.zeros((256, 256), np.float32)
    device = Device("local-sync")
    executable = Executable.load(compiled(step, x), "main", device)
    executable(to_device(x, device))
    statistics = device.memory_statistics()
    assert statistics is not None
    # The loop carries one matrix and makes another: two to four of 256 KiB.
    assert 2 * x.nbytes <= statistics.peak_bytes <= 4 * x.nbytes
    assert statistics.allocated_bytes > 50 * x.nbytes
    assert statistics.live_bytes == 0


def test_float64_and_bool_reach_the_kernel_unchanged(compiled):
    device = open_device("local-sync")
    third = np.full(4, 1 / 3)
    mask = np.array([True, False, True, False])
    with jax.enable_x64(True):
        vmfb = compiled(lambda x, m: (jnp.where(m, x, 0.0), ~m), third, mask)
    executable = Executable.load(vmfb, "main", device)
    results = executable(to_device(third, device), to_device(mask, device))
    kept, inverted = map(to_numpy, results)
    np.testing.assert_array_equal(kept, np.where(mask, third, 0.0))
    np.testing.assert_array_equal(inverted, ~mask)
