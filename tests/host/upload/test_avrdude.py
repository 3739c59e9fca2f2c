"""What avrdude is told, and what it tells; a script stands in for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fixprop.errors import FixpropError, MissingTool
from fixprop.upload import avrdude
from fixprop.upload.avrdude import command, complaint, write
from fixprop.upload.boot_loaders import OPTIBOOT
from fixprop.upload.image import Image
from fixprop.upload.target import Target

IMAGE = Image(Path("sketch.hex"), "0" * 64, 4, 4)
TARGET = Target("/dev/ttyACM0")
BAR = "#" * 50


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the stand-in prints to standard error; its first line is the exit status."""
    script, text = tmp_path / "avrdude", tmp_path / "said"
    script.write_text(f"#!/bin/sh\ntail -n +2 {text} >&2\nexit $(head -n 1 {text})\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return text


def test_nothing_but_flash_is_written_and_the_chip_is_not_erased(said: Path) -> None:
    told = " ".join(command(IMAGE, TARGET, OPTIBOOT)[1:])
    assert told == ("-p atmega328p -c arduino -b 115200 -D -P /dev/ttyACM0 -U flash:w:sketch.hex:i")


def test_progress_is_told_and_success_needs_the_verification(said: Path) -> None:
    said.write_text(
        f"0\nWriting | {BAR} | 100% 1s\n\nReading | {BAR} | 100% 1s\n"
        "avrdude: 4 bytes of flash verified\n"
    )
    heard: list[tuple[str, float]] = []
    write(IMAGE, TARGET, OPTIBOOT, lambda phase, done: heard.append((phase, done)))
    assert heard[-1] == ("verify", 1.0)


def test_without_the_verification_it_failed_whatever_the_status(said: Path) -> None:
    said.write_text(f"0\nWriting | {BAR} | 100% 1s\n")
    with pytest.raises(FixpropError, match="flashing /dev/ttyACM0 failed"):
        write(IMAGE, TARGET, OPTIBOOT, lambda *_: None)


def test_a_mismatch_is_told_in_avrdudes_words(said: Path) -> None:
    said.write_text(
        "1\navrdude warning: verification mismatch\n"
        "        device 0x00 != input 0x01 at addr 0x0000 (error)\n"
        "avrdude error: verification mismatch\n"
    )
    with pytest.raises(FixpropError, match="verification mismatch; press the board's reset"):
        write(IMAGE, TARGET, OPTIBOOT, lambda *_: None)


def test_when_the_power_goes_the_flash_may_be_incomplete(said: Path) -> None:
    """As avrdude 7.1 tells it."""
    said.write_text(
        "1\navrdude: AVR device initialized and ready to accept instructions\n"
        "avrdude: device signature = 0x1e950f (probably m328p)\n"
        "avrdude: writing 17246 bytes flash ...\n\nWriting | ####------ | 8% 5.18s\n\n"
        "avrdude error: programmer is not responding\n"
    )
    with pytest.raises(FixpropError) as raised:
        write(IMAGE, TARGET, OPTIBOOT, lambda *_: None)
    assert str(raised.value) == (
        "flashing /dev/ttyACM0 failed: programmer is not responding; the flash may now be "
        "incomplete: press the board's reset button and flash again"
    )


@pytest.fixture
def silent(said: Path) -> Path:
    """It prints its lines, then waits until somebody writes to the pipe; it complains of that."""
    os.mkfifo(said.with_name("pipe"))
    said.with_name("avrdude").write_text(
        f"#!/bin/sh\ntail -n +2 {said} >&2\nread answer <{said.with_name('pipe')}\n"
        "echo 'avrdude error: programmer is not responding' >&2\nexit 1\n"
    )
    return said


def test_an_avrdude_that_says_nothing_more_is_ended(
    silent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avrdude, "STALL_S", 0.05)
    silent.write_text("0\n")
    with pytest.raises(FixpropError) as raised:
        write(IMAGE, TARGET, OPTIBOOT, lambda *_: None)
    assert str(raised.value) == (
        "flashing /dev/ttyACM0 failed: it answers nobody for 0.05 s: another program may hold it; "
        "close it and flash again"
    )


class HandTimer:
    """A timer that a test lets run out."""

    made: list[HandTimer]

    def __init__(self, _seconds: float, run_out: Callable[[], None]) -> None:
        self.run_out = run_out
        self.made.append(self)

    def start(self) -> None:
        pass

    def cancel(self) -> None:
        pass


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[HandTimer]:
    HandTimer.made = []
    monkeypatch.setattr(avrdude, "Timer", HandTimer)
    return HandTimer.made


def test_a_stall_after_the_first_page_leaves_the_flash_incomplete(
    silent: Path, timers: list[HandTimer]
) -> None:
    silent.write_text("0\nWriting | ####")
    with pytest.raises(FixpropError, match="hold it; the flash may now be incomplete: close it"):
        write(IMAGE, TARGET, OPTIBOOT, lambda *_: timers[-1].run_out())


def test_only_a_new_mark_of_the_bar_is_progress(silent: Path, timers: list[HandTimer]) -> None:
    silent.write_text("0\nWriting | ##")
    heard: list[float] = []

    def progress(_phase: str, done: float) -> None:
        heard.append(done)
        if len(heard) == 1:
            silent.with_name("pipe").write_text("go on\n")

    with pytest.raises(FixpropError, match="not responding; the flash may now be incomplete"):
        write(IMAGE, TARGET, OPTIBOOT, progress)
    assert (heard, len(timers)) == ([0.04], 2), "one to begin with, one for the mark"


def test_missing_modem_lines_are_not_the_complaint() -> None:
    text = (
        'avrdude OS error: ioctl("TIOCMGET"): Inappropriate ioctl for device\n'
        "avrdude error: programmer is not responding\n"
    )
    assert complaint(text) == "programmer is not responding"
    assert complaint("") == "avrdude said nothing"


def test_the_last_complaint_is_told_and_the_signature_is_none() -> None:
    text = (
        "avrdude: device signature = 0x1e950f (probably m328p)\n"
        "avrdude error: programmer is not responding\n"
        "avrdude error: verification mismatch\n"
    )
    assert complaint(text) == "verification mismatch"
    assert complaint(text.splitlines()[0] + "\nlast words") == "last words"


def test_no_avrdude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="sudo apt-get install avrdude"):
        command(IMAGE, TARGET, OPTIBOOT)
