"""What the commands print with: terminals, progress that is drawn only there, closed pipes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console as RichConsole
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)


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
def reported() -> Iterator[Callable[[str, int, int], None]]:
    """One bar for work that says what it does, how much of it is done, and of how much."""
    with counted(MofNCompleteColumn()) as shown:
        task = shown.add_task("", total=None)
        yield lambda doing, done, total: shown.update(
            task, description=doing, completed=done, total=total
        )


@contextmanager
def moving(text: str) -> Iterator[None]:
    """What is being done, of unknown length, on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield
