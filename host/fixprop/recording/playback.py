"""Conversations that were recorded, for everyone who listens to one.

`follow` gives a bridge that goes through a recording as it would through a board's life, over every
gap of the line; when the recording ends, its line is lost for good.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from fixprop.board.paced import PacedBoard
from fixprop.board.port import Port
from fixprop.board.ports import REPLAY
from fixprop.board.replay import RecordedGap, RecordingEnded, Replay
from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.network import Topology
from fixprop.recording.items import Kind
from fixprop.session import Session, check_hello
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.twin import Twin
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Hello, Record

FOREVER_S = 1e9


class ReplaySession(Session):
    """Hears what a session heard, and tells of the commands that it sent, where it sent them.

    `port`: one of the replay's, or one that passes on what it reads and writes.
    """

    def __init__(self, port: Port, replay: Replay, topology: Topology = TOPOLOGY) -> None:
        super().__init__(port, topology)
        self._replay, self._commands = replay, FrameReader()

    def open(self) -> Hello:
        """The hello of this connection; it is not asked for."""
        hello = self._replay.hello or self._await(Hello, FOREVER_S)
        assert hello is not None  # the recording ends before
        check_hello(hello, self.topology, self.port.url)
        return hello

    def _send(self, command: Record) -> NoReturn:
        raise FixpropError(f"{self.port.url} is a recording: it takes no {command.name}")

    def _listen(self, seconds: float) -> None:
        super()._listen(seconds)
        unheard = self._replay.unheard
        while unheard:
            if unheard[0].kind == Kind.DROPPED:
                for tell_lost in self.on_lost:
                    tell_lost(unheard[0].count())
            else:
                self._tell_sent(unheard[0].data)
            unheard.popleft()

    def _tell_sent(self, data: bytes) -> None:
        for frame in self._commands.feed(data):
            for tell in self.on_sent:
                tell(frame.sequence, frame.message)
        self.port.write(data)  # so that those who listen to the port hear it too


def sessions_of(replay: Replay) -> Callable[[Port], Session]:
    """What a Bridge makes its sessions with."""
    return lambda port: ReplaySession(port, replay)


def follow(replay: Replay, twin: Twin | None = None, speed: float = 1.0) -> Bridge:
    """A bridge, not started yet; `speed`: seconds of the recording in one of ours, more than 0."""
    return Bridge(lambda: PacedBoard(replay.connect(), speed), twin, session=sessions_of(replay))


def replay_of(url: str) -> Replay | None:
    """The recording that a port's URL names; None: it names a line."""
    return Replay(Path(url.removeprefix(REPLAY))) if url.startswith(REPLAY) else None


def bridge_to(
    url: str, connect: Callable[[], Port], twin: Twin | None = None, speed: float = 1.0
) -> Bridge:
    """A bridge to a board, which `connect` opens, or through the recording that `url` names."""
    replay = replay_of(url)
    return Bridge(connect, twin) if replay is None else follow(replay, twin, speed)


def play(
    replay: Replay,
    connected: Callable[[Session], None],
    lost: Callable[[], None],
    pace: Callable[[Port], Port] = lambda port: port,
) -> None:
    """Play to the end. `connected` is told of each session before it hears anything."""
    while True:
        try:
            session = ReplaySession(pace(replay.connect()), replay)
            connected(session)
            session.run(FOREVER_S)
        except RecordedGap:
            lost()
        except RecordingEnded:
            return
