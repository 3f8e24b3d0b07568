"""How every report is laid out: tables without frames, plain lines."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


def columns(first: str, *others: str) -> Table:
    """A table: its first column may fold, the others are whole and flush right."""
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True
    )
    table.add_column(first, overflow="fold")
    for column in others:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def say(console: Console, *lines: str) -> None:
    """Plain text, whole: no markup, no colours guessed, no line cut or broken."""
    for line in lines:
        console.print(Text(line), soft_wrap=True)
