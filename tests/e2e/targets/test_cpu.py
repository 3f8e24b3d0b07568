"""The compiler is asked once what this host is, and the answer is believed."""

import pytest

from mlopt.core.errors import TargetError
from mlopt.targets import cpu, cpu_options, probe
from mlopt.targets.diagnosis import check_targets
from mlopt.targets.registry import find_target


@pytest.fixture(scope="module")
def facts_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("facts")


def test_the_host_is_described_by_the_compiler(facts_dir):
    target = find_target(facts_dir=facts_dir)
    assert target.kind == "llvm-cpu"
    assert target.cpu
    assert list(target.features) == sorted(set(target.features))
    assert target.vector_bytes >= 16
    assert target.num_cores >= 1


def test_the_second_time_no_worker_is_started(facts_dir, monkeypatch):
    first = find_target(facts_dir=facts_dir)

    def refuse(**_):
        raise AssertionError("a worker was started")

    monkeypatch.setattr(cpu, "Worker", refuse)
    assert find_target("cpu", facts_dir=facts_dir) == first


def test_a_damaged_answer_is_asked_for_again(facts_dir):
    first = find_target(facts_dir=facts_dir)
    (kept,) = facts_dir.iterdir()
    kept.write_text('{"cpu": "imaginary"}')
    assert find_target(facts_dir=facts_dir) == first
    assert "imaginary" not in kept.read_text()


def test_flags_the_compiler_refuses_end_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(cpu, "COMPILE_FLAGS", ("--iree-no-such-flag",))
    with pytest.raises(TargetError, match="cannot describe this machine's CPU"):
        find_target(facts_dir=tmp_path)


@pytest.mark.parametrize("name", cpu_options.STOCK_OPTION_SETS)
def test_every_stock_option_set_compiles_and_gives_the_sum(name):
    worker = cpu.Worker(name=f"stock-{name}")
    flags = (*cpu.COMPILE_FLAGS, *cpu_options.STOCK_OPTION_SETS[name])
    job = f"{probe.__name__}:{probe.add_on_device.__name__}"
    try:
        result = worker.call(job, flags, cpu.DEVICE_URI, timeout_s=120)
    finally:
        worker.close()
    assert result == [11.0, 12.0, 13.0, 14.0]


def test_the_default_option_set_adds_nothing():
    assert cpu_options.STOCK_OPTION_SETS["default"] == ()
    assert next(iter(cpu_options.STOCK_OPTION_SETS)) == "default"


def test_every_target_is_checked_and_only_the_cpu_is_tuned():
    checks = {check.name: check for check in check_targets()}
    assert list(checks) == ["llvm-cpu", "vulkan", "cuda", "tpu"]
    assert checks["llvm-cpu"].works
    assert all(check.finding and check.advice for check in checks.values())
    assert not any("\n" in check.finding for check in checks.values())
