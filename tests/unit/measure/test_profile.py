"""Reading the profiler's rows."""

import json

from mlopt.measure.profile import DispatchProfile, parse_statistics


def row(name, *, count, total_ns, row_type="host_execution_function"):
    return json.dumps(
        {
            "type": "statistics_row",
            "row_type": row_type,
            "function_name": name,
            "sample_count": count,
            "total_duration_ns": total_ns,
        }
    )


def test_counts_and_times_are_those_of_one_run():
    report = "\n".join(
        [
            '{"type":"statistics_summary","row_count":3}',
            row("dispatch_0", count=20, total_ns=5_000_000),
            row("dispatch_1", count=10, total_ns=80_000),
        ]
    )
    assert parse_statistics(report, 10) == {
        "dispatch_0": DispatchProfile(num_calls=2, total_us=500.0),
        "dispatch_1": DispatchProfile(num_calls=1, total_us=8.0),
    }


def test_rows_about_queues_and_commands_are_not_dispatches():
    report = "\n".join(
        [
            row("dispatch_0", count=1, total_ns=7_000),
            row(
                "dispatch_0",
                count=1,
                total_ns=7_000,
                row_type="host_execution_command_operation",
            ),
            row(
                None,
                count=3,
                total_ns=1,
                row_type="host_execution_queue_operation",
            ),
            "a line that is no row",
        ]
    )
    assert parse_statistics(report, 1) == {
        "dispatch_0": DispatchProfile(num_calls=1, total_us=7.0)
    }


def test_functions_of_one_name_are_added_up():
    report = "\n".join(row("same", count=2, total_ns=2_000) for _ in range(3))
    assert parse_statistics(report, 2) == {
        "same": DispatchProfile(num_calls=3, total_us=3.0)
    }
