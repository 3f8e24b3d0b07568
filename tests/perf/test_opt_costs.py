"""What it costs to start `mlopt-opt`, beside a bare interpreter."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

OPT = str(Path(sys.executable).with_name("mlopt-opt"))
NUM_RUNS = 9


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, input=b"", capture_output=True, check=True)
    return time.perf_counter() - start


@pytest.mark.parametrize(
    # 0.3 s and 1 s where a bare interpreter starts in 0.02 s.
    ("what", "arguments", "most"),
    [("--version", ["--version"], 15.0), ("an empty module", [], 50.0)],
)
def test_a_start_costs_a_small_multiple_of_a_bare_interpreter(
    what, arguments, most, capsys
):
    bare, ours = [sys.executable, "-c", ""], [OPT, *arguments]
    pairs = [(seconds(bare), seconds(ours)) for _ in range(NUM_RUNS)]
    low, high = np.median(pairs, axis=0)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{what}: {high * 1e3:.0f} ms, a bare interpreter {low * 1e3:.0f} ms, "
            f"n={NUM_RUNS}\n"
        )
    assert high <= most * low
