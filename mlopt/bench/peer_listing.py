"""The models beside other frameworks, a line each: for the terminal and as Markdown."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.bench.outcomes import TUNED, Outcome
from mlopt.bench.peers.standing import Peer
from mlopt.core.measurement import Interval
from mlopt.measure.statistics import median
from mlopt.report.numbers import duration, ratio

_COLUMNS: Final = ("", "tuned", *(f"over {peer}" for peer in Peer), "largest error")
_ABSENT: Final = "absent"
_LEGEND: Final = (
    "Frameworks run the same model with the same weights, which are constants to them, "
    "in float32 on as many cores, each in a process of its own; largest error: of any "
    "of them, relative, against jax.jit. There are models for inference only: no "
    "operators, no training steps."
)


def print_peers(outcomes: Sequence[Outcome], seed: int, console: Console) -> None:
    """One table; nothing where no program has a model for them."""
    members = _members(outcomes)
    if not members:
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column else "left")
    for outcome in members:
        table.add_row(*map(Text, _cells(outcome, seed)))
    console.print(table)
    for line in (*_reasons(members), _LEGEND):
        console.print(Text(line), soft_wrap=True)


def peers_markdown(outcomes: Sequence[Outcome], seed: int) -> str:
    """The same as a fragment of Markdown."""
    members = _members(outcomes)
    if not members:
        return ""
    rule = ["---"] * len(_COLUMNS)
    lines = [_COLUMNS, rule, *(_cells(outcome, seed) for outcome in members)]
    table = [f"| {' | '.join(line)} |" for line in lines]
    reasons = [f"- {reason}" for reason in _reasons(members)]
    below = [*reasons, ""] if reasons else []
    return "\n".join([*table, "", *below, _LEGEND]) + "\n"


def _members(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.peer_errors or each.absent]


def _cells(outcome: Outcome, seed: int) -> tuple[str, ...]:
    errors = outcome.peer_errors.values()
    return (
        outcome.name,
        duration(median(outcome.latency_us[TUNED])),
        *(_speedup(outcome, peer, seed) for peer in Peer),
        f"{max(errors):.1e}" if errors else "-",
    )


def _speedup(outcome: Outcome, peer: Peer, seed: int) -> str:
    if peer not in outcome.peer_errors:
        return _ABSENT
    found: Interval = outcome.speedup(peer, seed)
    value, low, high = map(ratio, (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    """Why a framework is absent, once for all programs with the same reason."""
    names: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        for peer, reason in outcome.absent.items():
            names.setdefault((peer, reason), []).append(outcome.name)
    return [
        f"{peer}, {_where(programs, outcomes)}: {reason}."
        for (peer, reason), programs in names.items()
    ]


def _where(names: Sequence[str], outcomes: Sequence[Outcome]) -> str:
    return "all" if len(names) == len(outcomes) else ", ".join(names)
