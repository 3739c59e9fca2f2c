"""The command line. Each command lives in a file of its own under commands/, read when it is used."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from fixprop import __version__
from fixprop.errors import FixpropError

COMPLETING = "_FIXPROP_COMPLETE"  # set by the shells
INTERRUPTED = 130
CLOSED_PIPE = 141  # as a shell reports who died of SIGPIPE
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
    """Run a command; every error is one line on stderr: exit status 2 for misuse, 1 for failure.

    A reader that went away, as in `| head`, ends it in silence, with what a shell says then. Only
    the monitor, which nothing else ends, has status 0 then, as after Ctrl-C.
    """
    status = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: one Ctrl-C more changes nothing
    sys.exit(status)


def run(arguments: list[str], command: click.Command = fixprop, name: str = "fixprop") -> int:
    """The exit status of `fixprop ARGUMENTS`, or of another `command`, called `name`."""
    try:
        status = _run(arguments, command, name)
        if sys.stdout is not None:  # None: the shell's >&-
            sys.stdout.flush()
        return status
    except BrokenPipeError:
        sys.stdout = None  # or the interpreter would try again at exit
        return CLOSED_PIPE
    except OSError as error:
        if error.filename is None:  # standard output: its disk is full
            sys.stdout = None
        return _fail(f"cannot write to {error.filename or 'standard output'}: {error.strerror}", 1)


def _run(arguments: list[str], command: click.Command, name: str) -> int:
    try:
        return int(_invoke(arguments, command, name) or 0)
    except click.exceptions.Exit as error:  # --help, --version
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return 2
    except click.UsageError as error:
        place = error.ctx.command_path if error.ctx else name
        return _fail(f"{error.format_message().rstrip('.')}; see: {place} --help", 2)
    except FixpropError as error:
        return _fail(str(error), error.exit_status)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)


def _invoke(arguments: list[str], command: click.Command, name: str) -> Any:
    """As click's own main, which takes a closed pipe for a failure of the command."""
    if COMPLETING in os.environ:
        return command.main(arguments, prog_name=name, standalone_mode=False)
    with command.make_context(name, list(arguments)) as context:
        return command.invoke(context)


def _fail(message: str, status: int) -> int:
    click.echo(f"fixprop: {' '.join(message.split())}", err=True)
    return status
