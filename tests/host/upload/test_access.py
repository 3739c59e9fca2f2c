"""Ports that cannot be used, and what to do."""

from __future__ import annotations

import grp
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.upload.access import check_access, holders


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


def test_no_permission_names_the_group_that_has_it(terminal: str) -> None:
    group = grp.getgrgid(Path(terminal).stat().st_gid).gr_name
    with pytest.raises(
        FixpropError, match=rf"belongs to the group {group}: sudo usermod -aG {group} "
    ):
        check_access(terminal, allowed=lambda _: False)


def test_a_busy_line_names_the_program_that_has_it(terminal: str) -> None:
    with Path(terminal).open("rb") as line, subprocess.Popen(["sleep", "60"], stdin=line) as other:
        assert [holder.pid for holder in holders(terminal)] == [other.pid]
        with pytest.raises(FixpropError, match=rf"busy, open in sleep \(process {other.pid}\)"):
            check_access(terminal)
        other.kill()
    check_access(terminal)
