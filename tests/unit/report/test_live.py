"""Progress shows what happened, in the form that fits where it is shown."""

import io

import pytest
from rich.console import Console

from mlopt.core.budget import Budget
from mlopt.core.measurement import FailureStatus
from mlopt.report.live import LiveProgress, PlainProgress, show_progress
from mlopt.report.progress import NullProgress


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def console(**settings) -> tuple[io.StringIO, Console]:
    stream = io.StringIO()
    return stream, Console(file=stream, width=80, **settings)


def test_lines_come_at_each_stage_and_every_few_seconds(clock):
    stream, plain = console()
    with PlainProgress(plain, Budget(trials=40), clock=clock) as progress:
        progress.stage("partition")
        progress.stage("search")
        progress.workload("matmul_[8]x8")
        progress.trial(None, 1.25)
        clock.now += 4
        progress.trial(FailureStatus.COMPILE_ERROR, None)
        clock.now += 2
        progress.trial(None, 1.1)
        progress.workload("softmax")
        clock.now += 65
        progress.trial(None, 0.9)
    assert stream.getvalue().splitlines() == [
        "partition: 0 s",
        "search: 0 s",
        "search: matmul_[8]x8: 3/40 trials, best 1.25x over default, 1 failed, 6 s",
        "search: softmax: 4/40 trials, 1 failed, 1 min 11 s",
    ]


def test_the_last_count_is_printed_at_the_end_of_a_stage(clock):
    stream, plain = console()
    progress = PlainProgress(plain, Budget(seconds=90.0), clock=clock)
    progress.stage("search")
    progress.workload("add")
    progress.trial(None, 1.0)
    progress.stage("final comparison")
    progress.close()
    assert stream.getvalue().splitlines() == [
        "search: 0 s of 1 min 30 s",
        "search: add: 1 trials, 0 s of 1 min 30 s",
        "final comparison: 1 trials, 0 s",
    ]


def test_lines_have_no_control_codes_and_are_never_broken(clock):
    stream, plain = console()
    with PlainProgress(plain, Budget(), clock=clock) as progress:
        progress.stage("search")
        progress.workload("x" * 200)
        progress.trial(None, 2.0)
    assert "\x1b" not in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 2


def test_the_display_shows_stage_workload_counts_and_gives_the_cursor_back(clock):
    stream, terminal = console(force_terminal=True, color_system=None)
    with LiveProgress(terminal, Budget(trials=4), clock=clock) as progress:
        progress.stage("search")
        progress.workload("matmul_8x8")
        progress.trial(None, 1.25)
        progress.trial(FailureStatus.RUN_CRASH, None)
        clock.now += 61
    last = stream.getvalue().rpartition("\x1b[2K")[2]
    assert "search  matmul_8x8" in last
    assert "2/4 trials, best 1.25x over default, 1 failed, 1 min 01 s" in last
    assert stream.getvalue().rstrip().endswith("\x1b[?25h")


def test_the_terminal_is_given_back_when_the_search_is_interrupted(clock):
    stream, terminal = console(force_terminal=True)
    with (
        pytest.raises(KeyboardInterrupt),
        LiveProgress(terminal, Budget(), clock=clock) as progress,
    ):
        progress.stage("search")
        raise KeyboardInterrupt
    assert stream.getvalue().rstrip().endswith("\x1b[?25h")
    progress.close()


def test_a_budget_that_is_overspent_is_shown(clock):
    stream, terminal = console(force_terminal=True, color_system=None)
    budget = Budget(trials=1, seconds=1.0)
    with LiveProgress(terminal, budget, clock=clock) as progress:
        progress.stage("search")
        clock.now += 5
        for _ in range(3):
            progress.trial(None, 1.0)
    assert "3/1 trials, 5 s of 1 s" in stream.getvalue()


@pytest.mark.parametrize(
    ("quiet", "terminal", "expected"),
    [
        (True, True, NullProgress),
        (True, False, NullProgress),
        (False, False, PlainProgress),
        (False, True, LiveProgress),
    ],
)
def test_the_progress_fits_the_console(monkeypatch, quiet, terminal, expected):
    monkeypatch.setenv("TERM", "xterm")
    stream, shown = console(force_terminal=terminal)
    with show_progress(shown, Budget(), quiet=quiet) as progress:
        assert type(progress) is expected
        progress.stage("search")
    assert bool(stream.getvalue()) is not quiet


def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    _, shown = console(force_terminal=True)
    with show_progress(shown, Budget()) as progress:
        assert type(progress) is PlainProgress
