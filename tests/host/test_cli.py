"""Every mistake gets one line that says what to do next, and the right exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop import cli, session
from fixprop.toolchain import PROJECT_ROOT


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.err.startswith("fixprop: ")
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demo", "--seed", "-1"], ["-1", "0 to 4294967295", "fixprop demo --help"]),
        (["demo", "--seed", "4294967296"], ["4294967296", "fixprop demo --help"]),
        (["demo", "--seed", "lucky"], ["lucky", "whole number"]),
        (["demo", "--sed", "1"], ["--sed", "fixprop demo --help"]),
        (["dmo"], ["dmo", "fixprop --help"]),
        (["hello", "--port", "ftp://x"], ["ftp://x", "socket://host:port"]),
        (["hello", "--port", ""], ["port ''", "sim://"]),
        (["hello", "--port", "sim"], ["did you mean sim://?"]),
        (["hello", "--port", "socket://localhost"], ["socket://HOST:PORT", "65535"]),
        (["hello", "--port", "socket://localhost:99999"], ["99999", "65535"]),
        (["hello", "--port", "nope"], ["port 'nope'", "/dev/ttyACM0, COM3"]),
        (["dashboard", "--port", "nope"], ["port 'nope'", "no device"]),
        (["monitor", "--port", "ttyACM9"], ["did you mean /dev/ttyACM9?"]),
        (["demo", "-o", ""], ["empty", "fixprop demo --help"]),
        (["examples", "run", "nothing"], ["nothing", "fixprop examples list"]),
    ],
)
def test_misuse_ends_with_status_2(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    line = one_line(capsys)
    assert all(word in line for word in words)


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("/dev/ttyACM99", ["no port /dev/ttyACM99", "plugged in"]),
        ("socket://127.0.0.1:1", ["nobody listens", "127.0.0.1:1"]),
        ("/dev/null", ["/dev/null is not a serial line", "/dev/ttyACM0"]),
    ],
)
def test_a_port_that_does_not_open_ends_with_status_1(
    port: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["hello", "--port", port]) == 1
    line = one_line(capsys)
    assert all(word in line for word in words)


def test_a_busy_port_says_how_to_find_who_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    from fixprop.board.serial_port import SerialPort

    _, terminal = os.openpty()
    first = SerialPort(os.ttyname(terminal))
    assert cli.run(["hello", "--port", first.url]) == 1
    assert f"fuser -v {first.url}" in one_line(capsys)
    first.close()


def test_a_board_of_another_build_says_to_flash_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "fingerprint", lambda topology: 0x12345678)
    assert cli.run(["hello", "--port", "native://"]) == 1
    line = one_line(capsys)
    assert "12345678" in line
    assert "fixprop flash" in line


def test_another_program_tells_its_mistakes_in_the_same_way(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from fixprop.doctor.trials import trials

    assert cli.run(["--runs", "0"], trials, "python -m fixprop.doctor.trials") == 2
    assert one_line(capsys).endswith("; see: python -m fixprop.doctor.trials --help\n")


def test_hello_names_topology_and_fingerprint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hello.json"
    assert cli.run(["hello", "--port", "native://", "--json", str(path)]) == 0
    told = capsys.readouterr().out
    figures = json.loads(path.read_text())
    assert (figures["topology"], figures["steps"]) == ("4-8-3", 0)
    assert f"fingerprint {figures['fingerprint']}, started by {figures['started_by']}" in told
    assert "4-8-3" in told
    assert "0 training steps" in told


def test_help_alone_is_misuse_but_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "demo" in capsys.readouterr().out
    assert cli.run(["--help"]) == 0


def test_a_missing_compiler_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = subprocess.run(
        [sys.executable, "-m", "fixprop", "demo", "-o", str(out)],
        env={"PATH": str(tmp_path), "PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("fixprop: avr-gcc is not installed")
    assert "apt-get install" in last
    assert "Traceback" not in run.stderr
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_found_before_the_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["demo", "-o", "/proc/fixprop"]) == 1
    assert "cannot write /proc/fixprop" in one_line(capsys)


def test_generate_check_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["generate", "--check"]) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "fixprop", "--help"],
            env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr == "fixprop: cannot write to standard output: No space left on device\n"


def test_the_command_line_starts_without_the_numerical_libraries() -> None:
    code = "import sys, fixprop.cli; sys.exit('numpy' in sys.modules or 'sklearn' in sys.modules)"
    path = {"PYTHONPATH": str(PROJECT_ROOT / "host")}
    assert subprocess.run([sys.executable, "-c", code], env=path, check=False).returncode == 0


def test_once_all_is_done_one_more_ctrl_c_changes_nothing() -> None:
    program = (
        "import atexit, os, signal, sys\n"
        "atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['fixprop', '--version']\n"
        "from fixprop.cli import main\n"
        "main()"
    )
    folders = os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")}
    run = subprocess.run(
        [sys.executable, "-c", program], env=folders, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
