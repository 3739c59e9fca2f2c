"""All commands agree: on help, on misuse, on files to read and to write, on ports, on pipes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from fixprop import cli
from fixprop.commands.options import Folder
from fixprop.commands.paths import InputFile, OutputFile
from fixprop.toolchain import PROJECT_ROOT

LESSON = PROJECT_ROOT / "tests" / "data" / "recordings" / "lesson.fixrec"
PAGES = [PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")]
PAGES += (PROJECT_ROOT / "hardware").glob("*.md")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Each command that is no group, by what is typed after `fixprop`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


ALL = dict(commands(cli.fixprop))
FILES = [
    (name, param)
    for name, command in ALL.items()
    for param in command.params
    if isinstance(param.type, click.Path)
]
INPUTS = [(name, param) for name, param in FILES if isinstance(param.type, InputFile)]
OUTPUTS = [(name, param) for name, param in FILES if not isinstance(param.type, InputFile)]
WITH_PORT = [n for n, c in ALL.items() if any("--port" in p.opts for p in c.params)]
GIVE_COMMANDS = ["calibrate", "doctor", "flash", "pull -o x.json", "record", "verify"]
QUIET = {
    "hello": ["hello", "--port", "native://"],
    "replay": ["replay", str(LESSON)],
    "a rich table": ["budget", "2-8-2"],
    "a list": ["examples", "list"],
    "help": ["--help"],
    "a command's help": ["train", "--help"],
    "no command": [],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ids(entry: object) -> str | None:
    return entry.name if isinstance(entry, click.Parameter) else None


def options_of(command: click.Command) -> set[str]:
    told = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
    return told | {"-h", "--help"}


def given(param: click.Parameter, value: Path | str) -> list[str]:
    """The words that give `param` this value."""
    if isinstance(param, click.Option):
        return [max(param.opts, key=len), str(value)]
    return [str(value)]


def refused(arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error of a command that ends with `status` and tells nothing else."""
    assert cli.run(arguments) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("fixprop: ")
    assert told.err.count("\n") == 1
    return told.err


@pytest.fixture
def idle(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command may not begin to work, which could take hours."""
    monkeypatch.setattr(ALL[name], "callback", lambda **_: pytest.fail("it began to work"))


def test_the_tables_hold_what_there_is() -> None:
    assert {"train", "bench device", "examples run", "import"} < set(ALL)
    assert {"push", "replay", "sweep"} < {name for name, _ in INPUTS}
    assert {"push", "train", "demo", "bench live"} < {name for name, _ in OUTPUTS}
    assert {"hello", "monitor", "dashboard", "flash"} < set(WITH_PORT)


@pytest.mark.parametrize("name", ALL)
def test_help_has_an_example_that_the_command_would_take(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*name.split(), "--help"]) == 0
    (example,) = re.findall(r"Example:  (.*)", capsys.readouterr().out)
    assert f"fixprop {name}" in example
    words = shlex.split(example)
    assert {word for word in words if word.startswith("-")} <= options_of(ALL[name])


def test_the_documents_name_options_that_there_are() -> None:
    wrong, seen = [], 0
    for page in PAGES:
        text = re.sub(r"\\\n\s*", " ", page.read_text(encoding="utf-8"))
        for words in re.findall(r"\bfixprop ((?:[a-z]+ )*[a-z]+ [^\n`;|#)]*)", text):
            name = next(
                (n for n in sorted(ALL, key=len)[::-1] if f"{words} ".startswith(f"{n} ")), ""
            )
            if not name:
                continue
            options = set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", words))
            seen += len(options)
            wrong += [f"{page.name}: fixprop {name} {o}" for o in options - options_of(ALL[name])]
    assert wrong == []
    assert seen > 30  # or the documents are not searched as they should be


@pytest.mark.parametrize("name", ALL)
def test_an_unknown_option_is_misuse_and_names_the_help(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused([*name.split(), "--no-such-option"], 2, capsys)
    assert "--no-such-option" in line
    assert line.endswith(f"; see: fixprop {name} --help\n")


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(("name", "param"), INPUTS, ids=ids)
def test_a_file_that_is_not_there_is_misuse(
    name: str, param: click.Parameter, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused([*name.split(), *given(param, "none.xyz")], 2, capsys)
    assert line.startswith(f"fixprop: no {param.type.kind} 'none.xyz': ")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(("name", "param"), INPUTS, ids=ids)
def test_a_folder_is_no_file_to_read(
    name: str, param: click.Parameter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is a folder" in refused([*name.split(), *given(param, tmp_path)], 2, capsys)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(("name", "param"), INPUTS, ids=ids)
def test_a_device_is_no_file_to_read(
    name: str, param: click.Parameter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is a device" in refused([*name.split(), *given(param, "/dev/zero")], 2, capsys)


def test_budget_knows_a_model_that_is_not_there_from_a_topology(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "no model 'none.json'" in refused(["budget", "none.json"], 2, capsys)
    assert "no topology" in refused(["budget", "2-8-x"], 2, capsys)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(("name", "param"), OUTPUTS, ids=ids)
def test_a_file_that_cannot_be_written_is_one_line_before_the_work(
    name: str, param: click.Parameter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    line = refused([*name.split(), *given(param, tmp_path / "file" / "x" / "y.json")], 1, capsys)
    assert line.startswith(f"fixprop: cannot write {tmp_path / 'file' / 'x'}")
    assert line.endswith("; choose another folder\n")


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("name", "words", "ending"),
    [
        ("train", ["{file}", "-o", "x.txt"], ".json"),
        ("import", ["{file}", "-o", "x.txt"], ".json"),
        ("pull", ["-o", "x.txt"], ".json"),
        ("export", ["{file}", "-o", "x.json"], ".h"),
    ],
)
def test_models_and_headers_have_names_that_say_so(
    name: str, words: list[str], ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(LESSON) if word == "{file}" else word for word in words]
    assert f": its name must end in {ending}" in refused([name, *words], 2, capsys)


@pytest.mark.parametrize(("name", "param"), FILES, ids=ids)
def test_every_path_is_checked_and_the_result_is_always_dash_o(
    name: str, param: click.Parameter
) -> None:
    known = InputFile | OutputFile | Folder
    assert isinstance(param.type, known)
    assert "--out" not in param.opts
    assert ("-o" in param.opts) == ("--output" in param.opts)


@pytest.mark.parametrize("name", WITH_PORT)
@pytest.mark.parametrize("port", ["ftp://x", "socket://x", "replay://none.fixrec", ""])
def test_a_port_that_cannot_be_is_misuse(
    name: str, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "dashboard":
        pytest.importorskip("starlette")
    more = {"pull": ["-o", "x.json"], "push": [str(LESSON)]}.get(name, [])
    line = refused([*name.split(), *more, "--port", port], 2, capsys)
    assert port.removeprefix("replay://") in line
    if name != "flash":  # which takes no recording, whether there is one or not
        assert ("no recording" in line) == port.startswith("replay")


@pytest.mark.parametrize("words", GIVE_COMMANDS)
def test_a_recording_takes_no_commands_and_what_does_is_told(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused([*words.split(), "--port", f"replay://{LESSON}"], 2, capsys)
    assert (
        f"fixprop replay {LESSON}" in line
        or f"fixprop report {LESSON}" in line
        or (words == "flash" and "/dev/ttyACM0" in line)
    )
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("arguments", QUIET.values(), ids=QUIET)
def test_a_reader_that_went_away_ends_a_command_in_silence(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        run = subprocess.run(
            [sys.executable, "-m", "fixprop", *arguments],
            env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (run.returncode, run.stderr) == (141, "")
