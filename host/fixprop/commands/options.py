"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fixprop.board.ports import KINDS
from fixprop.files import prepare_folder

MAX_SEED = 2**32 - 1
AUTO = "auto"


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


class Folder(click.Path):
    """A folder to write to, made if need be."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; an empty one is refused, as it would mean the present folder."""
        if value == "":
            self.fail("the folder's name is empty; use . for the present folder", param, ctx)
        return super().convert(value, param, ctx)


def _prepared(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    if path is not None:
        prepare_folder(path.parent)
    return path


def _found(_ctx: click.Context, _param: click.Parameter, url: str) -> str:
    if url != AUTO:
        return url
    from fixprop.board.finder import find_boards

    boards = find_boards()
    return boards[0].url if boards else "sim://"


port_option = click.option(
    "--port",
    default=AUTO,
    show_default=True,
    callback=_found,
    help=f"One of {KINDS}; auto: a board that is plugged in, else sim://.",
)

json_option = click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_prepared,
    help="Write the figures to this file too.",
)
