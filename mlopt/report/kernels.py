"""Where a program's time goes, kernel by kernel, as a table and as JSON."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.core.explanation import KernelUse
from mlopt.report.layout import columns, say
from mlopt.report.numbers import digits, duration, percent

# The rest is small change, and counted.
_NUM_SHOWN: Final = 10


def print_kernels(
    kernels: Sequence[KernelUse], median_us: float, console: Console
) -> None:
    """Print the kernels with the most time, and what all of them take.

    Args:
        kernels: of one program, the largest share first.
        median_us: what one run of the program takes.
    """
    if not kernels:
        return
    say(console, "", "Its kernels in place, by IREE's profiler (rates by what a kernel")
    say(console, "has to compute, and to read and write, at least):", "")
    console.print(_table(kernels[:_NUM_SHOWN]))
    say(console, *_left_out(kernels[_NUM_SHOWN:]))
    total_us = sum(kernel.total_us for kernel in kernels)
    num_calls = sum(kernel.num_calls for kernel in kernels)
    say(
        console,
        f"{num_calls} calls take {duration(total_us)}; a run of the program takes "
        f"{duration(median_us)}.",
    )


def kernels_to_json(kernels: Sequence[KernelUse]) -> list[dict[str, object]]:
    """Each kernel's time in microseconds, and the work and bytes of one call."""
    return [
        {
            "name": kernel.name,
            "is_scheduled": kernel.is_scheduled,
            "share": kernel.share,
            "num_calls": kernel.num_calls,
            "latency_us": kernel.latency_us,
            "flops": kernel.flops,
            "num_bytes": kernel.num_bytes,
        }
        for kernel in kernels
    ]


def _table(kernels: Sequence[KernelUse]) -> Table:
    table = columns("kernel", "share", "calls", "a call", "GFLOP/s", "GB/s", "schedule")
    for kernel in kernels:
        table.add_row(
            Text(kernel.name),
            percent(kernel.share),
            str(kernel.num_calls),
            duration(kernel.latency_us),
            digits(kernel.flops_per_s / 1e9),
            digits(kernel.bytes_per_s / 1e9),
            "tuned" if kernel.is_scheduled else "compiler's",
        )
    return table


def _left_out(kernels: Sequence[KernelUse]) -> list[str]:
    if not kernels:
        return []
    share = sum(kernel.share for kernel in kernels)
    return [f"  and {len(kernels)} more, together {percent(share)} of the time"]
