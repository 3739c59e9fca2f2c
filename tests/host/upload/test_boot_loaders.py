"""Which boot loader answers, asked over lines that are not there."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import serial

from fixprop.errors import FixpropError
from fixprop.upload.boot_loaders import GET_SYNC, IN_SYNC, OLD_NANO, OPTIBOOT, answering


@dataclass
class Line:
    """Answers GET_SYNC after some tries, at one speed."""

    baud: int
    speaks: int
    deaf_tries: int
    told: list[object] = field(default_factory=list)

    def __setattr__(self, name: str, value: object) -> None:
        if name == "dtr":
            self.told.append(value)
        super().__setattr__(name, value)

    def write(self, data: bytes) -> None:
        assert data == GET_SYNC
        self.deaf_tries -= 1

    def read(self, _count: int) -> bytes:
        return b"\xff" + IN_SYNC if self.baud == self.speaks and self.deaf_tries < 0 else b""

    def close(self) -> None:
        self.told.append("closed")


def lines(speaks: int) -> tuple[list[Line], object]:
    opened: list[Line] = []

    def open_line(_url: str, baud: int) -> Line:
        opened.append(Line(baud, speaks, deaf_tries=2))
        return opened[-1]

    return opened, open_line


@pytest.mark.parametrize("expected", [OPTIBOOT, OLD_NANO])
def test_the_one_that_answers_is_found_after_a_reset(expected: object) -> None:
    opened, open_line = lines(expected.baud)  # type: ignore[attr-defined]
    assert answering("line", open_line, patience_s=0.01) == expected  # type: ignore[arg-type]
    assert opened[-1].told == [False, True, "closed"]


def test_none_answers() -> None:
    opened, open_line = lines(9600)
    assert answering("line", open_line, patience_s=0.01) is None  # type: ignore[arg-type]
    assert [line.baud for line in opened] == [115_200, 57_600]


def test_a_port_that_does_not_open_is_diagnosed() -> None:
    def open_line(_url: str, _baud: int) -> Line:
        raise serial.SerialException("[Errno 111] Connection refused")

    with pytest.raises(FixpropError, match="nobody listens at line"):
        answering("line", open_line)


def test_a_line_that_is_lost_on_the_way_is_told() -> None:
    class Loose(Line):
        def write(self, data: bytes) -> None:
            raise serial.SerialException("device disconnected")

    with pytest.raises(FixpropError, match="lost line while it was reset"):
        answering("line", lambda _, baud: Loose(baud, baud, 0))
    with pytest.raises(FixpropError, match="disconnected; another program may hold it"):
        answering("socket://here:1", lambda _, baud: Loose(baud, baud, 0))


def test_a_tcp_port_whose_program_takes_no_more_callers_is_diagnosed() -> None:
    def open_line(_url: str, _baud: int) -> Line:
        raise serial.SerialException("Could not open port socket://here:1: timed out")

    with pytest.raises(FixpropError, match=r"socket://here:1 answers nobody: another program may"):
        answering("socket://here:1", open_line)
