"""The flags of `mlopt-opt`, as LLVM's tools read them: a table, and who reads it.

Not click: flags may have one dash or two, every pass is a flag that no table lists, and
their order counts. Imports neither jax nor iree.
"""

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mlopt.driver.opt.request import PassCall, UsageError

_PASS_FLAG: Final = re.compile(
    r"(?P<name>[A-Za-z][\w.\-]*)(?:=(?P<given>.*)|\{(?P<braced>.*)\})?", re.DOTALL
)
_TRUTHS: Final = {"": "true", "1": "true", "true": "true", "TRUE": "true"}
_FALSEHOODS: Final = {"0": "false", "false": "false", "FALSE": "false"}


class Takes(enum.Enum):
    """What follows a flag."""

    TRUTH = "[=true|false]"
    VALUE = "=VALUE"
    PERHAPS = "[=VALUE]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag: what it takes, and a line of help."""

    takes: Takes
    help: str


FLAGS: Final[Mapping[str, Flag]] = {
    "allow-unregistered-dialect": Flag(
        takes=Takes.TRUTH, help="Allow operations that no dialect has registered."
    ),
    "dump-pass-pipeline": Flag(
        takes=Takes.TRUTH, help="Print the pipeline that will be run, to stderr."
    ),
    "emit-bytecode": Flag(takes=Takes.TRUTH, help="Write bytecode instead of text."),
    "help": Flag(takes=Takes.TRUTH, help="Print this and exit."),
    "mlir-disable-threading": Flag(
        takes=Takes.TRUTH, help="Accepted; passes always run in one thread here."
    ),
    "mlir-print-debuginfo": Flag(takes=Takes.TRUTH, help="Print locations."),
    "mlir-print-ir-after-all": Flag(
        takes=Takes.TRUTH, help="Print the IR after each pass, to stderr."
    ),
    "mlir-print-ir-before-all": Flag(
        takes=Takes.TRUTH, help="Print the IR before each pass, to stderr."
    ),
    "mlir-print-op-generic": Flag(
        takes=Takes.TRUTH, help="Print operations in their generic form."
    ),
    "mlir-timing": Flag(
        takes=Takes.TRUTH, help="Report how long passes took, to stderr."
    ),
    "mlopt-timeout": Flag(
        takes=Takes.VALUE, help="Seconds after which a run is stopped; 600."
    ),
    "o": Flag(takes=Takes.VALUE, help="Output file; '-', the default, is stdout."),
    "pass-pipeline": Flag(
        takes=Takes.VALUE, help="What to run: 'builtin.module(pass,...)'."
    ),
    "show-dialects": Flag(takes=Takes.TRUTH, help="Print the dialects and exit."),
    "split-input-file": Flag(
        takes=Takes.PERHAPS, help="Cut the input at lines '// -----', or at VALUE."
    ),
    "verify-diagnostics": Flag(
        takes=Takes.PERHAPS,
        help="Compare diagnostics with expected-* comments: all (default), "
        "only-expected.",
    ),
    "verify-each": Flag(takes=Takes.TRUTH, help="Verify after each pass; the default."),
    "version": Flag(takes=Takes.TRUTH, help="Print versions and exit."),
}
_SHORT: Final = {"h": "help"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """A command line as it was given.

    Attributes:
        values: flag -> its value, "true" and "false" for truths, "" for none.
        passes: pass flags in their order.
        inputs: positional arguments.
    """

    values: Mapping[str, str]
    passes: tuple[PassCall, ...]
    inputs: tuple[str, ...]

    def is_set(self, flag: str, *, otherwise: bool = False) -> bool:
        """Whether a truth was given as true."""
        return self.values.get(flag, "true" if otherwise else "false") == "true"


def read(arguments: Sequence[str]) -> CommandLine:
    """Read a command line; a flag given twice has its last value.

    Raises:
        UsageError: a value that is missing or makes no sense.
    """
    values: dict[str, str] = {}
    passes: list[PassCall] = []
    inputs: list[str] = []
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            inputs.extend(left)
        elif argument == "-" or not argument.startswith("-"):
            inputs.append(argument)
        else:
            _read_flag(argument, left, values, passes)
    return CommandLine(values=values, passes=tuple(passes), inputs=tuple(inputs))


def _read_flag(
    argument: str, left: Iterator[str], values: dict[str, str], passes: list[PassCall]
) -> None:
    bare = argument.removeprefix("-").removeprefix("-")
    name, equals, value = bare.partition("=")
    name = _SHORT.get(name, name)
    if name not in FLAGS:
        passes.append(_pass_call(argument, bare))
        return
    values[name] = _value(name, value if equals else None, left)


def _value(name: str, given: str | None, left: Iterator[str]) -> str:
    takes = FLAGS[name].takes
    if takes is Takes.TRUTH:
        truth = (_TRUTHS | _FALSEHOODS).get(given or "")
        if truth is None:
            raise UsageError(f"--{name}: '{given}' is neither true nor false")
        return truth
    if takes is Takes.VALUE and given is None:
        given = next(left, None)
        if given is None:
            raise UsageError(f"--{name} requires a value")
    return given or ""


def _pass_call(argument: str, bare: str) -> PassCall:
    match = _PASS_FLAG.fullmatch(bare)
    if match is None:
        raise UsageError(
            f"Unknown command line argument '{argument}'.  Try: mlopt-opt --help"
        )
    options = match["given"] if match["given"] is not None else match["braced"]
    return PassCall(name=match["name"], options=(options or "").strip())
