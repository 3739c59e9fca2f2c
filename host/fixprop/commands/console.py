"""What the commands print with: terminals, progress that is drawn only there, closed pipes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console as RichConsole
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn


class Console(RichConsole):
    """Rich's, but a reader that went away is the same error here as everywhere else."""

    def on_broken_pipe(self) -> None:
        """Rich would end the program with exit status 1."""
        raise BrokenPipeError


def bars(*columns: ProgressColumn, transient: bool = False) -> Progress:
    """Bars on standard error if that is a terminal, else nothing."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=transient, disable=not console.is_terminal)


def counted(*columns: ProgressColumn) -> Progress:
    """Bars with what is done beside them and the time that it took."""
    return bars(TextColumn("{task.description}"), BarColumn(30), *columns, TimeElapsedColumn())


@contextmanager
def moving(text: str) -> Iterator[None]:
    """What is being done, of unknown length, on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield
