"""fixprop flash and PlatformIO's upload, through a real boot loader on a virtual Uno."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from fixprop.board.ports import open_port
from fixprop.cli import run
from fixprop.firmware_build import build_firmware
from fixprop.formats import Integers
from fixprop.intel_hex import intel_hex, read_intel_hex
from fixprop.live.bridge import Bridge
from fixprop.session import Session
from fixprop.sim.bootloader import BOOT_START, ERASED, build_optiboot
from fixprop.sim.uno import FLASH_BYTES
from fixprop.toolchain import PROJECT_ROOT
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.upload import plan_upload, upload
from fixprop.upload.boot_loaders import OLD_NANO
from fixprop.wire.records import Learn, ResetWeights, Teach
from tests.system.pio import pio
from tests.system.virtual import virtual_uno

SEED = 3
LESSON_S = 6  # the first four with nobody there


def check_flash(dump: Path) -> None:
    """The firmware, the boot loader as it was, and nothing between."""
    expected = dict.fromkeys(range(FLASH_BYTES), ERASED)
    expected |= read_intel_hex(build_firmware().hex) | read_intel_hex(build_optiboot())
    found = read_intel_hex(dump)
    assert {at for at in expected if found[at] != expected[at]} == set()
    assert BOOT_START in read_intel_hex(build_optiboot())


def test_an_erased_uno_is_flashed_taught_and_remembers_without_power(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    dump, figures = tmp_path / "dump.hex", tmp_path / "figures.json"
    eeprom = ("--eeprom", str(tmp_path / "eeprom.hex"))
    with virtual_uno("--tcp", "0", "--erased", "--dump", str(dump), *eeprom) as url:
        assert run(["flash", "--port", url, "--json", str(figures)]) == 0
        weights = taught(url)
    check_what_was_told(capfd.readouterr().out, json.loads(figures.read_text()))
    check_flash(dump)
    with virtual_uno("--tcp", "0", "--hex", str(build_firmware().hex), *eeprom) as url:
        assert remembered(url) == weights


def check_what_was_told(said: str, figures: dict[str, object]) -> None:
    build = build_firmware()
    assert f"{build.flash_bytes:,} bytes, SHA-256 {build.sha256[:16]}" in said
    assert "written and verified" in said
    assert figures["sha256"] == build.sha256
    assert (figures["written"], figures["baud"]) == (True, 115_200)


def taught(url: str) -> list[int]:
    """The weights after a lesson, which the twin knows too, saved."""
    with closing(open_port(url)) as port:
        session, twin = Session(port), Twin(NativeLearner(SEED))
        session.listeners.append(twin.take)
        session.on_sent.append(twin.sent)
        session.on_lost.append(twin.lost)
        session.open()
        session.command(ResetWeights(SEED))
        session.command(Teach(LESSON_S))
        session.run(LESSON_S + 0.5)
        session.command(Learn(0))
        session.run(0.1)
        weights = whole_numbers(session.weights())
        assert twin.learner.step > 1000
        assert whole_numbers(twin.learner.weights()) == weights
        session.save()
    return weights


def remembered(url: str) -> list[int]:
    """The weights that a board has when its power comes back."""
    with closing(open_port(url)) as port:
        session = Session(port)
        session.open()
        session.command(Learn(0))
        return whole_numbers(session.weights())


def whole_numbers(weights: Integers) -> list[int]:
    return [int(weight) for weight in weights]


def test_platformios_upload_does_the_same(tmp_path: Path) -> None:
    build_firmware()
    dump = tmp_path / "dump.hex"
    with virtual_uno("--tcp", "0", "--erased", "--dump", str(dump)) as url:
        port = url.replace("socket://", "net:")
        done = pio("upload", "run", "-e", "uno_system", "-t", "upload", "--upload-port", port)
    assert done.returncode == 0, done.stdout
    assert "bytes of flash verified" in done.stdout
    check_flash(dump)


def test_an_old_boot_loader_is_found_by_its_speed(tmp_path: Path) -> None:
    small = tmp_path / "small.hex"
    small.write_text(intel_hex(bytes(range(256))))
    with virtual_uno("--pty", "--erased", "--boot-baud", "57600") as url:
        done = upload(plan_upload(url, small), lambda *_: None, greet=False)
        assert done.boot_loader == OLD_NANO
        assert "needs the power switched off" in done.warning and "Optiboot" in done.warning
        too_long = tmp_path / "long.hex"
        too_long.write_text(intel_hex(bytes(OLD_NANO.start + 1)))
        assert run(["flash", "--port", url, "--hex", str(too_long)]) == 1


def test_a_dry_run_touches_no_board(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dump = tmp_path / "dump.hex"
    with virtual_uno("--tcp", "0", "--erased", "--dump", str(dump)) as url:
        assert run(["flash", "--port", url, "--dry-run"]) == 0
    assert "nothing was written" in capfd.readouterr().out
    assert set(list(read_intel_hex(dump).values())[:BOOT_START]) == {ERASED}


def test_a_monitor_that_takes_the_line_back_is_told_and_waited_for_no_longer_than_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fixprop.upload.avrdude.STALL_S", 2.0)
    with virtual_uno("--tcp", "0") as url, closing(Bridge(lambda: open_port(url))) as monitor:
        monitor.turn()
        assert monitor.session is not None
        monitor.start()
        assert run(["flash", "--port", url]) == 1
    said = capfd.readouterr().err
    assert "another program may hold it" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (("--port", "sim://"), 2, "nothing to flash"),
        (("--port", "/dev/none"), 1, "no port /dev/none"),
        (("--port", "/dev/null"), 1, "not a serial line"),
        (("--port", "socket://127.0.0.1:1"), 1, "nobody listens"),
        (
            ("--port", "socket://127.0.0.1:1", "--hex", str(PROJECT_ROOT / "Makefile")),
            1,
            "not a record of Intel HEX",
        ),
        (("--no-such-option",), 2, "No such option"),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: tuple[str, ...], status: int, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["flash", *arguments]) == status
    said = capfd.readouterr().err
    assert reason in said
    assert len(said.splitlines()) == 1
