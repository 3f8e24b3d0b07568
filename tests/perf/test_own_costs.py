"""What mlopt itself costs, as ratios within one run; not in the default run.

    make test TESTS="-m perf"

On a machine that does something else meanwhile these may fail for no reason of ours.
"""

from contextlib import closing

import numpy as np
import pytest

from mlopt.bench import imports
from mlopt.bench.rows import Unit, ratio_row
from mlopt.isolation import Worker


@pytest.fixture(scope="module")
def warm_calls(tmp_path_factory):
    db = tmp_path_factory.mktemp("perf") / "records.db"
    with closing(Worker(name="calls", env={"JAX_PLATFORMS": "cpu"})) as worker:
        times = worker.call(
            "mlopt.bench.jobs:time_warm_calls", str(db), 20, 1000, timeout_s=200.0
        )
    assert isinstance(times, dict)
    return times


@pytest.fixture(scope="module")
def import_costs():
    return imports.measure_imports(10)


def test_a_warm_call_costs_at_most_three_of_jax_jit(warm_calls):
    row = ratio_row(
        "warm_call",
        "warm call",
        warm_calls,
        ours="mlopt.jit",
        against="jax.jit",
        unit=Unit.COST,
        seed=0,
    )
    assert row.value <= 3.0, row


@pytest.mark.parametrize(
    # 0.3 s where a bare interpreter starts in 0.02 s is a factor of 15.
    ("program", "most"),
    [(imports.IMPORT, 4.0), (imports.HELP, 12.0)],
)
def test_a_start_costs_a_small_multiple_of_a_bare_interpreter(
    import_costs, program, most
):
    ours, bare = import_costs.wall_us[program], import_costs.wall_us[imports.BARE]
    assert np.median(ours) <= most * np.median(bare)
    assert not import_costs.heavy[program]
