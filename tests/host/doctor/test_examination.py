"""The examination of a board on a line that loses commands: what it says of the commands."""

from __future__ import annotations

import pytest

from fixprop.board.native import NativeBoard
from fixprop.doctor import examination
from fixprop.doctor.examination import Row, Wishes, examine
from fixprop.sim.paths import Still, Track
from fixprop.sim.scene import HandPath, World
from fixprop.wire.codec import Frame
from fixprop.wire.records import GetCalibration, Reading, Record, Save, SetPointer
from tests.host.bad_line import ThroughABadLine


def commands_row(port: ThroughABadLine, lost: type[Record]) -> Row:
    def spoil(frame: Frame) -> Frame | None:
        return None if isinstance(frame.message, lost) else frame

    port.spoil_sent = spoil
    (row,) = [
        row for row in examine(port, Wishes(rest_s=1.0, write=True)) if row.check == "commands"
    ]
    return row


def test_a_save_that_is_not_answered_is_told_as_it_was(port: ThroughABadLine) -> None:
    row = commands_row(port, Save)
    assert row.seen == "no answer to save from test:// in 1 s"  # asked once
    (finding,) = row.findings
    assert finding.kind == "no_answer"
    assert finding.line().startswith(f"{row.seen}: press the board's reset button")


@pytest.mark.parametrize("lost", [GetCalibration, SetPointer])
def test_a_command_that_was_asked_three_times_says_so(
    port: ThroughABadLine, lost: type[Record]
) -> None:
    assert commands_row(port, lost).seen == f"{lost.name} was not answered, 3 times"


@pytest.mark.parametrize(("path", "skipped"), [(Track(1), True), (Still(), False)])
def test_noise_that_a_moving_hand_hides_is_not_called_good(path: HandPath, skipped: bool) -> None:
    rows = examine(NativeBoard(World(1, path)), Wishes(rest_s=10.0))
    (row,) = [row for row in rows if row.check == "sensors"]
    assert (row.findings, row.skipped) == ([], skipped)
    assert ("keep away from them and run it again" in row.seen) == skipped


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("/dev/ttyACM0", "check the USB cable carries data, then flash"),
        ("socket://here:1", "another program may hold it: close it; else flash"),
    ],
)
def test_a_silent_tcp_port_has_no_cable_to_check(
    port: ThroughABadLine, url: str, cure: str
) -> None:
    port.url, port.spoil = url, lambda _: None
    (row,) = examine(port, Wishes())
    (finding,) = row.findings
    assert finding.line().startswith(f"no hello from {url}, limit 4 s: {cure}")


def test_all_answers_are_no_finding(port: ThroughABadLine) -> None:
    row = commands_row(port, type(None))  # type: ignore[arg-type]  # nothing is lost
    assert (row.seen, row.findings) == ("all were answered", [])


@pytest.mark.parametrize(("vendor", "expected"), [(0x2341, []), (0x1A86, ["line_errors"])])
def test_a_frame_that_a_16u2_lost_is_told_and_is_no_finding(
    port: ThroughABadLine, monkeypatch: pytest.MonkeyPatch, vendor: int, expected: list[str]
) -> None:
    monkeypatch.setattr(examination, "vendor_at", lambda url: {port.url: vendor}[url])

    def loses_reading_20(frame: Frame) -> Frame | None:
        message = frame.message
        return None if isinstance(message, Reading) and message.reading_index == 20 else frame

    port.spoil = loses_reading_20
    (row,) = [row for row in examine(port, Wishes(rest_s=1.5)) if row.check == "line"]
    assert [finding.kind for finding in row.findings] == expected
    assert ", 1 lost" in row.seen
    assert ("HoodLoader2" in row.seen) == (vendor == 0x2341)
