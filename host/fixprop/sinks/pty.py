"""Arduino Serial Plotter text on a pseudo terminal, which any serial tool opens like a board's port."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path

from fixprop.errors import FixpropError, UsageError
from fixprop.sinks.formats import Channels, plotter_line
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Sink


class PtySink(Sink):
    """Writes a line for each sample while somebody has the other end open.

    `link`: also make a link of this path to it. A reader who is too slow loses whole lines.
    """

    def __init__(self, channels: Channels, link: Path | None = None, every_s: float = 0.0) -> None:
        super().__init__(f"plotter:{link or ''}", every_s)
        self._channels, self._link, self._rest = channels, link, b""
        self._master, self.path = _open()
        if link is not None:
            try:
                make_link(link, self.path)
            except FixpropError:
                os.close(self._master)
                raise
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLIN)
        self.name = f"plotter:{link or self.path}"
        self.ready = f"Serial Plotter: {link or self.path}, any baud rate"

    def send(self, sample: Sample) -> None:
        """See Sink."""
        if self._alone():
            self._rest = b""
            return
        if self._flush():
            self._rest = (plotter_line(sample, self._channels) + "\n").encode()
            self._flush()
            self.sent += 1
        else:
            self.dropped += 1

    def _alone(self) -> bool:
        """Whether nobody has the other end open; what came from there is thrown away."""
        events = self._poll.poll(0)
        if not events:
            return False
        if events[0][1] & select.POLLHUP:
            return True
        with suppress(OSError):
            os.read(self._master, 4096)
        return False

    def _flush(self) -> bool:
        """Whether the line under way has gone out whole."""
        try:
            while self._rest:
                self._rest = self._rest[os.write(self._master, self._rest) :]
        except BlockingIOError:
            return False
        except OSError:  # the other end was closed just now
            self._rest = b""
        return True

    def close(self) -> None:
        """See Sink."""
        if self._link is not None and _target(self._link) == self.path:
            self._link.unlink(missing_ok=True)
        os.close(self._master)


def _open() -> tuple[int, str]:
    """The end to write to, and the path of the other, which neither echoes nor changes anything."""
    try:
        import tty

        master, slave = os.openpty()
    except (ImportError, AttributeError, OSError) as error:
        raise FixpropError(
            "this system has no pseudo terminals for plotter: use teleplot://localhost instead"
        ) from error
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)  # from now on the system tells whether somebody listens
    os.set_blocking(master, False)
    return master, path


def make_link(link: Path, target: str) -> None:
    """Let `link` point to `target`; a link that is there is replaced, anything else is refused."""
    if link.exists() and not link.is_symlink():
        raise UsageError(f"{link} exists and is no link: name another path after plotter:")
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    except OSError as error:
        raise FixpropError(
            f"cannot make the link {link}: {error.strerror}; name another path after plotter:"
        ) from error


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
