"""Jobs that ask the compiler and the devices; they run inside worker processes only.

Each is a module-level function that a `mlopt.isolation.Worker` calls by its name.
IREE is imported inside them, never when this module is: a driver or the compiler
may abort, and then only the worker is lost.
"""

import ctypes
import re
from collections.abc import Sequence
from typing import Final

from mlopt.targets.host_facts import HostFacts

# An empty function is enough: the resolved target stands on the module.
_EMPTY_PROGRAM: Final = b"util.func public @probe() { util.return }\0"
_SUM_PROGRAM: Final = b"""
func.func @add(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %sum = arith.addf %a, %b : tensor<4xf32>
  return %sum : tensor<4xf32>
}
\0"""


def probe_host_cpu(flags: Sequence[str]) -> HostFacts:
    """Resolve `host` as the compiler does, from the target it writes on a module.

    Args:
        flags: compiler flags of the CPU target, `--iree-llvmcpu-target-cpu=host`
            among them.

    Raises:
        ValueError: the compiler failed, or its output names no target.
    """
    return parse_target(_compile(_EMPTY_PROGRAM, flags, to_flow=True).decode())


def parse_target(module: str) -> HostFacts:
    """Read the `#hal.executable.target` attribute of a printed module.

    LLVM reads a feature list from left to right and the last word on a feature
    wins ("+mwaitx,...,-mwaitx" is off), so we do the same.

    Raises:
        ValueError: an entry is missing.
    """
    attribute = module.partition("#hal.executable.target<")[2]
    words = filter(None, _entry(attribute, "cpu_features").split(","))
    last_sign = {word[1:]: word[0] for word in words}
    features = sorted(name for name, sign in last_sign.items() if sign == "+")
    return HostFacts(
        triple=_entry(attribute, "target_triple"),
        cpu=_entry(attribute, "cpu"),
        features=tuple(features),
        vector_bytes=int(_entry(attribute, "native_vector_size")),
    )


def add_on_device(flags: Sequence[str], device_uri: str) -> list[float]:
    """Compile a four-element addition and run it: [1, 2, 3, 4] + 10 each."""
    import numpy as np
    from iree import runtime

    vmfb = _compile(_SUM_PROGRAM, flags, to_flow=False)
    config = runtime.Config(device_uri)
    module = runtime.VmModule.copy_buffer(config.vm_instance, vmfb)
    context = runtime.SystemContext(vm_modules=[module], config=config)
    left = np.arange(1, 5, dtype=np.float32)
    result = context.modules.module.add(left, np.full(4, 10, np.float32))
    return result.to_host().tolist()


def list_devices(driver: str) -> list[str]:
    """Names of the devices an IREE driver sees.

    Raises:
        RuntimeError, ValueError: the driver's library is missing; IREE's own words.
    """
    from iree import runtime

    devices = runtime.get_driver(driver).query_available_devices()
    return [str(device["name"]) for device in devices]


def _entry(attribute: str, name: str) -> str:
    found = re.search(rf'\b{name} = (?:"([^"]*)"|(\d+) :)', attribute)
    if found is None:
        raise ValueError(f"the compiler's target attribute has no entry {name}")
    return found[1] or found[2] or ""


def _compile(program: bytes, flags: Sequence[str], *, to_flow: bool) -> bytes:
    """Compile MLIR text, to printed flow IR or to a VM flatbuffer.

    Raises:
        ValueError: the compiler refused; it has said why on stderr.
    """
    from iree.compiler.api import Output, Session, Source, ctypes_dl

    session = Session()
    session.set_flags(*flags, "--iree-codegen-tuning-spec-path=")
    invocation = session.invocation()
    invocation.enable_console_diagnostics()
    parsed = invocation.parse_source(Source.wrap_buffer(session, program))
    if to_flow:
        # Exported by the wheel's library, not wrapped by its Python API.
        set_phase = ctypes_dl._dylib.ireeCompilerInvocationSetCompileToPhase
        set_phase.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        set_phase(invocation._inv_p, b"flow")
    if not (parsed and invocation.execute()):
        raise ValueError(f"the compiler refused a probe with flags {' '.join(flags)}")
    output = Output.open_membuffer()
    write = invocation.output_ir if to_flow else invocation.output_vm_bytecode
    write(output)
    return bytes(output.map_memory())
