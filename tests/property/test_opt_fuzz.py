"""mlopt-opt survives whatever it is given: 10,000 inputs, the same in every run.

`-s` shows how many parsed and how many crashed IREE's own parser.
"""

import collections
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlopt.driver.opt.request import SPLIT_MARKER, Checking, OptRequest, Status
from tests.property.fuzz import corpus, running
from tests.property.fuzz.generated import modules
from tests.property.fuzz.mutation import mutated

SEED = 1
NUM_TEXTS, NUM_BYTECODES, NUM_GENERATED = 8600, 400, 1000
NUM_WORKERS = 2
SHOWN = 5

DEEP = b"module {" * 20_000 + b"}" * 20_000
# IREE 3.13 dies of each. For a result's number the parser allocates a list: of 32 GB.
CRASHES = {
    "a result's number": b'"mlopt.a"(%0#2147483648) : (i1) -> ()',
    "deep nesting": DEEP,
    "bytecode with a byte changed": (
        b"ML\xefR\rMLIR24.0.0git\x00\x01\x17\x05\x01\x05\x05\x01\x03\x0b\x03\x05\x07"
        b"\x0f\x03\x1b\r\x03\x01\r\x0b\x13\x0b\x0b\x13\x13\x01\x03\x0f\x02+\x05\t"
        b"\x17\x01\x01\x01\r\x01\x05\x0b\x17\x01)\x03\x17\x01+\x07\x05\x01\x01\x041"
        b"\x07\x01P\x03\x01\x07\x04!\x03\x01\x05\x03P\t\x03\x07\x04\r\x03\x01\x05\x05"
        b"\x00\x0b\x06\x03\x01\x05\x01\x00U\r\r\x05\x0f\x0f\x0b\x11builtin\x00func\x00"
        b"module\x00return\x00-\x00empty\x00\x08\x17\x05\x05\x01\x01\r\x01\x05\x01\x01"
        b"\x07\x01"
    ),
}
# Each was a traceback, a crash of Python's bindings or a false success once.
REFUSED = {
    "deeper than Python goes": (b"module {" * 2000 + b"}" * 2000, "nest too deep"),
    "name of an operation": (rb'"mlopt.\FF"() : () -> ()', "not UTF-8"),
    "name of a registered dialect": (rb'"func.\FF"() : () -> ()', "not UTF-8"),
    "name of an attribute": (rb'"mlopt.list"() {"\FF" = 1} : () -> ()', "not UTF-8"),
    "bytes in a name": (b'"mlopt.\xff"() : () -> ()', "not UTF-8"),
    "nested symbol": (
        b'"mlopt.schedule"() {space = @a::@b, workload = "00", decisions = {}, '
        b'speedup = 1.0, provenance = ""} : () -> ()',
        "must be a #builtin.symbol_ref",
    ),
    "broken regular expression": (
        b"// expected-error-re {{a{{(}}}}\n",
        "invalid regular expression",
    ),
    "line in thousands of digits": (
        b"// expected-error@+" + b"9" * 5000 + b" {{a}}\n",
        "was not produced",
    ),
}
LIMITED = 'ulimit -d 8000000 && exec "$@"'
TOOL = (sys.executable, "-c", "from mlopt.tools.opt import main; main()")


def request_of(rng: random.Random, data: bytes) -> OptRequest:
    checking = rng.choice((Checking.OFF, Checking.OFF, *Checking))
    return OptRequest(
        data=data,
        split_marker=rng.choice((None, None, SPLIT_MARKER)),
        checking=checking,
        allow_unregistered=rng.random() < 0.2,
        generic=rng.random() < 0.2,
        debuginfo=rng.random() < 0.2,
    )


def mutants(rng: random.Random, seeds: list[bytes], count: int) -> list[OptRequest]:
    """Small seeds more often than large ones, which say the same many times."""
    weights = [1 / max(300, len(seed)) for seed in seeds]
    pairs = (rng.choices(seeds, weights, k=2) for _ in range(count))
    return [request_of(rng, mutated(rng, one, other)) for one, other in pairs]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def check_all(requests: list[OptRequest], what: str) -> None:
    results = running.run_all(requests, num_workers=NUM_WORKERS)
    assert len(results) == len(requests)
    pairs = list(zip(requests, results, strict=True))
    wrong = [(c, q) for q, r in pairs if (c := running.complaint(r))]
    crashes = [(r.sentence, q.data) for q, r in pairs if running.is_crash(r)]
    statuses = collections.Counter(result.status.name for result in results)
    say(f"\n{len(results)} {what}: {dict(statuses)}, {len(crashes)} crashes")
    for sentence, data in sorted(crashes, key=lambda pair: len(pair[1]))[:SHOWN]:
        say(f"{sentence}: {data!r}")
    assert wrong == [], wrong[:SHOWN]
    check_round_trips([q for pair in pairs if (q := running.again(*pair))])


def check_round_trips(requests: list[OptRequest]) -> None:
    results = running.run_all(requests, num_workers=NUM_WORKERS)
    say(f"{len(requests)} outputs fed back")
    wrong = [
        (q.data, r.output, r.log[:400])
        for q, r in zip(requests, results, strict=True)
        if r.output != q.data
    ]
    assert wrong == [], wrong[:SHOWN]


def test_no_mutated_text_is_too_much_for_the_tool():
    check_all(mutants(random.Random(SEED), corpus.texts(), NUM_TEXTS), "texts")


def test_no_mutated_bytecode_is_too_much_for_the_tool():
    written = [OptRequest(data=text, bytecode=True) for text in corpus.texts()]
    results = running.run_all(written, num_workers=NUM_WORKERS)
    seeds = [result.output for result in results if result.output]
    check_all(mutants(random.Random(SEED), seeds, NUM_BYTECODES), "bytecodes")


@pytest.fixture(scope="module")
def runner():
    with running.runner() as runner:
        yield runner


@settings(max_examples=NUM_GENERATED, derandomize=True, database=None)
@given(data=modules(), rng=st.integers(0, 99).map(random.Random))
def test_no_generated_module_is_too_much_for_the_tool(runner, data, rng):
    request = request_of(rng, data)
    (result,) = runner.run([request])
    assert running.complaint(result) == ""
    if following := running.again(request, result):
        assert runner.run([following])[0].output == result.output


@pytest.mark.parametrize("data", CRASHES.values(), ids=CRASHES)
def test_a_crash_of_the_parser_is_a_sentence(data):
    command = ["sh", "-c", LIMITED, "sh", *TOOL]
    done = subprocess.run(
        command, input=data, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(b"mlopt-opt: error: the compiler crashed (SIG")


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_python_cannot_take_is_a_diagnostic(runner, data, reason):
    checking = Checking.ALL if b"expected-" in data else Checking.OFF
    (result,) = runner.run([OptRequest(data=data, checking=checking)])
    assert (result.status, result.sentence) == (Status.FAILED, "")
    assert reason in result.log
    assert running.complaint(result) == ""


def test_an_error_that_cannot_be_read_is_still_unexpected(runner):
    request = OptRequest(data=rb'"func.\FF"() : () -> ()', checking=Checking.ALL)
    (result,) = runner.run([request])
    assert result.status is Status.FAILED
    assert "unexpected error" in result.log


def test_a_crash_costs_no_other_input_its_result(runner):
    small = b"module {\n}\n\n"
    first, second, third = runner.run(
        [OptRequest(data=data) for data in (small, DEEP, small)]
    )
    assert running.is_crash(second)
    assert running.complaint(second) == ""
    assert first.output == third.output == small
