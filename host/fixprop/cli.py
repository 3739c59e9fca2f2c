"""The command line. Each command lives in a file of its own under commands/."""

from __future__ import annotations

import sys

import click

from fixprop import __version__
from fixprop.commands.bench import bench
from fixprop.commands.convergence import convergence
from fixprop.commands.demo import demo
from fixprop.commands.examples import examples
from fixprop.commands.generate import generate
from fixprop.commands.hello import hello
from fixprop.errors import FixpropError

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="fixprop %(version)s")
def fixprop() -> None:
    """A small network that learns on an Arduino Uno, and its bit-exact twin on the PC.

    \b
    Try it without a board:  fixprop demo
    """


for command in (bench, demo, examples, generate, hello):
    fixprop.add_command(command)
bench.add_command(convergence)


def main() -> None:
    """Run a command; every error is one line on stderr: exit status 2 for misuse, 1 for failure."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit status of `fixprop ARGUMENTS`."""
    try:
        return int(fixprop.main(arguments, prog_name="fixprop", standalone_mode=False) or 0)
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
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _fail(message: str, status: int) -> int:
    click.echo(f"fixprop: {' '.join(message.split())}", err=True)
    return status
