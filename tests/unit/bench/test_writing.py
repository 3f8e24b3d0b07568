"""The three forms of a report say the same."""

import dataclasses
import io
import json

import pytest
from rich.console import Console

from mlopt.bench.rows import Goal, Row, Spread, Unit
from mlopt.bench.writing import (
    Machine,
    Report,
    print_report,
    to_json_text,
    to_markdown,
)

MACHINE = Machine(
    processor="A [fast] chip",
    cpu="znver3",
    num_cores=2,
    l1d_bytes=32 << 10,
    l2_bytes=512 << 10,
    l3_bytes=32 << 20,
    memory_bytes=8 << 30,
)
ROWS = (
    Row(
        name="layer/default",
        what="layer, tuned",
        against="default",
        unit=Unit.SPEEDUP,
        value=1.5,
        num_samples=40,
        ci95=(1.4, 1.625),
        ours=Spread(median_us=1000.0, quartile_range_us=100.0),
        theirs=Spread(median_us=1500.0, quartile_range_us=30.0),
        goal=Goal(limit=1.25),
    ),
    Row(
        name="matmul/search",
        what="matmul, trials measured",
        against="",
        unit=Unit.RATE,
        value=1.25,
        num_samples=50,
        goal=Goal(limit=2.0),
        note="and 3 failed",
    ),
)


@pytest.fixture
def report():
    return Report(
        machine=MACHINE,
        versions={"mlopt": "0.1.0", "jax": "0.10"},
        seed=7,
        is_quick=False,
        rows=ROWS,
    )


def test_the_markdown_is_a_table_with_machine_versions_and_seed(report):
    text = to_markdown(report)
    assert text.startswith(
        "A [fast] chip (znver3), 2 cores, L1d 32.0 KiB, L2 512 KiB, L3 32.0 MiB, "
        "8.00 GiB memory; mlopt 0.1.0, jax 0.10; seed 7.\n\n"
    )
    assert (
        "| layer, tuned over default | 1.50x | 1.40x to 1.62x | 40 "
        "| 1.00 ms ±5% / 1.50 ms ±1% | at least 1.25x: met |\n"
    ) in text
    assert (
        "| matmul, trials measured | 1.25 /s | - | 50 | - "
        "| at least 2.00 /s: missed; and 3 failed |\n"
    ) in text


def test_every_line_of_the_table_has_as_many_cells(report):
    lines = [line for line in to_markdown(report).splitlines() if line[:1] == "|"]
    assert len(lines) == 2 + len(ROWS)
    assert len({line.count("|") for line in lines}) == 1


def test_the_terminal_shows_every_row_and_reads_no_markup(report):
    stream = io.StringIO()
    print_report(report, Console(file=stream, width=140))
    text = stream.getvalue()
    assert "A [fast] chip" in text
    assert all(row.what in text for row in ROWS)


def test_the_json_holds_rows_with_their_verdicts(report):
    data = json.loads(to_json_text(report))
    assert data["seed"] == 7
    assert data["machine"]["num_cores"] == 2
    assert [(r["name"], r["is_met"]) for r in data["rows"]] == [
        ("layer/default", True),
        ("matmul/search", False),
    ]
    assert data["rows"][0]["ci95"] == [1.4, 1.625]


def test_a_quick_run_cannot_be_taken_for_a_real_one(report):
    quick = dataclasses.replace(report, is_quick=True)
    assert "mean nothing" in to_markdown(quick)
    assert "mean nothing" not in to_markdown(report)
    assert json.loads(to_json_text(quick))["quick"] is True
