"""Append records one by one: `appender.py DATABASE FIRST_SEED NUMBER`.

Prints each record's seed once it is stored. Run by test_many_processes.py.
"""

import sys

from mlopt.core.candidate import Trace
from mlopt.core.record import TuningRecord
from mlopt.records import Database


def record(seed: int) -> TuningRecord:
    """A record that differs from the others by its seed."""
    return TuningRecord(
        workload="a1b2",
        kind="contraction",
        target="llvm-cpu",
        compiler_version="3.13.0",
        space_version="1",
        mlopt_version="0.1.0",
        trace=Trace(space="configured", decisions=(("tile_m", seed),)),
        script="module {}",
        status=None,
        detail="",
        latency_us=(10.0,) * 30,
        baseline_us=(20.0,) * 30,
        speedup=2.0,
        speedup_low=1.9,
        speedup_high=2.1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=1,
        is_final=False,
        seed=seed,
        created_at="2025-01-02T03:04:05+00:00",
        provenance="test",
    )


def main(path: str, first_seed: int, number: int) -> None:
    """Append, say so, repeat."""
    with Database.open(path) as database:
        for seed in range(first_seed, first_seed + number):
            database.append([record(seed)])
            sys.stdout.write(f"{seed}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
