"""What avrdude is told, and what it tells; a script stands in for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.errors import FixpropError, MissingTool
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


def test_missing_modem_lines_are_not_the_complaint() -> None:
    text = (
        'avrdude OS error: ioctl("TIOCMGET"): Inappropriate ioctl for device\n'
        "avrdude error: programmer is not responding\n"
    )
    assert complaint(text) == "programmer is not responding"
    assert complaint("") == "avrdude said nothing"


def test_no_avrdude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="sudo apt-get install avrdude"):
        command(IMAGE, TARGET, OPTIBOOT)
