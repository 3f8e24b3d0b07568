"""Outcomes of the CPU benchmark -> the rows of its tables."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from mlopt.bench.outcomes import DEFAULT, STOCK_BEST, TUNED, XLA, Outcome
from mlopt.bench.peers.standing import Peer
from mlopt.bench.rows import Goal, Row, Unit
from mlopt.bench.suites import Family, Suite
from mlopt.core.measurement import Interval
from mlopt.measure.statistics import bootstrap_geometric_mean, median
from mlopt.report.numbers import percent

_SHARE_OF_PEAK: Final = Goal(limit=0.90)
# An operator may lag this far behind the peak where no stock tool comes near it.
_LOW_SHARE, _HIGH_SHARE = 0.60, 0.80
_NOT_SLOWER: Final = Goal(limit=0.98)
# Behind by less than this is called close.
_CLOSE: Final = 0.95
_PUBLISHED: Final = {
    Family.CNN: 1.26,
    Family.RNN: 1.27,
    Family.TRANSFORMER: 1.29,
    Family.FNN: 1.30,
}


def goal_rows(outcomes: Iterable[Outcome], seed: int) -> list[Row]:
    """What the suites come to, each beside its goal.

    Args:
        outcomes: those without times are left out.
    """
    measured = [outcome for outcome in outcomes if outcome.latency_us]
    operators = [o for o in measured if o.suite == Suite.OPERATORS]
    models = [o for o in measured if o.suite == Suite.MODELS]
    rows = [
        *_share_rows([o for o in operators if o.is_compute_bound], seed),
        *_mean_rows("operators", operators, DEFAULT, 1.35, seed),
        *_mean_rows("operators", operators, XLA, 1.5, seed),
        *_mean_rows("models", models, DEFAULT, 1.40, seed),
        *_worst_rows("models", models, DEFAULT, seed),
        *_mean_rows("models", models, STOCK_BEST, 1.15, seed),
        *_worst_rows("models", models, STOCK_BEST, seed),
        *_mean_rows("models", models, XLA, None, seed),
        *_peer_rows("models", models, seed),
    ]
    served = [o for o in measured if o.suite == Suite.SERVED]
    for against in (DEFAULT, STOCK_BEST, XLA):
        rows += _mean_rows("served models", served, against, None, seed)
    rows += _peer_rows("served models", served, seed)
    narrow = [o for o in measured if o.suite == Suite.BF16]
    rows += _mean_rows("served models in bf16", narrow, DEFAULT, 2.0, seed)
    rows += _mean_rows("served models in bf16", narrow, XLA, None, seed)
    narrow = [o for o in measured if o.suite == Suite.INT8]
    rows += _mean_rows("served models in int8", narrow, DEFAULT, None, seed)
    rows += _mean_rows("served models in int8", narrow, STOCK_BEST, None, seed)
    for family, published in _PUBLISHED.items():
        members = [o for o in models if o.family == family]
        rows += _mean_rows(f"{family} models", members, DEFAULT, published, seed)
    return rows


def _share_rows(outcomes: Sequence[Outcome], seed: int) -> list[Row]:
    """Of the rate that sgemm reaches: their mean, and who stays far behind."""
    if not outcomes:
        return []
    mean = _mean([_peak_pair(o, TUNED) for o in outcomes], seed)
    row = _row(
        mean,
        name="operators/share_of_sgemm",
        what="compute-bound operators, geometric mean",
        against="sgemm",
        unit=Unit.SHARE,
        num_samples=len(outcomes),
        goal=_SHARE_OF_PEAK,
    )
    behind = [
        f"{o.name} {percent(_share(o, TUNED))}, {name} {percent(_share(o, name))}"
        for o in outcomes
        for name in [min((DEFAULT, STOCK_BEST, XLA), key=lambda n: _us(o, n))]
        if _share(o, TUNED) < _LOW_SHARE and _share(o, name) > _HIGH_SHARE
    ]
    count = Row(
        name="operators/behind",
        what=f"compute-bound operators under {percent(_LOW_SHARE)} that a stock tool "
        f"brings over {percent(_HIGH_SHARE)}",
        against="",
        unit=Unit.COUNT,
        value=float(len(behind)),
        num_samples=len(outcomes),
        goal=Goal(limit=0.0, is_upper=True),
        note="; ".join(behind),
    )
    return [row, count]


def _mean_rows(
    what: str, outcomes: Sequence[Outcome], against: str, limit: float | None, seed: int
) -> list[Row]:
    if not outcomes:
        return []
    pairs = [(o.latency_us[against], o.latency_us[TUNED]) for o in outcomes]
    return [
        _row(
            _mean(pairs, seed),
            name=f"{what}/{against}".replace(" ", "_"),
            what=f"{what}, geometric mean",
            against=against,
            unit=Unit.SPEEDUP,
            num_samples=len(outcomes),
            goal=None if limit is None else Goal(limit=limit),
        )
    ]


def _worst_rows(
    what: str, outcomes: Sequence[Outcome], against: str, seed: int
) -> list[Row]:
    if not outcomes:
        return []
    speedups = {o.name: o.speedup(against, seed) for o in outcomes}
    name = min(speedups, key=lambda n: speedups[n].value)
    return [
        _row(
            speedups[name],
            name=f"{what}/{against}/least",
            what=f"{what}, the least, {name}",
            against=against,
            unit=Unit.SPEEDUP,
            num_samples=len(outcomes),
            goal=_NOT_SLOWER,
        )
    ]


def _peer_rows(what: str, outcomes: Sequence[Outcome], seed: int) -> list[Row]:
    """Against each framework where it took part, and against the fastest of all."""
    rows: list[Row] = []
    for peer in Peer:
        members = [o for o in outcomes if peer in o.peer_errors]
        rows += _mean_rows(what, members, peer, None, seed)
    fastest = [(o, peer) for o in outcomes if (peer := o.fastest_peer) is not None]
    if not fastest:
        return rows
    pairs = [(o.latency_us[peer], o.latency_us[TUNED]) for o, peer in fastest]
    speedups = {o.name: (o.speedup(peer, seed), peer) for o, peer in fastest}
    row = _row(
        _mean(pairs, seed),
        name=f"{what}/fastest_peer".replace(" ", "_"),
        what=f"{what} in float32, geometric mean",
        against="the fastest peer of each",
        unit=Unit.SPEEDUP,
        num_samples=len(fastest),
        details={
            name: {"peer": peer, "value": i.value, "ci95": (i.low, i.high)}
            for name, (i, peer) in speedups.items()
        },
        note=_standing_note([interval for interval, _ in speedups.values()]),
    )
    return [*rows, row]


def _standing_note(speedups: Sequence[Interval]) -> str:
    """How many are ahead, and how many of the others are close."""
    ahead = [each for each in speedups if each.value >= 1.0]
    beyond = sum(1 for each in ahead if each.low > 1.0)
    close = sum(1 for each in speedups if _CLOSE <= each.value < 1.0)
    return (
        f"ahead on {len(ahead)} of {len(speedups)}, on {beyond} beyond the interval; "
        f"within {percent(1 - _CLOSE)} on {close} more"
    )


def _row(interval: Interval, **fields: Any) -> Row:
    ci95 = (interval.low, interval.high)
    return Row(value=interval.value, ci95=ci95, **fields)


def _mean(
    pairs: Sequence[tuple[Sequence[float], Sequence[float]]], seed: int
) -> Interval:
    return bootstrap_geometric_mean(pairs, rng=np.random.default_rng(seed))


def _peak_pair(outcome: Outcome, name: str) -> tuple[list[float], Sequence[float]]:
    """The time that sgemm's rate would take, beside each sample."""
    samples = outcome.latency_us[name]
    return [_at_peak_us(outcome)] * len(samples), samples


def _at_peak_us(outcome: Outcome) -> float:
    assert outcome.limits is not None
    return outcome.work.flops / outcome.limits.flops_per_s * 1e6


def _us(outcome: Outcome, name: str) -> float:
    return median(outcome.latency_us[name])


def _share(outcome: Outcome, name: str) -> float:
    return _at_peak_us(outcome) / _us(outcome, name)
