"""A thread that waits for workers is under SCHED_BATCH, and afterwards as it was."""

import gc
import os
import threading

import pytest

from mlopt.runtime import stop_preempting
from mlopt.runtime.waiting import call_without_preempting

pytestmark = pytest.mark.skipif(
    not hasattr(os, "SCHED_BATCH"), reason="only Linux has the policy"
)


def on_a_new_thread(function):
    """What the function returns on a thread that nothing was done to."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def policy_during_a_call():
    policies = []
    call_without_preempting(lambda: policies.append(os.sched_getscheduler(0)))
    return policies[0]


def test_the_policy_is_changed_for_the_call_alone():
    def seen():
        return policy_during_a_call(), os.sched_getscheduler(0)

    assert on_a_new_thread(seen) == (os.SCHED_BATCH, os.SCHED_OTHER)


def test_the_policy_comes_back_after_a_failure():
    def seen():
        with pytest.raises(ZeroDivisionError):
            call_without_preempting(divmod, 1, 0)
        return os.sched_getscheduler(0)

    assert on_a_new_thread(seen) == os.SCHED_OTHER


def test_a_thread_of_ours_keeps_it_and_no_other_thread_has_it():
    def seen():
        stop_preempting()
        stop_preempting()
        call_without_preempting(gc.collect)
        return os.sched_getscheduler(0)

    assert on_a_new_thread(seen) == os.SCHED_BATCH
    assert on_a_new_thread(lambda: os.sched_getscheduler(0)) == os.SCHED_OTHER


def test_a_policy_that_somebody_chose_stays():
    def seen():
        # The only other policy that needs no privilege.
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        during = policy_during_a_call()
        stop_preempting()
        return during, os.sched_getscheduler(0)

    assert on_a_new_thread(seen) == (os.SCHED_IDLE, os.SCHED_IDLE)
