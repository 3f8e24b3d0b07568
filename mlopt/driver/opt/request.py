"""What is asked of `mlopt-opt` and what it answers, as values that cross processes.

Imports neither jax nor iree.
"""

import enum
from dataclasses import dataclass
from typing import Final

from mlopt.core.errors import MloptError

SPLIT_MARKER: Final = "// -----"


class UsageError(MloptError):
    """The command line makes no sense: exit code 2, not 1."""


class PassFailed(MloptError):
    """A pass of mlopt could not go on, and has already emitted its diagnostics."""


class Checking(enum.StrEnum):
    """What becomes of diagnostics: shown, or compared with `expected-*` comments."""

    OFF = "off"
    ALL = "all"
    ONLY_EXPECTED = "only-expected"


class Status(enum.IntEnum):
    """How a run ended; the value is the exit code."""

    DONE = 0
    FAILED = 1
    USAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCall:
    """One pass flag: `--name="options"`; `options` is "a=b c=d", "" for none."""

    name: str
    options: str = ""

    @property
    def text(self) -> str:
        """As an element of a textual pipeline."""
        return f"{self.name}{{{self.options}}}" if self.options else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class OptRequest:
    """One run of the tool.

    Attributes:
        data: the input: MLIR text or bytecode.
        name: of the input, as diagnostics show it.
        pipeline: of `--pass-pipeline`; None when there was none.
        passes: pass flags in the order of the command line.
        split_marker: the line between documents; None leaves the input whole.
        checking: of diagnostics.
        verify_each: verify the module after every pass.
        print_before, print_after: dump the module around every pass, to the log.
        timing: report on the time passes took, to the log.
        show_dialects: answer with the names of dialects instead of a module.
        allow_unregistered: take operations that nobody has registered.
        bytecode: answer in bytecode, not text.
        generic, debuginfo: how text is printed.
        dump_pipeline: write the pipeline to the log before it runs.
    """

    data: bytes
    name: str = "<stdin>"
    pipeline: str | None = None
    passes: tuple[PassCall, ...] = ()
    split_marker: str | None = None
    checking: Checking = Checking.OFF
    verify_each: bool = True
    print_before: bool = False
    print_after: bool = False
    timing: bool = False
    show_dialects: bool = False
    allow_unregistered: bool = False
    bytecode: bool = False
    generic: bool = False
    debuginfo: bool = False
    dump_pipeline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OptResult:
    """How it ended.

    Attributes:
        status: the exit code.
        output: for stdout or the output file; of the documents that succeeded.
        log: for stderr: diagnostics, dumps and reports, in the order they arose.
        sentence: the tool's own last word on stderr; "" for none.
    """

    status: Status
    output: bytes = b""
    log: str = ""
    sentence: str = ""
