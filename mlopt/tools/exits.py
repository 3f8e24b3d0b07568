"""How a command ends: its exit code, and the sentence it leaves on stderr.

0 done; 1 failed, with one sentence; 2 bad usage; 130 interrupted. A traceback means
a bug of ours. stdout carries results only, so everything here goes to stderr.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NoReturn, TypeVar

import click

from mlopt.core.errors import MloptError
from mlopt.tools import interrupts

FAILED: Final = 1
INTERRUPTED: Final = 130
_VERBOSE: Final = "verbose"
# What errors of the compiler and of worker processes carry besides their sentence.
_DETAILS: Final = ("diagnostics", "traceback_text", "output")

Function = TypeVar("Function", bound=Callable[..., object])


def exit_code_of(command: click.Command, arguments: Sequence[str] | None) -> int:
    """Run a command line and turn whatever it ends in into an exit code.

    A command that is interrupted may raise `click.Abort(sentence)` to say what is
    kept; Ctrl-C anywhere else gets the bare word.
    """
    state: dict[str, bool] = {}
    try:
        with interrupts.insisted_on():
            code = command.main(
                arguments, prog_name="mlopt", standalone_mode=False, obj=state
            )
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except MloptError as error:
        _show(error, is_verbose=state.get(_VERBOSE, False))
        return FAILED
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo(f"mlopt: {str(error) or 'interrupted'}", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    return code if isinstance(code, int) else 0


def leave(code: int) -> NoReturn:
    """End the process with an exit code.

    After Ctrl-C the interpreter is not torn down: libraries that were interrupted at
    work (XLA's) may crash in it, and the shell would report that.
    """
    if code == INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def verbose_option(function: Function) -> Function:
    """Add `--verbose`: log to stderr, and show the whole of an error's diagnostics."""
    return click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_set_verbose,
        help="Show logs and full diagnostics on stderr.",
    )(function)


def _set_verbose(ctx: click.Context, param: click.Parameter, is_wanted: bool) -> None:
    if not is_wanted:
        return
    ctx.ensure_object(dict)[_VERBOSE] = True
    logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger("mlopt").setLevel(logging.INFO)


def _show(error: MloptError, *, is_verbose: bool) -> None:
    click.echo(f"mlopt: error: {error}", err=True)
    details = list(_details(error))
    if details and not is_verbose:
        details = ["mlopt: --verbose shows the full diagnostics"]
    for detail in details:
        click.echo(detail, err=True)


def _details(error: BaseException | None) -> Iterator[str]:
    """What an error and its causes know beyond their sentences, outermost first."""
    while error is not None:
        for name in _DETAILS:
            if text := str(getattr(error, name, "") or "").strip():
                yield text
        error = error.__cause__


def _forget_stdout() -> None:
    """Send what is still buffered nowhere: the reader of our stdout has gone.

    Without this the interpreter tries to flush it at exit, and complains.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
