"""Peak memory taken apart: the parts add up, and the largest buffers are named."""

import dataclasses
import io
from typing import Any

import pytest
from rich.console import Console

from mlopt.core.memory import Buffer, MemoryUse, PeakMemory
from mlopt.core.objective import Goal
from mlopt.core.tensors import TensorSpec
from mlopt.report.memory import memory_to_json, print_memory
from mlopt.report.sentences import aim
from mlopt.report.table import print_result

MIB = 2**20
WIDE = Buffer(
    kernel="main_dispatch_0_[red]matmul",
    spec=TensorSpec(shape=(512, 1024), dtype="float32"),
    count=2,
)


@pytest.fixture
def use():
    return MemoryUse(
        peak=PeakMemory(resident_bytes=7 * MIB, pool_bytes=5 * MIB),
        arguments_bytes=6 * MIB,
        results_bytes=2 * MIB,
        buffers=(WIDE,),
    )


def printed(use):
    text = io.StringIO()
    print_memory({"tuned": use}, Console(file=text, width=120))
    return text.getvalue()


def test_the_parts_add_up_to_the_peak(use):
    assert (use.constants_bytes, use.transient_bytes) == (MIB, 3 * MIB)
    parts = (6 * MIB, use.constants_bytes, use.results_bytes, use.transient_bytes)
    assert sum(parts) == use.peak.total_bytes == 12 * MIB


def test_parts_and_the_largest_buffers_are_shown_without_markup(use):
    text = printed(use)
    for cell in ("12.0 MiB", "6.00 MiB", "1.00 MiB", "3.00 MiB", "float32[512,1024]"):
        assert cell in text
    assert "main_dispatch_0_[red]matmul" in text


def test_small_change_is_counted(use):
    small = Buffer(kernel="k", spec=TensorSpec(shape=(256,), dtype="float32"), count=3)
    many = dataclasses.replace(use, buffers=(WIDE, *[small] * 9))
    assert "and 6 more, each 1.00 KiB or less" in printed(many)


def test_json_has_every_buffer_in_bytes(use):
    content: Any = memory_to_json({"tuned": use})["tuned"]
    assert content["peak_bytes"] == 12 * MIB
    assert content["transient_bytes"] == 3 * MIB
    assert content["buffers"] == [
        {
            "kernel": WIDE.kernel,
            "type": "float32[512,1024]",
            "num_bytes": 2 * MIB,
            "count": 2,
        }
    ]


def test_where_memory_was_the_objective_its_numbers_are_the_verdict(result):
    frugal = dataclasses.replace(
        result,
        tuned=dataclasses.replace(result.tuned, peak_memory_bytes=9 * MIB),
        goal=Goal.of("memory", "10MiB"),
    )
    assert aim(result) == ""
    assert aim(frugal) == (
        "Objective: memory, at most 10.0 MiB; the peak is 9.00 MiB, 75.0% of default's "
        "12.0 MiB."
    )
    text = io.StringIO()
    print_result(frugal, Console(file=text, width=160))
    assert aim(frugal) in text.getvalue()
    assert "Verdict" not in text.getvalue()
