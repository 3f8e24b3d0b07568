"""Every way a command can end has its exit code and its sentence on stderr."""

import click
import pytest

from mlopt.core.errors import CompileError, InputError
from mlopt.tools.exits import exit_code_of, verbose_option


def _raising(error: BaseException) -> click.Command:
    @click.command()
    @verbose_option
    def probe() -> None:
        raise error

    return probe


def test_a_command_that_returns_has_succeeded(capsys):
    @click.command()
    def probe() -> None:
        click.echo("result")

    assert exit_code_of(probe, []) == 0
    assert capsys.readouterr() == ("result\n", "")


def test_a_command_may_choose_its_exit_code():
    @click.command()
    @click.pass_context
    def probe(ctx: click.Context) -> None:
        ctx.exit(1)

    assert exit_code_of(probe, []) == 1


def test_an_error_of_ours_is_one_sentence_on_stderr(capsys):
    assert exit_code_of(_raising(InputError("no file x.mlir")), []) == 1
    assert capsys.readouterr() == ("", "mlopt: error: no file x.mlir\n")


def test_diagnostics_are_kept_behind_verbose(capsys):
    error = CompileError("first error", diagnostics="line 1\nline 2")
    assert exit_code_of(_raising(error), []) == 1
    quiet = capsys.readouterr().err
    assert quiet.startswith("mlopt: error: first error\n")
    assert "line 1" not in quiet
    assert "--verbose" in quiet

    assert exit_code_of(_raising(error), ["--verbose"]) == 1
    assert capsys.readouterr().err == "mlopt: error: first error\nline 1\nline 2\n"


def test_the_diagnostics_of_a_cause_are_shown_too(capsys):
    error = InputError("cannot compile")
    error.__cause__ = CompileError("first error", diagnostics="what it said")
    assert exit_code_of(_raising(error), ["-v"]) == 1
    assert "what it said" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--no-such-flag"], ["too", "many"]])
def test_bad_usage_exits_with_2(capsys, arguments):
    assert exit_code_of(_raising(InputError("never raised")), arguments) == 2
    assert capsys.readouterr().out == ""


def test_ctrl_c_exits_with_130_and_says_so(capsys):
    assert exit_code_of(_raising(KeyboardInterrupt()), []) == 130
    assert capsys.readouterr().err.strip() == "mlopt: interrupted"


def test_an_interrupted_command_may_say_what_is_kept(capsys):
    assert exit_code_of(_raising(click.Abort("trials are kept")), []) == 130
    assert capsys.readouterr().err == "mlopt: trials are kept\n"


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        exit_code_of(_raising(ZeroDivisionError()), [])
