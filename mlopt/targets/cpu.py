"""The CPU target: the machine we stand on, compiled for by IREE's llvm-cpu back end.

Answers: what is this host to the compiler, and which of IREE's own option sets
must a tuned program beat. What the compiler resolves `host` to is asked once, in a
worker, and kept beside the cache of artifacts.
"""

import hashlib
import json
from contextlib import closing
from pathlib import Path
from typing import Final

from mlopt.core.errors import MloptError, TargetError
from mlopt.core.target import Target
from mlopt.isolation import Worker
from mlopt.targets import machine
from mlopt.targets.host_facts import HostFacts, read_facts, write_facts
from mlopt.targets.toolchain import compiler_version

KIND: Final = "llvm-cpu"
DEVICE_URI: Final = "local-task"
COMPILE_FLAGS: Final = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host",
    # With them a flatbuffer holds source lines that IREE reads from uninitialised
    # memory: the same program, compiled twice, would count as two.
    "--iree-llvmcpu-debug-symbols=false",
    # JAX means float64 where it says so; demoted, a call would not even load.
    "--iree-input-demote-f64-to-f32=false",
)
# Loading the compiler takes half a second; on a machine that swaps, far longer.
PROBE_TIMEOUT_S: Final = 120.0


def detect_cpu(facts_dir: Path) -> Target:
    """Describe this host as a Target, asking the compiler at most once a machine.

    Args:
        facts_dir: where the compiler's answer is kept; it need not be writable.

    Raises:
        TargetError: the compiler is not installed or does not know this host.
    """
    version = compiler_version()
    path = facts_dir / f"{_cache_key(version)}.json"
    facts = read_facts(path)
    if facts is None:
        facts = _ask_compiler()
        write_facts(path, facts)
    caches = machine.read_cache_sizes()
    return Target(
        kind=KIND,
        triple=facts.triple,
        cpu=facts.cpu,
        features=facts.features,
        num_cores=machine.count_cores(),
        vector_bytes=facts.vector_bytes,
        l1d_bytes=caches.l1d_bytes,
        l2_bytes=caches.l2_bytes,
        l3_bytes=caches.l3_bytes,
        compiler_version=version,
        compile_flags=COMPILE_FLAGS,
        device_uri=DEVICE_URI,
    )


def _cache_key(version: str) -> str:
    """Hash what the compiler's answer depends on: itself, the flags, the processor."""
    text = json.dumps([version, COMPILE_FLAGS, machine.processor_fingerprint()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _ask_compiler() -> HostFacts:
    job = "mlopt.targets.probe:probe_host_cpu"
    try:
        with closing(Worker(name="probe")) as worker:
            facts = worker.call(job, COMPILE_FLAGS, timeout_s=PROBE_TIMEOUT_S)
    except MloptError as error:
        raise TargetError(
            f"the compiler cannot describe this machine's CPU ({error}); "
            "`mlopt doctor` says what is missing"
        ) from error
    assert isinstance(facts, HostFacts)
    return facts
