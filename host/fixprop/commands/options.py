"""Options that several commands share."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fixprop.board.ports import KINDS, REPLAY, check_url
from fixprop.commands.paths import RECORDING, check_folder
from fixprop.errors import UsageError

MAX_SEED = 2**32 - 1
AUTO = "auto"
LIVE_KINDS = "/dev/ttyACM0, COM3, socket://host:port, sim:// or native://"
WINDOWS_PORT = re.compile(r"COM\d+", re.I)
Command = TypeVar("Command", bound=Callable[..., Any])


class Seed(click.ParamType):  # type: ignore[type-arg]
    """A whole number from 0 to 2**32 - 1, as the generator takes it."""

    name = "seed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; fails with its limits named."""
        try:
            seed = int(value)
        except ValueError:
            seed = -1
        if not 0 <= seed <= MAX_SEED:
            self.fail(f"'{value}' is not a whole number from 0 to {MAX_SEED}", param, ctx)
        return seed


class Finite(click.FloatRange):
    """A number within limits; "nan" is within none, nor "inf" without an upper one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; fails for what is none."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"'{value}' is not a finite number", param, ctx)
        return number


class Folder(click.Path):
    """A folder to write to; it is made when something is written."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; an empty one is refused, as it would mean the present folder."""
        if value == "":
            self.fail("the folder's name is empty; use . for the present folder", param, ctx)
        path = Path(super().convert(value, param, ctx))  # type: ignore[arg-type]
        check_folder(path)
        return path


def check_port(url: str, recording: str = "") -> None:
    """UsageError for what is no port, for a recording that is not there, or for any recording.

    `recording`: what to do with one instead, {} its name; empty: the command can play it.
    """
    check_url(url)
    _check_name(url)
    if url.startswith(REPLAY):
        path = RECORDING.convert(url.removeprefix(REPLAY), None, None)
        if recording:
            advice = recording.format(shlex.quote(str(path)))
            raise UsageError(f"port '{url}' is a recording and takes no commands: {advice}")


def _check_name(url: str) -> None:
    """UsageError for a bare word that is no port; a device that may come yet has a folder."""
    if "/" in url or "\\" in url or WINDOWS_PORT.fullmatch(url) or Path(url).exists():
        return
    meant = f"did you mean /dev/{url}?" if url.startswith("tty") else f"use {KINDS}"
    raise UsageError(f"port '{url}': no device has such a name; {meant}")


def board_port(recording: str) -> Callable[[Command], Command]:
    """--port, which finds a board by itself. `recording`: see check_port."""

    def found(_ctx: click.Context, _param: click.Parameter, url: str) -> str:
        if url != AUTO:
            check_port(url, recording)
            return url
        from fixprop.board.finder import find_boards

        boards = find_boards()
        return boards[0].url if boards else "sim://"

    kinds = LIVE_KINDS if recording else KINDS
    return click.option(
        "--port",
        default=AUTO,
        show_default=True,
        callback=found,
        help=f"One of {kinds}; auto: a board that is plugged in, else sim://.",
    )


port_option = board_port("play it with fixprop replay {}")
