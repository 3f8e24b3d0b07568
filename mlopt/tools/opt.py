"""The `mlopt-opt` command: mlir-opt with IREE's passes and mlopt's own.

Reads the command line, calls `mlopt.driver.opt.client`, and writes what that gives:
IR to stdout or a file, everything else to stderr. Imports neither jax nor iree.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mlopt import defaults
from mlopt.driver.opt.request import (
    SPLIT_MARKER,
    Checking,
    OptRequest,
    OptResult,
    Status,
    UsageError,
)
from mlopt.tools import opt_flags

_STDIN: Final = "-"
_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `mlopt-opt` and exit: 0, 1 failed, 2 bad usage, 130 interrupted."""
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except UsageError as error:
        code = _complain(str(error), Status.USAGE)
    except KeyboardInterrupt:
        sys.stderr.write("mlopt-opt: interrupted\n")
        code = _INTERRUPTED
    except BrokenPipeError:
        # Nothing is left to be flushed into it at exit, which would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Status.FAILED
    except OSError as error:
        code = _complain(f"{error.filename or 'output'}: {error.strerror}", 1)
    sys.exit(int(code))


def _run(arguments: Sequence[str]) -> int:
    line = opt_flags.read(arguments)
    if line.is_set("help"):
        sys.stdout.write(_help())
        return Status.DONE
    if line.is_set("version"):
        sys.stdout.write(_versions())
        return Status.DONE
    timeout_s = _timeout_s(line)
    request = _request(line)
    from mlopt.driver.opt.client import execute

    return _answer(execute(request, timeout_s=timeout_s), line.values.get("o", "-"))


def _answer(result: OptResult, output: str) -> int:
    sys.stderr.write(result.log)
    sys.stderr.flush()
    if result.sentence:
        return _complain(result.sentence, result.status)
    if output == _STDIN:
        sys.stdout.buffer.write(result.output)
        sys.stdout.buffer.flush()
    elif result.status is Status.DONE:
        Path(output).write_bytes(result.output)
    return result.status


def _request(line: opt_flags.CommandLine) -> OptRequest:
    name, data = _input(line)
    split_marker = line.values.get("split-input-file")
    is_bytecode = line.is_set("emit-bytecode")
    if is_bytecode and split_marker is not None:
        raise UsageError("--emit-bytecode cannot join the parts of --split-input-file")
    pipeline = line.values.get("pass-pipeline")
    if pipeline is not None and line.passes:
        raise UsageError("'-pass-pipeline' option can't be used with individual passes")
    return OptRequest(
        data=data,
        name=name,
        pipeline=pipeline,
        passes=line.passes,
        split_marker=SPLIT_MARKER if split_marker == "" else split_marker,
        checking=_checking(line.values.get("verify-diagnostics")),
        verify_each=line.is_set("verify-each", otherwise=True),
        print_before=line.is_set("mlir-print-ir-before-all"),
        print_after=line.is_set("mlir-print-ir-after-all"),
        timing=line.is_set("mlir-timing"),
        show_dialects=line.is_set("show-dialects"),
        allow_unregistered=line.is_set("allow-unregistered-dialect"),
        bytecode=is_bytecode,
        generic=line.is_set("mlir-print-op-generic"),
        debuginfo=line.is_set("mlir-print-debuginfo"),
        dump_pipeline=line.is_set("dump-pass-pipeline"),
    )


def _input(line: opt_flags.CommandLine) -> tuple[str, bytes]:
    if len(line.inputs) > 1:
        raise UsageError(f"Too many positional arguments: {' '.join(line.inputs)}")
    path = line.inputs[0] if line.inputs else _STDIN
    if line.is_set("show-dialects"):
        return path, b""
    if path == _STDIN:
        return "<stdin>", sys.stdin.buffer.read()
    return path, Path(path).read_bytes()


def _checking(value: str | None) -> Checking:
    if value is None:
        return Checking.OFF
    if value in ("", Checking.ALL):
        return Checking.ALL
    if value == Checking.ONLY_EXPECTED:
        return Checking.ONLY_EXPECTED
    raise UsageError(f"--verify-diagnostics: '{value}' is not all or only-expected")


def _timeout_s(line: opt_flags.CommandLine) -> float:
    text = line.values.get("mlopt-timeout", str(defaults.OPT_TIMEOUT_S))
    try:
        timeout_s = float(text)
    except ValueError:
        timeout_s = 0.0
    if not 0.0 < timeout_s < float("inf"):
        raise UsageError(f"--mlopt-timeout: '{text}' is no number of seconds above 0")
    return timeout_s


def _help() -> str:
    from mlopt.driver.opt.passes import PASSES

    rows = [(f"--{n}{f.takes.value}", f.help) for n, f in opt_flags.FLAGS.items()]
    own = [(f"--{name}", own.help) for name, own in PASSES.items()]
    return (
        "Run MLIR passes on a module: IREE's and mlopt's own.\n\n"
        "Usage: mlopt-opt [flags] [FILE]      '-', the default, is stdin\n\n"
        f"Flags:\n{_table(rows)}\n"
        f"Passes of mlopt:\n{_table(own)}\n"
        'Every pass of IREE is a flag too: --canonicalize, --pass="a=b c=d".\n'
    )


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return "".join(f"  {left:<45} {right}\n" for left, right in rows)


def _versions() -> str:
    from mlopt.tools.versions import tool_versions

    rows = tool_versions().items()
    return "".join(f"{name} {version or 'not installed'}\n" for name, version in rows)


def _complain(sentence: str, code: int) -> int:
    sys.stderr.write(f"mlopt-opt: error: {sentence}\n")
    return code
