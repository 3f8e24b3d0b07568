"""What is to run: a request's pipeline or pass flags as steps that MLIR has accepted.

Runs in a worker process: imports iree.compiler.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from iree.compiler import ir, passmanager

from mlopt.driver.opt.passes import PASSES
from mlopt.driver.opt.pipeline import (
    OwnPass,
    Step,
    elements_of,
    steps_of,
)
from mlopt.driver.opt.request import OptRequest, PassCall, UsageError

_UNKNOWN_PASS: Final = "does not refer to a registered pass"
_PIPELINE: Final = "-pipeline"
_NOT_ON_MODULES: Final = re.compile(r"unsupported operation|unable to schedule pass")
_PARSER_PREFIX: Final = re.compile(r"^.*Parser[^:]*:(?:\d+:\d+:)? *(?:error: )?")


def plan(request: OptRequest, context: Any) -> tuple[Step, ...]:
    """The steps of a run, in order.

    Raises:
        UsageError: a pipeline that does not parse, an unknown pass or option.
    """
    elements = _elements(request, context)
    steps = steps_of(elements, PASSES)
    for step in steps:
        if isinstance(step, OwnPass):
            _check_options(step)
        else:
            _parse(step.text, context)
    return steps


def describe(steps: Sequence[Step], context: Any) -> str:
    """The pipeline as `--dump-pass-pipeline` shows it, every option spelt out."""
    elements: list[str] = []
    for step in steps:
        if isinstance(step, OwnPass):
            elements.append(_own_text(step))
        else:
            manager = passmanager.PassManager.parse(step.text, context)  # pyright: ignore
            elements.extend(elements_of(str(manager)))
    listing = ",\n".join(f"  {element}" for element in elements)
    return f"Pass Manager with {len(elements)} passes:\nbuiltin.module(\n{listing}\n)\n"


def _own_text(step: OwnPass) -> str:
    options = " ".join(f"{key}={value}" for key, value in step.options.items())
    return PassCall(name=step.name, options=options).text


def _elements(request: OptRequest, context: Any) -> tuple[str, ...]:
    if request.pipeline is not None:
        return elements_of(request.pipeline)
    return tuple(
        call.text if call.name in PASSES else _placed(call, context)
        for call in request.passes
    )


def _placed(call: PassCall, context: Any) -> str:
    """A pass flag as an element on a module.

    A pass that only runs on functions, say, runs on those in the module, as in
    mlir-opt. Which passes these are MLIR only tells by refusing to run one, so it is
    tried on an empty module; pipelines, which nest their passes themselves, are not.
    """
    nested = f"any({call.text})"
    manager = _parse(nested, context, flag=f"--{call.name}")
    # Asking the manager what it holds would be better, but printing some passes of
    # IREE 3.13 (iree-llvmcpu-tile) crashes.
    if call.name.endswith(_PIPELINE):
        return call.text
    said: list[str] = []
    handler = context.attach_diagnostic_handler(
        lambda diagnostic: said.append(diagnostic.message) is None
    )
    try:
        with context, ir.Location.unknown():
            manager.run(ir.Module.create().operation)
    except ir.MLIRError as error:
        said.append(str(error))
    finally:
        handler.detach()
    is_refused = any(_NOT_ON_MODULES.search(message) for message in said)
    return nested if is_refused else call.text


def _parse(text: str, context: Any, flag: str = "") -> Any:
    try:
        return passmanager.PassManager.parse(text, context)  # pyright: ignore
    except (ValueError, ir.MLIRError) as error:
        message = str(error).strip()
        if flag and _UNKNOWN_PASS in message:
            sentence = f"Unknown command line argument '{flag}'.  Try: mlopt-opt --help"
            raise UsageError(sentence) from error
        reason = _PARSER_PREFIX.sub("", message.splitlines()[0])
        raise UsageError(f"the pass pipeline was refused: {reason}") from error


def _check_options(step: OwnPass) -> None:
    known = PASSES[step.name]
    unknown = sorted(set(step.options) - known.options)
    if unknown and not known.takes_choices:
        raise UsageError(f"{step.name}: no such option {unknown[0]}")
