"""Files that a user names: those to read are there, those to write can be made, none is both."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from fixprop.errors import FixpropError, UsageError
from fixprop.files import write_whole

Command = TypeVar("Command", bound=Callable[..., Any])


class InputFile(click.Path):
    """A file to read. `kind` is what it holds, `source` the next step for who has none."""

    def __init__(self, kind: str, source: str) -> None:
        super().__init__(path_type=Path, dir_okay=False)
        self.kind, self._source = kind, source

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; UsageError if there is nothing that can be read, or no end of it."""
        path = Path(value)
        if not os.fspath(value) or not path.exists():
            raise UsageError(f"no {self.kind} '{value}': {self._source}")
        if path.is_dir():
            raise UsageError(f"'{path}' is a folder, not a {self.kind}: name the file in it")
        if _is_device(path):
            raise UsageError(f"'{path}' is a device, not a {self.kind}: name a file")
        if not os.access(path, os.R_OK):
            raise UsageError(f"cannot read '{path}': Permission denied; make it readable")
        _check_distinct(ctx, param, path)
        return path


def _is_device(path: Path) -> bool:
    """Such as /dev/zero, which has no end; links are followed. A pipe is none."""
    mode = path.stat().st_mode
    return stat.S_ISCHR(mode) or stat.S_ISBLK(mode)


MODEL = InputFile("model", "fixprop train, fixprop import or fixprop pull writes one")
RECORDING = InputFile("recording", "fixprop record -o FILE makes one")


class OutputFile(click.Path):
    """A file to write; its folder is made when it is written, and known to be possible before.

    `ending`: of its name, for what reads it goes by that; `hint`: more for who has another.
    """

    def __init__(
        self, ending: str = "", hint: str = "", *, may_replace_input: bool = False
    ) -> None:
        super().__init__(path_type=Path, dir_okay=False)
        self._ending, self._hint = ending, hint
        self.may_replace_input = may_replace_input

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; FixpropError if its folder cannot be written, UsageError for its ending."""
        if value == "":
            self.fail("the file's name is empty", param, ctx)
        path = super().convert(value, param, ctx)
        if isinstance(path, Path) and (path.is_file() or not path.exists()):  # else a device
            check_folder(path.parent)
            _check_distinct(ctx, param, path)
            if self._ending and path.suffix.lower() != self._ending:
                raise UsageError(f"'{path}': its name must end in {self._ending}{self._hint}")
        return path


class KeptFile(OutputFile):
    """A file that is read before it is written, if it is there; `kind` is what it holds."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; UsageError for a device or a pipe, which is not there to be read again."""
        path = super().convert(value, param, ctx)
        if path.exists() and not path.is_file():
            raise UsageError(f"'{path}' is no ordinary file and keeps no {self.kind}: name one")
        return path


def check_folder(folder: Path) -> None:
    """FixpropError if no file could be made in `folder`, which need not be there yet."""
    nearest = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise FixpropError(
            f"cannot write {folder}: {error.strerror}; choose another folder"
        ) from error


class _Output(click.Option):
    """-o/--output; the spelling of earlier versions is still understood, and told nobody."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """See click.Option."""
        super().add_to_parser(parser, ctx)
        parser.add_option(obj=self, opts=["--out"], dest=self.name, action="store", nargs=1)


def output_option(
    text: str, kind: click.ParamType[Any] | None = None, *, old: bool = False, **more: Any
) -> Callable[[Command], Command]:
    """-o/--output, told as `text`. `old`: --out means the same."""
    return click.option(
        "-o",
        "--output",
        cls=_Output if old else click.Option,
        type=kind or OutputFile(),
        help=text,
        **more,
    )


def _check_distinct(ctx: click.Context | None, param: click.Parameter | None, path: Path) -> None:
    """UsageError if what is to be written was named before as another file, or the other way."""
    if ctx is None or param is None or not _was_named(ctx, param):
        return
    for other in ctx.command.params:
        named = ctx.params.get(other.name or "")
        if other is param or not isinstance(named, Path) or not _was_named(ctx, other):
            continue
        if named.resolve() == path.resolve() and not _go_together(param.type, other.type):
            raise UsageError(f"'{path}' cannot be both {_name(other)} and {_name(param)}")


def _was_named(ctx: click.Context, param: click.Parameter) -> bool:
    return ctx.get_parameter_source(param.name or "") == ParameterSource.COMMANDLINE


def _go_together(one: object, other: object) -> bool:
    """Whether one file may be both: all inputs may, and an input and what renews it."""
    outputs = [kind for kind in (one, other) if isinstance(kind, OutputFile)]
    return len(outputs) < 2 and all(kind.may_replace_input for kind in outputs)


def _name(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.human_readable_name


json_option = click.option(
    "--json",
    "json_path",
    type=OutputFile(),
    help="Write the figures to this file too.",
)


def write_figures(path: Path | None, figures: object, indent: int = 2) -> None:
    """Write what --json asks for, if it does, and say where it is."""
    if path is None:
        return
    device = path.exists() and not path.is_file()
    write_whole(path, json.dumps(figures, indent=indent) + "\n")
    if not device:  # such as /dev/stdout, which is to hold nothing else of ours
        click.echo(f"figures: {path}", err=True)
