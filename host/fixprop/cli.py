"""The command line. Each command lives in a file of its own under commands/, read when it is used."""

from __future__ import annotations

import sys
from importlib import import_module
from keyword import iskeyword

import click

from fixprop import __version__
from fixprop.errors import FixpropError

INTERRUPTED = 130
COMMANDS = (
    "bench",
    "budget",
    "calibrate",
    "completion",
    "dashboard",
    "demo",
    "doctor",
    "examples",
    "export",
    "flash",
    "generate",
    "hello",
    "import",
    "monitor",
    "pull",
    "push",
    "record",
    "replay",
    "report",
    "sweep",
    "train",
    "verify",
)


class Commands(click.Group):
    """Command NAME is the function of that name in fixprop.commands.NAME; `import` is import_."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"fixprop.commands.{name}"), name)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="fixprop %(version)s")
def fixprop() -> None:
    """A small network that learns on an Arduino Uno, and its bit-exact twin on the PC.

    \b
    Try it without a board:  fixprop demo
    """


def main() -> None:
    """Run a command; every error is one line on stderr: exit status 2 for misuse, 1 for failure."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit status of `fixprop ARGUMENTS`."""
    try:
        status = int(fixprop.main(arguments, prog_name="fixprop", standalone_mode=False) or 0)
        sys.stdout.flush()
        return status
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return 2
    except click.UsageError as error:
        place = error.ctx.command_path if error.ctx else "fixprop"
        return _fail(f"{error.format_message().rstrip('.')}; see: {place} --help", 2)
    except FixpropError as error:
        return _fail(str(error), error.exit_status)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)
    except OSError as error:  # standard output: its reader went away, or its disk is full
        sys.stdout = None  # or the interpreter would try again at exit
        return _fail(f"cannot write to standard output: {error.strerror}", 1)


def _fail(message: str, status: int) -> int:
    click.echo(f"fixprop: {' '.join(message.split())}", err=True)
    return status
