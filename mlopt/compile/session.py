"""What is asked of the compiler, as functions of bytes and text for worker processes.

Each runs in a session of its own. All take the caller's flags, add none that change
code, and raise CompileError (the compiler refused), InputError (unreadable IR) or
ScheduleError. IR may always be bytecode or text; results are bytecode, because large
constants as text cost tens of bytes a number.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from mlopt.compile.invocation import Compilation
from mlopt.compile.options import CompileOptions
from mlopt.compile.scheduling import apply_schedules

# IREE's name of the phase after which every dispatch is a flow.executable.
_PARTITIONED: Final = "flow"
# The phase before code generation starts, and what that does before it reads a spec.
_SOURCES: Final = "executable-sources"
_BEFORE_TUNING_SPECS: Final = (
    "hal.executable(hal.executable.variant(builtin.module(func.func("
    "iree-codegen-type-propagation,"
    "iree-codegen-bubble-up-ordinal-ops,"
    "iree-codegen-bufferize-copy-only-dispatches,"
    "iree-codegen-decompose-softmax,"
    "iree-linalg-ext-convert-attention-to-online-attention"
    "))))"
)
_LOWER_STABLEHLO: Final = "iree-stablehlo-input-transformation-pipeline"


def lower_to_linalg(stablehlo: bytes | str) -> bytes:
    """StableHLO -> linalg on tensors, by IREE's own input pipeline."""
    with Compilation(CompileOptions(())) as compilation:
        compilation.parse(stablehlo)
        compilation.run_passes(_LOWER_STABLEHLO)
        return compilation.to_bytecode()


def to_flow(module: bytes | str, flags: Sequence[str]) -> bytes:
    """Partition a program: compile it until every dispatch is a flow.executable.

    Deterministic: equal input and flags give equal bytes.
    """
    with Compilation(CompileOptions(tuple(flags))) as compilation:
        compilation.parse(module)
        compilation.compile(end=_PARTITIONED)
        return compilation.to_bytecode()


def flow_to_vmfb(
    flow: bytes | str, flags: Sequence[str], schedules: Mapping[str, str] | None = None
) -> bytes:
    """Compile a partitioned program, with schedules on some of its executables.

    Args:
        flow: as `to_flow` returns it.
        schedules: executable symbol -> transform script; others keep the
            compiler's own choice.
    """
    if schedules:
        flow = apply_schedules(flow, schedules)
    options = CompileOptions(tuple(flags))
    with Compilation(options) as compilation:
        compilation.parse_with(flow, options.module_attributes)
        compilation.compile(start=_PARTITIONED)
        return compilation.to_vmfb()


def to_configuration(
    flow: bytes | str, flags: Sequence[str], schedules: Mapping[str, str]
) -> bytes:
    """A partitioned program, with schedules, where IREE looks into a tuning spec.

    By then some ops differ from the flow phase: softmax is decomposed, booleans
    have become bytes.
    """
    if schedules:
        flow = apply_schedules(flow, schedules)
    with Compilation(CompileOptions(tuple(flags))) as compilation:
        compilation.parse(flow)
        compilation.compile(start=_PARTITIONED, end=_SOURCES)
        compilation.run_passes(_BEFORE_TUNING_SPECS)
        return compilation.to_bytecode()


def compile_program(module: bytes | str, flags: Sequence[str]) -> bytes:
    """Compile a whole program, StableHLO or linalg, from its first phase."""
    options = CompileOptions(tuple(flags))
    with Compilation(options) as compilation:
        compilation.parse_with(module, options.module_attributes)
        compilation.compile()
        return compilation.to_vmfb()


def to_text(module: bytes | str) -> str:
    """Any module as MLIR text, for people."""
    with Compilation(CompileOptions(())) as compilation:
        compilation.parse(module)
        return compilation.to_text()


def schedule_flow(flow: bytes | str, schedules: Mapping[str, str]) -> bytes:
    """A partitioned program with schedules written onto its executables."""
    return apply_schedules(flow, schedules)
