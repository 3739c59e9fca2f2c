"""fixprop completion: the shell learns the commands, their options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from fixprop.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print what makes a shell complete this command line.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of SHELL; a new shell has it if its start file says so.

    \b
    ~/.bashrc:  eval "$(fixprop completion bash)"
    ~/.zshrc:   eval "$(fixprop completion zsh)"
    fish:       fixprop completion fish > ~/.config/fish/completions/fixprop.fish

    \b
    Example:  eval "$(fixprop completion bash)"
    """
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is None:
        raise UsageError(f"no completion for {shell}: choose one of {', '.join(SHELLS)}")
    try:
        script = kind(root, {}, "fixprop", "_FIXPROP_COMPLETE").source()
    except RuntimeError as error:  # an old bash
        raise UsageError(str(error)) from error
    click.echo(script)
