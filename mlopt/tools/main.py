"""The `mlopt` command: its group of subcommands, and `--version`."""

import importlib
from collections.abc import Sequence
from typing import Final

import click

from mlopt.tools.doctor_command import doctor
from mlopt.tools.exits import exit_code_of, leave
from mlopt.tools.explain_command import explain
from mlopt.tools.records_commands import records
from mlopt.tools.run_command import run
from mlopt.tools.tune_command import tune

# What measures the whole product stands above its tools, so its commands are looked up.
_BENCH: Final = ("mlopt.bench.tabular.command", "bench")


class _Commands(click.Group):
    """The tools' own commands, and the benchmark's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), _BENCH[1]])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != _BENCH[1]:
            return super().get_command(ctx, cmd_name)
        command = getattr(importlib.import_module(_BENCH[0]), cmd_name)
        assert isinstance(command, click.Command)
        return command


def _print_versions(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from mlopt.tools.versions import tool_versions

    for name, version in tool_versions().items():
        click.echo(f"{name} {version or 'not installed'}")
    ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_versions,
    help="Print the versions of mlopt, JAX, IREE and LLVM.",
)
def cli() -> None:
    """Make JAX programs faster by measured schedules that IREE compiles."""


cli.add_command(tune)
cli.add_command(run)
cli.add_command(explain)
cli.add_command(records)
cli.add_command(doctor)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `mlopt` and exit: 0, 1 failed, 2 bad usage, 130 interrupted."""
    leave(exit_code_of(cli, arguments))
