"""The final table, as it is printed where there is no terminal."""

import dataclasses
import io

import pytest
from rich.console import Console

from mlopt.core.measurement import Interval
from mlopt.core.report import Verdict
from mlopt.report.table import print_result


def printed(result, *, width=120, **settings) -> str:
    stream = io.StringIO()
    print_result(result, Console(file=stream, width=width, **settings))
    return stream.getvalue()


@pytest.fixture
def no_gain(result):
    """Within the noise of both baselines; every workload left alone."""
    return dataclasses.replace(
        result,
        speedup={
            "default": Interval(value=1.01, low=0.99, high=1.03),
            "stock_best": Interval(value=0.95, low=0.93, high=0.97),
        },
        verdict=Verdict.NO_SIGNIFICANT_GAIN,
        workloads=result.workloads[1:],
        failures=(),
        notes=(),
        schedule_path=None,
    )


def test_a_gain_matches_the_golden_table(result, check_golden):
    check_golden("gain.txt", printed(result))


def test_no_gain_matches_the_golden_table(no_gain, check_golden):
    check_golden("no_gain.txt", printed(no_gain))


def test_each_program_has_its_row_and_only_tuned_has_speedups(result):
    _, _, _, _, _, *rows = printed(result).splitlines()[:8]
    assert [" ".join(row.split()) for row in rows] == [
        "default 12.3 ms 12.2 to 12.5 ms 12.0 MiB",
        "stock-best 10.1 ms 10.0 to 10.3 ms 12.0 MiB",
        "tuned 8.21 ms 8.13 to 8.33 ms 12.0 MiB 1.50x 1.23x",
    ]


def test_a_narrow_console_matches_the_golden_table(result, check_golden):
    check_golden("narrow.txt", printed(result, width=80))


def test_an_interval_around_one_is_called_no_significant_gain(no_gain):
    text = printed(no_gain)
    assert "no significant gain: 1.01x over default" in text
    assert "slower: 0.950x over stock-best" in text
    assert "Verdict: no significant gain" in text


def test_without_a_file_the_reader_is_told_how_to_get_one(result):
    text = printed(dataclasses.replace(result, schedule_path=None))
    assert "--export DIR" in text


def test_no_control_codes_reach_a_file(result):
    assert "\x1b" not in printed(result)


def test_markup_in_names_is_printed_as_it_is(result):
    named = dataclasses.replace(
        result, name="f[red]", base_name="[/x]", stock_best_name="[bold]"
    )
    text = printed(named)
    assert "f[red] on" in text
    assert 'stock-best is "[bold]", tuned is built on "[/x]"' in text


def test_a_terminal_that_knows_ascii_only_gets_ascii(result):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_result(result, Console(file=stream, width=120))
    stream.flush()
    assert stream.buffer.getvalue().startswith(b"bert_layer on")  # type: ignore
