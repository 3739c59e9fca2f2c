"""Files that a user names: what may be read, what may be written, what may be both."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fixprop.commands.paths import (
    MODEL,
    KeptFile,
    OutputFile,
    check_folder,
    json_option,
    output_option,
    write_figures,
)
from fixprop.errors import FixpropError, UsageError


@click.command()
@click.argument("model", type=MODEL)
@output_option("The result.", default="result.json", old=True)
@json_option
def make(model: Path, output: Path, json_path: Path | None) -> None:
    """Write what it was told."""
    write_figures(json_path, {"model": str(model), "output": str(output)})


@click.command()
@click.argument("model", type=MODEL)
@output_option("The result.", OutputFile(may_replace_input=True))
@json_option
def renew(model: Path, output: Path, json_path: Path | None) -> None:
    """May write what it read."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.json").write_text("{}")
    return tmp_path


def run(*arguments: str, command: click.Command = make) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)


def test_figures_are_written_into_a_new_folder_and_the_place_is_told() -> None:
    result = run("m.json", "--json", "new/deep/f.json")
    assert result.stderr == "figures: new/deep/f.json\n"
    assert result.stdout == ""
    assert json.loads(Path("new/deep/f.json").read_text())["model"] == "m.json"


def test_figures_on_a_device_are_not_told_there() -> None:
    assert run("m.json", "--json", "/dev/null").stderr == ""


def test_a_folder_is_not_made_before_there_is_something_to_write() -> None:
    assert isinstance(run("none.json", "-o", "new/x").exception, UsageError)
    assert isinstance(run("-o", "new/x", "none.json").exception, UsageError)
    assert not Path("new").exists()


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["m.json", "-o", "m.json"], ("MODEL", "--output")),
        (["-o", "./m.json", "m.json"], ("MODEL", "--output")),
        (["m.json", "--json", "m.json"], ("MODEL", "--json")),
        (["m.json", "-o", "a", "--json", "a"], ("--output", "--json")),
        (["m.json", "--json", "a", "-o", "b/../a"], ("--json", "--output")),
    ],
)
def test_one_file_cannot_be_two(arguments: list[str], names: tuple[str, str]) -> None:
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert all(name in str(error) for name in names)
    assert Path("m.json").read_text() == "{}"


def test_what_was_not_named_is_not_compared(folder: Path) -> None:
    (folder / "result.json").write_text("{}")
    assert run("result.json").exception is None  # which is the default of --output


def test_a_command_may_renew_its_input_but_not_with_figures() -> None:
    assert run("m.json", "-o", "m.json", command=renew).exception is None
    assert run("m.json", "-o", "a", "--json", "m.json", command=renew).exception is not None
    assert run("m.json", "-o", "a", "--json", "a", command=renew).exception is not None


def test_the_old_spelling_is_understood_and_not_told() -> None:
    run("m.json", "--out", "o.json", "--json", "f.json")
    assert json.loads(Path("f.json").read_text())["output"] == "o.json"
    told = CliRunner().invoke(make, ["--help"]).output
    assert "-o, --output FILE" in told
    assert "--out " not in told


def test_an_empty_name_is_no_file() -> None:
    assert isinstance(run("").exception, UsageError)
    assert isinstance(run("m.json", "-o", "").exception, click.UsageError)


def test_a_folder_is_checked_by_the_nearest_one_that_is_there(folder: Path) -> None:
    check_folder(folder / "a" / "b")
    check_folder(Path("a"))
    check_folder(Path())
    assert [path.name for path in folder.iterdir()] == ["m.json"]
    with pytest.raises(FixpropError, match=r"cannot write .*m.json/a: Not a directory; choose"):
        check_folder(folder / "m.json" / "a")


@pytest.mark.parametrize("name", ["/dev/zero", "link.json"])
def test_a_device_which_may_have_no_end_is_not_read(name: str) -> None:
    Path("link.json").symlink_to("/dev/zero")
    error = run(name).exception
    assert isinstance(error, UsageError)
    assert str(error) == f"'{name}' is a device, not a model: name a file"


def test_a_pipe_is_read() -> None:
    os.mkfifo("pipe.json")
    assert MODEL.convert("pipe.json", None, None) == Path("pipe.json")


@pytest.mark.parametrize("name", ["/dev/full", "link.json", "pipe.json"])
def test_what_is_read_before_it_is_written_is_an_ordinary_file(name: str) -> None:
    Path("link.json").symlink_to("/dev/full")
    os.mkfifo("pipe.json")
    with pytest.raises(UsageError, match=f"'{name}' is no ordinary file and keeps no results"):
        KeptFile("results").convert(name, None, None)


def test_what_is_kept_may_be_there_or_not() -> None:
    for name in ("m.json", "none.json"):
        assert KeptFile("results").convert(name, None, None) == Path(name)


def test_a_name_ends_as_it_must_but_for_a_device() -> None:
    kind = OutputFile(".h", "; or else")
    for name in ("a.h", "A.H", "/dev/null"):
        assert kind.convert(name, None, None) == Path(name)
    for name in ("a.hpp", "h", ".h", "m.json"):
        with pytest.raises(UsageError, match=f"^'{name}': its name must end in .h; or else$"):
            kind.convert(name, None, None)
