"""Whether a port can be used at all, asked before a board is touched."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixprop.board.finder import BRLTTY
from fixprop.errors import FixpropError
from fixprop.toolchain import typed

PROCESSES = Path("/proc")
MEMORY_DEVICES = 1  # major number of /dev/null and its like (Linux, devices.txt)
GROUP_USES = stat.S_IRGRP | stat.S_IWGRP
ROOT = 0  # the number of its group


@dataclass(frozen=True)
class Holder:
    """A process that has the port open."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


def may_use(path: str) -> bool:
    """Whether this process may read and write `path`."""
    return os.access(path, os.R_OK | os.W_OK)


def check_access(path: str, allowed: Callable[[str], bool] = may_use) -> None:
    """Raise FixpropError, with what to do, unless `path` is a device that nobody else uses."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise FixpropError(
            f"no port {path} ({error.strerror}): is the board plugged in, with a cable that "
            f"carries data? {BRLTTY}; list the boards with: {typed('pio')} device list"
        ) from error
    if not stat.S_ISCHR(status.st_mode) or os.major(status.st_rdev) == MEMORY_DEVICES:
        raise FixpropError(f"{path} is not a serial line: name the board's, such as /dev/ttyACM0")
    if not allowed(path):
        raise FixpropError(f"no permission for {path}: {': '.join(why_and_cure(path, status))}")
    if users := holders(path):
        raise FixpropError(
            f"{path} is busy, open in {' and '.join(map(str, users))}: end that first"
        )


def why_and_cure(path: str, status: os.stat_result) -> tuple[str, str]:
    """Why this user may not read and write a device, and what to do; POSIX only."""
    import grp

    group_id, mode = status.st_gid, stat.S_IMODE(status.st_mode)
    if mode & GROUP_USES != GROUP_USES or group_id == ROOT:  # to join the group would not help
        opened = f"ask for a udev rule, or until it is unplugged: sudo chmod a+rw {path}"
        return f"no group of users may use it (mode {mode:o})", opened
    try:
        group = grp.getgrgid(group_id)
    except KeyError:
        return (
            f"it belongs to the group number {group_id}, which has no name",
            "ask for a udev rule",
        )
    user = os.environ.get("USER", "$USER")
    if user in group.gr_mem and group_id not in os.getgroups():
        return f"you are in its group {group.gr_name}, but not since this login", "log in again"
    join = f"sudo usermod -aG {group.gr_name} {user}, then log in again"
    return f"it belongs to the group {group.gr_name}", join


def holders(path: str) -> list[Holder]:
    """Other processes that have `path` open, as far as this user may see them."""
    device, own = os.path.realpath(path), os.getpid()
    found = []
    for process in PROCESSES.glob("[0-9]*"):
        if int(process.name) != own and _has_open(process, device):
            with suppress(OSError):
                found.append(Holder(int(process.name), _name(process)))
    return sorted(found, key=lambda holder: holder.pid)


def _name(process: Path) -> str:
    """As the process gave it, which need not be UTF-8."""
    return (process / "comm").read_text("utf-8", errors="replace").strip()


def _has_open(process: Path, device: str) -> bool:
    with suppress(OSError):  # another user's, or just gone
        return any(_leads_to(link, device) for link in (process / "fd").iterdir())
    return False


def _leads_to(link: Path, device: str) -> bool:
    with suppress(OSError):
        return str(link.readlink()) == device
    return False
