"""What a program's peak memory consists of, as a table and as JSON."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.core.memory import Buffer, MemoryUse
from mlopt.report.layout import columns, say
from mlopt.report.numbers import size

# The rest is small change, and counted.
_NUM_SHOWN: Final = 8


def print_memory(uses: Mapping[str, MemoryUse], console: Console) -> None:
    """Print the parts of each program's peak, then its largest temporaries."""
    if not uses:
        return
    say(console, "", "Memory at its highest (temporaries share space, so their peak is")
    say(console, "less than their sum):", "")
    console.print(_parts(uses))
    for name, use in uses.items():
        if use.buffers:
            say(console, "", f"The largest temporaries of {name}:", "")
            console.print(_buffers(use.buffers[:_NUM_SHOWN]))
            say(console, *_left_out(use.buffers[_NUM_SHOWN:]))
    say(console, "")


def memory_to_json(uses: Mapping[str, MemoryUse]) -> dict[str, object]:
    """Bytes by part for each program, with all its temporaries."""
    return {
        name: {
            "peak_bytes": use.peak.total_bytes,
            "arguments_bytes": use.arguments_bytes,
            "constants_bytes": use.constants_bytes,
            "results_bytes": use.results_bytes,
            "transient_bytes": use.transient_bytes,
            "buffers": [
                {
                    "kernel": buffer.kernel,
                    "type": str(buffer.spec),
                    "num_bytes": buffer.spec.num_bytes,
                    "count": buffer.count,
                }
                for buffer in use.buffers
            ],
        }
        for name, use in uses.items()
    }


def _parts(uses: Mapping[str, MemoryUse]) -> Table:
    table = columns(
        "", "peak", "arguments", "constants", "results", "temporaries at the peak"
    )
    for name, use in uses.items():
        parts = (
            use.peak.total_bytes,
            use.arguments_bytes,
            use.constants_bytes,
            use.results_bytes,
            use.transient_bytes,
        )
        table.add_row(name, *map(size, parts))
    return table


def _buffers(buffers: tuple[Buffer, ...]) -> Table:
    table = columns("written by", "type", "size", "count")
    for buffer in buffers:
        spec = buffer.spec
        table.add_row(
            Text(buffer.kernel), str(spec), size(spec.num_bytes), str(buffer.count)
        )
    return table


def _left_out(buffers: tuple[Buffer, ...]) -> list[str]:
    if not buffers:
        return []
    count = sum(buffer.count for buffer in buffers)
    return [f"  and {count} more, each {size(buffers[0].spec.num_bytes)} or less"]
