"""How close is a speed to what the machine can do, and is it beyond it?

The roofline model: a call takes at least max(flops / peak, bytes / bandwidth)
(Williams, Waterman and Patterson, CACM 2009). Imports no runtime.
"""

from typing import Final

from mlopt.measure.plan import MachineLimits, Work

# The limits are measured too, on a machine that may have been busy then.
_IMPOSSIBLE_FACTOR: Final = 1.5
# A smaller working set may stay in the cache from one call to the next.
_CACHE_FACTOR: Final = 4


def roofline_us(work: Work, limits: MachineLimits) -> float:
    """Shortest time of one call by the roofline, in microseconds; 0.0 if unknown."""
    compute_s = work.flops / (limits.flops_per_s * work.rate_multiplier)
    return max(compute_s, work.num_bytes / limits.bytes_per_s) * 1e6


def utilization(work: Work, limits: MachineLimits, latency_us: float) -> float:
    """Share of the roofline reached: roofline time / time.

    May exceed 1.0 where the data stays in the cache.
    """
    return roofline_us(work, limits) / latency_us


def explain_impossible_speed(
    work: Work, limits: MachineLimits, latency_us: float
) -> str:
    """Why a speed cannot be true; "" when it can.

    Beyond 1.5 times the measured peak rate, or the measured bandwidth for data that
    no cache can hold, the program cannot have done the work.
    """
    flops_per_s = work.flops / latency_us * 1e6
    peak = limits.flops_per_s * work.rate_multiplier
    if flops_per_s > _IMPOSSIBLE_FACTOR * peak:
        return (
            f"faster than the machine can be: {flops_per_s / 1e9:.4g} GFLOP/s where "
            f"{peak / 1e9:.4g} were measured"
        )
    if limits.cache_bytes == 0 or work.num_bytes < _CACHE_FACTOR * limits.cache_bytes:
        return ""
    bytes_per_s = work.num_bytes / latency_us * 1e6
    if bytes_per_s > _IMPOSSIBLE_FACTOR * limits.bytes_per_s:
        return (
            f"faster than the machine can be: {bytes_per_s / 1e9:.4g} GB/s where "
            f"{limits.bytes_per_s / 1e9:.4g} were measured"
        )
    return ""
