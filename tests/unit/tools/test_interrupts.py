"""Ctrl-C is held back where it would crash, and sent again where it was swallowed."""

import gc
import signal
import sys
import threading
import time

import pytest

from mlopt.tools import interrupts


def test_an_interrupt_waits_for_the_end_of_the_block():
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts.held():
        signal.raise_signal(signal.SIGINT)
        reached.append("the end")
    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_an_interrupt_nothing_is_raised():
    with interrupts.held():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_in_the_block_is_the_one_that_is_seen():
    with pytest.raises(ValueError, match="ours"), interrupts.held():
        raise ValueError("ours")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_threads_have_nothing_to_hold():
    def work():
        with interrupts.held():
            done.append(True)

    done = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_an_interrupt_that_the_garbage_collector_swallowed_comes_again(capfd):
    swallowed = []

    def callback(phase, info):
        if not swallowed:
            swallowed.append(phase)
            signal.raise_signal(signal.SIGINT)

    gc.callbacks.append(callback)
    try:
        with pytest.raises(KeyboardInterrupt), interrupts.insisted_on():
            gc.collect()
            assert swallowed
            time.sleep(10)  # ends as soon as the signal arrives
    finally:
        gc.callbacks.remove(callback)
    assert capfd.readouterr().err == ""


def test_other_swallowed_exceptions_are_reported_as_ever(monkeypatch):
    class Careless:
        def __del__(self):
            raise ValueError("left behind")

    reported = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: reported.append(lost))
    with interrupts.insisted_on():
        Careless()
        gc.collect()
    assert [lost.exc_type for lost in reported] == [ValueError]
