"""What do samples say about a ratio of speeds? NumPy only; times in any one unit."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from mlopt.core.measurement import Interval

# In one dimension.
Samples: TypeAlias = Sequence[float] | np.ndarray

# 2000 resamples put the ends of a 95% interval within about 1% of their limit.
_NUM_RESAMPLES: Final = 2000
_CONFIDENCE: Final = 0.95


def median(samples: Samples) -> float:
    """Middle sample, or the mean of the two middle ones.

    Raises:
        ValueError: no samples, or one that is no positive finite number.
    """
    return float(np.median(_as_times(samples)))


def bootstrap_ratio_interval(
    baseline: Samples,
    candidate: Samples,
    *,
    rng: np.random.Generator,
    num_resamples: int = _NUM_RESAMPLES,
) -> Interval:
    """Speedup median(baseline) / median(candidate) with its 95% interval.

    Paired percentile bootstrap: n pairs (b_i, c_i) are drawn n times with
    replacement, always both members of a pair, so that a disturbance that hit both
    does not count as a difference; `low` and `high` are the 2.5% and 97.5% quantiles
    of the ratio over all draws (Efron and Tibshirani, An Introduction to the
    Bootstrap, 1993, ch. 13). Below about 8 pairs the interval is too narrow.

    Args:
        baseline, candidate: shape (n,); sample i of one was taken beside sample i
            of the other.
        rng: the same state and samples give the same interval.

    Raises:
        ValueError: no pairs, unequal lengths, or a sample that is no positive
            finite number.
    """
    pairs = np.stack(_as_pairs(baseline, candidate))
    num_pairs = pairs.shape[1]
    draws = rng.integers(0, num_pairs, size=(num_resamples, num_pairs))
    resampled = np.median(pairs[:, draws], axis=2)
    tail = (1.0 - _CONFIDENCE) / 2.0
    low, high = np.quantile(resampled[0] / resampled[1], [tail, 1.0 - tail])
    baseline_median, candidate_median = np.median(pairs, axis=1)
    return Interval(
        value=float(baseline_median / candidate_median),
        low=float(low),
        high=float(high),
    )


def bootstrap_geometric_mean(
    pairs: Sequence[tuple[Samples, Samples]],
    *,
    rng: np.random.Generator,
    num_resamples: int = _NUM_RESAMPLES,
) -> Interval:
    """Geometric mean of the speedups of several programs, with its 95% interval.

    The interval is that of the measurements: in every draw each program's pairs are
    drawn anew, as in `bootstrap_ratio_interval`. The programs stay the same, so it
    says nothing of programs that were not measured.

    Args:
        pairs: (baseline, candidate) of each program.

    Raises:
        ValueError: no programs, or bad samples.
    """
    if not pairs:
        raise ValueError("no programs")
    logs = np.zeros(num_resamples)
    values = []
    for baseline, candidate in pairs:
        stacked = np.stack(_as_pairs(baseline, candidate))
        num_pairs = stacked.shape[1]
        draws = rng.integers(0, num_pairs, size=(num_resamples, num_pairs))
        top, bottom = np.median(stacked[:, draws], axis=2)
        logs += np.log(top / bottom)
        top, bottom = np.median(stacked, axis=1)
        values.append(float(top / bottom))
    tail = (1.0 - _CONFIDENCE) / 2.0
    low, high = np.exp(np.quantile(logs / len(pairs), [tail, 1.0 - tail]))
    return Interval(value=geometric_mean(values), low=float(low), high=float(high))


def quiet_ratio(baseline: Sequence[float], candidate: Sequence[float]) -> float:
    """Lower quartile of the baseline over that of the candidate.

    For ranking only, never for a claim: disturbances only ever add time, so with few
    samples on a busy machine the quiet quarter orders candidates better than the
    median, of which one disturbed baseline makes a winner.

    Raises:
        ValueError: no samples, or one that is no positive finite number.
    """
    quartiles = (np.quantile(_as_times(s), 0.25) for s in (baseline, candidate))
    quiet_baseline, quiet_candidate = quartiles
    return float(quiet_baseline / quiet_candidate)


def fastest_in_turns(samples: Mapping[str, Samples]) -> list[str]:
    """Names from the fastest to the slowest of programs timed in turns.

    For choosing only. Every sample is divided by the median of its turn, so that a
    machine that was slow for some turns was slow for everybody; a name's rank is the
    median of what is left.

    Args:
        samples: sample i of every name was taken in turn i.

    Raises:
        ValueError: unequal lengths, no samples, or a bad sample.
    """
    if not samples:
        return []
    times = np.stack([_as_times(values) for values in samples.values()])
    relative = np.median(times / np.median(times, axis=0), axis=1)
    return [list(samples)[i] for i in np.argsort(relative, kind="stable")]


def drift(samples: Samples, num_rounds: int) -> float:
    """How far the baseline moved between rounds: max_r m_r / min_r m_r - 1.

    m_r is the median of round r when the samples, in the order they were taken, are
    cut into `num_rounds` parts of (nearly) equal length. 0.0 is a steady machine.

    Raises:
        ValueError: fewer samples than rounds, no rounds, or a bad sample.
    """
    times = _as_times(samples)
    if not 1 <= num_rounds <= times.size:
        raise ValueError(f"cannot cut {times.size} samples into {num_rounds} rounds")
    medians = [float(np.median(part)) for part in np.array_split(times, num_rounds)]
    return max(medians) / min(medians) - 1.0


def geometric_mean(ratios: Samples) -> float:
    """exp(mean(log r)): the mean under which 2x and 0.5x cancel out.

    Raises:
        ValueError: no ratios, or one that is no positive finite number.
    """
    return float(np.exp(np.mean(np.log(_as_times(ratios)))))


def _as_pairs(baseline: Samples, candidate: Samples) -> tuple[np.ndarray, np.ndarray]:
    if len(baseline) != len(candidate):
        raise ValueError(
            f"samples are not paired: {len(baseline)} of the baseline, "
            f"{len(candidate)} of the candidate"
        )
    return _as_times(baseline), _as_times(candidate)


def _as_times(samples: Samples) -> np.ndarray:
    times = np.asarray(samples, dtype=np.float64)
    if times.size == 0:
        raise ValueError("no samples")
    if not np.all(np.isfinite(times) & (times > 0.0)):
        raise ValueError("samples must be positive and finite")
    return times
