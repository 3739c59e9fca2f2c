"""Which board is meant by --port."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.board.finder import Candidate, Kind
from fixprop.errors import FixpropError, UsageError
from fixprop.upload.target import Target, choose

UNO = Candidate("/dev/ttyACM0", "Arduino Uno", Kind.UNO, 0x2341, 0x43)
MEGA = Candidate("/dev/ttyACM1", "Arduino Mega 2560", Kind.BOARD, 0x2341, 0x42)
COPY = Candidate("/dev/ttyUSB0", "CH340, perhaps a Nano or Uno", Kind.CONVERTER, 0x1A86, 0x7523)


def test_the_only_uno_is_meant_whatever_else_is_plugged_in() -> None:
    assert choose("auto", lambda: [UNO, MEGA, COPY]) == Target("/dev/ttyACM0", "an Arduino Uno")


def test_a_converter_is_meant_when_there_is_nothing_surer() -> None:
    assert choose("auto", lambda: [COPY]).url == "/dev/ttyUSB0"


def test_two_that_could_be_meant_are_named() -> None:
    second = Candidate("/dev/ttyACM7", "Arduino Uno", Kind.UNO, 0x2341, 0x43)
    with pytest.raises(UsageError, match=r"/dev/ttyACM0 .*/dev/ttyACM7 .*--port"):
        choose("auto", lambda: [UNO, second])


def test_a_mega_is_sent_to_its_own_environment() -> None:
    with pytest.raises(FixpropError, match=r"-e mega -t upload --upload-port /dev/ttyACM1"):
        choose("auto", lambda: [MEGA])


def test_no_board_at_all() -> None:
    with pytest.raises(FixpropError, match=r"no board found.*apt remove brltty"):
        choose("auto", list)


@pytest.mark.parametrize("port", ["sim://", "sim", "native://"])
def test_a_simulated_board_has_nothing_to_flash(port: str) -> None:
    with pytest.raises(UsageError, match="has nothing to flash"):
        choose(port)


@pytest.mark.parametrize("port", ["", "http://x", "socket://x", "socket://x:99999"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(UsageError, match="port"):
        choose(port)


def test_avrdude_has_its_own_name_for_a_tcp_line() -> None:
    assert choose("socket://127.0.0.1:4321").avrdude_port == "net:127.0.0.1:4321"


def test_advice_is_what_can_be_typed_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "pio"):
        (programs / name).touch(0o755)
    monkeypatch.setattr("sys.executable", str(programs / "python"))
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        FixpropError, match=r": \.venv/bin/python -m fixprop\.sim\.virtual_uno --pty"
    ):
        choose("auto", list)
    with pytest.raises(FixpropError, match=r"for it: \.venv/bin/pio run"):
        choose("auto", lambda: [MEGA])
    monkeypatch.chdir(programs)
    with pytest.raises(FixpropError, match=r": \./python -m"):
        choose("auto", list)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(FixpropError, match=f": {programs}/python -m"):
        choose("auto", list)
    monkeypatch.setenv("PATH", str(programs))  # activated
    with pytest.raises(FixpropError, match=r": python -m fixprop"):
        choose("auto", list)
