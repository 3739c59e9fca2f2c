"""The page's record button."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fixprop.errors import FixpropError
from fixprop.files import prepare_folder
from fixprop.live.bridge import Bridge

if TYPE_CHECKING:
    from fixprop.recording.recorder import Recorder

FOLDER = Path("out/recordings")


def utc_now() -> datetime:
    """The date and time of day, by which people find a recording again."""
    return datetime.now(UTC)


class Recording:
    """At most one recording of `bridge`, which is a board at `url`, at a time."""

    def __init__(
        self,
        bridge: Bridge,
        url: str,
        folder: Path = FOLDER,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._bridge, self._url, self._folder, self._clock = bridge, url, folder, clock
        self._recorder: Recorder | None = None

    @property
    def path(self) -> Path | None:
        """The file that is being written; None: nothing is recorded, or the disk is full."""
        recorder = self._recorder
        return recorder.path if recorder is not None and recorder.error is None else None

    def start(self) -> str:
        """Record all that passes on the line from now on."""
        from fixprop.recording.facts import facts_here
        from fixprop.recording.recorder import Recorder

        if self.path is not None:
            raise FixpropError(f"{self.path} is being recorded already")
        self.close()
        now = self._clock()
        prepare_folder(self._folder)
        path = self._folder / f"{now:%Y-%m-%dT%H-%M-%S}.fixrec"
        facts = facts_here(self._url, started=now.isoformat(timespec="seconds"))
        self._recorder = Recorder(self._bridge, path, facts)
        self._recorder.start()
        return f"recording to {path}"

    def stop(self) -> str:
        """End the recording; FixpropError if it could not be written whole."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            raise FixpropError("nothing is being recorded")
        recorder.close()
        size = recorder.path.stat().st_size
        return f"recorded {recorder.path}: {recorder.seconds:.0f} s, {size:,} bytes"

    def failure(self) -> str:
        """Why a recording has ended by itself, told once; "" if none has."""
        recorder = self._recorder
        if recorder is None or recorder.error is None:
            return ""
        self._recorder = None
        with suppress(FixpropError):  # the one that is told
            recorder.close()
        return str(recorder.error)

    def close(self) -> None:
        """Let go of the file, if there is one."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None and recorder.error is None:
            recorder.close()
