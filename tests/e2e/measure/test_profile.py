"""In-place times of the dispatches of compiled programs."""

import ml_dtypes
import numpy as np
import pytest

from mlopt.core.errors import MeasureError
from mlopt.measure.command_line import Invocation, tool_path
from mlopt.measure.memory import peak_memory_bytes
from mlopt.measure.profile import profile_dispatches

MATRIX_BYTES = 128 * 128 * 4
ON_ONE_THREAD = {"device_uri": "local-task", "num_threads": 1}


def test_every_dispatch_is_counted_and_timed(vmfb, inputs):
    profiles = profile_dispatches(
        vmfb("chain"), "main", inputs[0], **ON_ONE_THREAD, num_runs=4, timeout_s=60.0
    )
    # One kernel three times over, or kept apart: three calls in each run.
    assert sum(profile.num_calls for profile in profiles.values()) == 3
    assert all(profile.total_us > 0.0 for profile in profiles.values())
    assert all("matmul_128x128x128_f32" in name for name in profiles)


def test_calls_in_a_loop_count_once_each(vmfb, inputs):
    profiles = profile_dispatches(
        vmfb("repeated"), "main", inputs[0], **ON_ONE_THREAD, num_runs=2, timeout_s=60.0
    )
    assert max(profile.num_calls for profile in profiles.values()) == 300


@pytest.mark.parametrize("device_uri", ["local-task", "local-sync"])
def test_inputs_may_be_narrow_boolean_and_scalar(vmfb, device_uri):
    arrays = [
        np.ones((8, 4), ml_dtypes.bfloat16),
        np.array([True, False, True, True]),
        np.array(7, np.int32),
    ]
    profiles = profile_dispatches(
        vmfb("mixed"),
        "main",
        arrays,
        device_uri=device_uri,
        num_threads=1,
        num_runs=1,
        timeout_s=60.0,
    )
    assert [profile.num_calls for profile in profiles.values()] == [1]


def test_a_program_that_fails_is_refused_in_a_sentence(vmfb, inputs):
    with pytest.raises(MeasureError, match="cannot profile") as caught:
        profile_dispatches(
            vmfb("assertion"),
            "main",
            inputs[0],
            **ON_ONE_THREAD,
            num_runs=1,
            timeout_s=60.0,
        )
    assert "\n" not in str(caught.value)


def test_an_endless_program_is_stopped(vmfb, inputs):
    with pytest.raises(MeasureError, match="timed out"):
        profile_dispatches(
            vmfb("hang"), "main", inputs[0], **ON_ONE_THREAD, num_runs=1, timeout_s=0.5
        )


def test_temporaries_count_as_memory(vmfb, inputs):
    with Invocation.of(
        vmfb("chain"), "main", inputs[0], **ON_ONE_THREAD, num_outputs=1
    ) as chain:
        # Two inputs, two temporaries, one result.
        assert peak_memory_bytes(chain, timeout_s=60.0) == 5 * MATRIX_BYTES
        endless = chain.with_module(vmfb("hang"))
        assert peak_memory_bytes(endless, timeout_s=0.5) is None


def test_an_unknown_dtype_and_a_missing_tool_are_refused():
    with pytest.raises(MeasureError, match="int4"):
        Invocation.of("p.vmfb", "main", [np.ones(2, ml_dtypes.int4)], **ON_ONE_THREAD)
    with pytest.raises(MeasureError, match="iree-run-nothing is missing"):
        tool_path("iree-run-nothing")
