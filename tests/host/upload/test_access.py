"""Ports that cannot be used, and what to do."""

from __future__ import annotations

import grp
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.upload import access
from fixprop.upload.access import check_access, holders, why_and_cure


@pytest.fixture
def terminal() -> Iterator[str]:
    end, device = os.openpty()
    path = os.ttyname(device)
    os.close(device)
    yield path
    os.close(end)


def test_a_free_line_is_fine(terminal: str) -> None:
    check_access(terminal)


def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FixpropError, match=r"no port .*none.*is the board plugged in"):
        check_access(str(tmp_path / "none"))


@pytest.mark.parametrize("path", ["/dev/null", "/tmp"])
def test_what_is_no_serial_line(path: str) -> None:
    with pytest.raises(FixpropError, match=f"{path} is not a serial line"):
        check_access(path)


def test_no_permission_is_one_line_with_its_cure(terminal: str) -> None:
    why, cure = why_and_cure(terminal, Path(terminal).stat())
    with pytest.raises(FixpropError) as raised:
        check_access(terminal, allowed=lambda _: False)
    assert str(raised.value) == f"no permission for {terminal}: {why}: {cure}"


DIALOUT, UNNAMED, ROOT = 20, 4321, 0
NO_GROUP = "no group of users may use it", "ask for a udev rule, or until it is unplugged: "


@pytest.mark.parametrize(
    ("mode", "group_id", "members", "why", "cure"),
    [
        (
            0o660,
            DIALOUT,
            ["eve"],
            "it belongs to the group dialout",
            "sudo usermod -aG dialout ada",
        ),
        (0o660, DIALOUT, ["ada"], "you are in its group dialout, but not", "log in again"),
        (0o660, UNNAMED, [], "it belongs to the group number 4321, which has no name", "ask for"),
        (0o600, DIALOUT, ["eve"], *NO_GROUP),
        (0o600, DIALOUT, ["ada"], *NO_GROUP),
        (0o640, DIALOUT, ["eve"], *NO_GROUP),  # to read alone is not enough
        (0o600, ROOT, [], *NO_GROUP),
        (0o660, ROOT, [], *NO_GROUP),  # nobody should join root's group
    ],
)
def test_the_cure_is_one_that_helps(
    monkeypatch: pytest.MonkeyPatch,
    mode: int,
    group_id: int,
    members: list[str],
    why: str,
    cure: str,
) -> None:
    def group_of(number: int) -> grp.struct_group:
        if number == UNNAMED:
            raise KeyError(number)
        return grp.struct_group(("dialout" if number else "root", "x", number, members))

    monkeypatch.setattr(grp, "getgrgid", group_of)
    monkeypatch.setattr(os, "getgroups", list)
    monkeypatch.setenv("USER", "ada")
    status = os.stat_result((stat.S_IFCHR | mode, 0, 0, 1, 0, group_id, 0, 0, 0, 0))
    seen, do = why_and_cure("/dev/ttyACM0", status)
    assert seen.startswith(why)
    assert do.startswith(cure)


def test_a_device_of_its_owner_alone_is_opened_by_name() -> None:
    status = os.stat_result((stat.S_IFCHR | 0o600, 0, 0, 1, 0, ROOT, 0, 0, 0, 0))
    seen, do = why_and_cure("/dev/ttyACM0", status)
    assert seen == "no group of users may use it (mode 600)"
    assert do.endswith("sudo chmod a+rw /dev/ttyACM0")


def test_a_holder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device, process = tmp_path / "device", tmp_path / "99999999"
    (process / "fd").mkdir(parents=True)
    (process / "fd" / "3").symlink_to(device)
    (process / "comm").write_bytes(b"caf\xe9\n")
    monkeypatch.setattr(access, "PROCESSES", tmp_path)
    assert [str(holder) for holder in holders(str(device))] == ["caf\ufffd (process 99999999)"]


def test_a_busy_line_names_the_program_that_has_it(terminal: str) -> None:
    with Path(terminal).open("rb") as line, subprocess.Popen(["sleep", "60"], stdin=line) as other:
        assert [holder.pid for holder in holders(terminal)] == [other.pid]
        with pytest.raises(FixpropError, match=rf"busy, open in sleep \(process {other.pid}\)"):
            check_access(terminal)
        other.kill()
    check_access(terminal)
