"""What can this machine sustain? Measured once with NumPy; the caller keeps it.

Runs inside a worker, while nothing else runs.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np

from mlopt.measure.plan import MachineLimits

# Large enough for every core, 10 ms on two of them.
_MATRIX_SIZE: Final = 1024
_NUM_TRIES: Final = 5
_MIN_STREAM_BYTES: Final = 32 << 20
_MAX_STREAM_BYTES: Final = 256 << 20
# Source and target fit the second-level cache of any recent core.
_CACHED_PART_BYTES: Final = 128 << 10
# One pass takes microseconds, starting a thread's job tens of them.
_CACHED_REPEATS: Final = 500
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def measure_limits(num_threads: int) -> MachineLimits:
    """Measure the float32 rate and the bandwidths; takes about half a second.

    Args:
        num_threads: for the bandwidth; the matrix product takes what NumPy's BLAS
            takes, all cores unless the environment says otherwise.
    """
    cache_bytes = last_level_cache_bytes()
    num_bytes = min(max(4 * cache_bytes, _MIN_STREAM_BYTES), _MAX_STREAM_BYTES)
    return MachineLimits(
        flops_per_s=_matmul_flops_per_s(),
        bytes_per_s=_streamed_bytes_per_s(num_bytes, num_threads),
        cache_bytes=cache_bytes,
        # Each core has a second-level cache of its own. Several threads of Python would
        # wait for one another between such short jobs.
        cached_bytes_per_s=num_threads
        * _streamed_bytes_per_s(_CACHED_PART_BYTES, 1, _CACHED_REPEATS),
    )


def last_level_cache_bytes(
    folder: Path = Path("/sys/devices/system/cpu/cpu0/cache"),
) -> int:
    """Size of the largest cache that the first core uses; 0 when not told."""
    sizes = [0]
    for file in folder.glob("index*/size"):
        if match := re.fullmatch(r"(\d+)([KMG]?)\s*", file.read_text()):
            sizes.append(int(match.group(1)) * _UNITS[match.group(2)])
    return max(sizes)


def _matmul_flops_per_s() -> float:
    lhs = np.ones((_MATRIX_SIZE, _MATRIX_SIZE), np.float32)
    out = np.empty_like(lhs)
    seconds = _shortest_s(lambda: np.matmul(lhs, lhs, out=out))
    return 2.0 * _MATRIX_SIZE**3 / seconds


def _streamed_bytes_per_s(
    num_bytes: int, num_threads: int, num_repeats: int = 1
) -> float:
    """Read an array and write another; the better of two ways to do so.

    The C library's copy passes the caches by where that is faster, but on some
    processors (Zen 3, 64 KiB: 3 GB/s) it is far slower than a loop of vectors.
    """
    return max(
        _bytes_per_s(work, num_bytes, num_threads, num_repeats)
        for work in (np.copyto, _negate)
    )


def _negate(target: np.ndarray, source: np.ndarray) -> None:
    np.negative(source, out=target)


def _bytes_per_s(
    work: Callable[[np.ndarray, np.ndarray], None],
    num_bytes: int,
    num_threads: int,
    num_repeats: int,
) -> float:
    """Each thread does its own part `num_repeats` times in a row."""
    num_items = num_bytes // np.dtype(np.float32).itemsize
    source, target = np.ones(num_items, np.float32), np.zeros(num_items, np.float32)
    parts = list(
        zip(
            np.array_split(target, num_threads),
            np.array_split(source, num_threads),
            strict=True,
        )
    )

    def repeat(part: tuple[np.ndarray, np.ndarray]) -> None:
        for _ in range(num_repeats):
            work(*part)

    with ThreadPoolExecutor(num_threads) as threads:
        seconds = _shortest_s(lambda: list(threads.map(repeat, parts)))
    return 2.0 * num_bytes * num_repeats / seconds


def _shortest_s(work: Callable[[], object]) -> float:
    """Shortest of several runs after one that warms up, in seconds."""
    work()
    times = []
    for _ in range(_NUM_TRIES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
