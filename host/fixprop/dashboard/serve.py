"""A board, its bridge and the web server together, until interrupted."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fixprop.board.ports import REPLAY, SIMULATED
from fixprop.dashboard import vendor
from fixprop.dashboard.access import Access
from fixprop.dashboard.dashboard import Dashboard
from fixprop.dashboard.playground import Playground
from fixprop.dashboard.recorder import Recording
from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.reconnect import Reconnect
from fixprop.recording.playback import bridge_to
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, kill, a closed terminal

MAX_BODY = 2048
"""Bytes that a message from a page may have before the server hangs up; the schema allows less."""


class Board:
    """A bridge to the board behind `url`, not started yet, and its dashboard."""

    def __init__(self, url: str, seed: int, speed: float = 1.0) -> None:
        self.playground = Playground(url, seed, speed) if url in SIMULATED else None
        connect = self.playground.connect if self.playground else Reconnect(url)
        self.twin = Twin(NativeLearner(seed))
        self.bridge = bridge_to(url, connect, self.twin, speed)
        self.recording = Recording(self.bridge, url)
        replayed = url.startswith(REPLAY)
        self.dashboard = Dashboard(self.bridge, self.recording, self.playground, replayed)

    def close(self) -> None:
        """Let go of the board and of the file that is being recorded."""
        self.bridge.close()
        self.recording.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises FixpropError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where TCP is named: else a message may wait 40 ms
    line = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        line.bind((host, port))
        line.listen()  # a browser that is faster than the server waits
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
        line.close()
        reason = getattr(error, "strerror", None) or error
        cure = "name an address of this computer: --host 127.0.0.1, or 0.0.0.0 for all it has"
        if getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES):
            cure = "try another port, or --http-port 0 for a free one"
        raise FixpropError(f"cannot listen on {host}:{port}: {reason}; {cure}") from error
    return line


class WebServer:
    """Serves the page on the socket `line`."""

    def __init__(self, dashboard: Dashboard, access: Access, line: socket.socket) -> None:
        import uvicorn

        from fixprop.dashboard.server import create_app, guarded

        self._line = line
        self._failure: BaseException | None = None
        config = uvicorn.Config(
            guarded(create_app(dashboard, access, self._failed), access),
            log_level="error",
            access_log=False,  # it would hold the token
            server_header=False,
            ws="websockets-sansio",
            ws_max_size=MAX_BODY,
            ws_per_message_deflate=False,  # the page is near, the processor is busy
            ws_ping_interval=20.0,
            limit_concurrency=64,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=16_384,
        )

        class Patient(uvicorn.Server):
            """Ends in good order, within timeout_graceful_shutdown, however often it is asked."""

            def handle_exit(self, sig: int, frame: object) -> None:
                self.should_exit = True

        self._server = Patient(config)

    def run(self) -> None:
        """Until interrupted or stopped; raises what else ended it."""
        self._server.run(sockets=[self._line])
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Let `run` end, from any thread."""
        self._server.should_exit = True

    def _failed(self, error: BaseException) -> None:
        self._failure = error
        self.stop()


def serve(
    url: str,
    *,
    seed: int,
    speed: float,
    host: str,
    http_port: int,
    ready: Callable[[str], None],
    watch: Callable[[Bridge], None] = lambda _: None,
) -> None:
    """Serve the page of the board behind `url`; `ready` is told its address.

    `watch` gets the board's bridge before it starts.
    """
    vendor.install()
    board = Board(url, seed, speed)
    watch(board.bridge)
    line = listen(host, http_port)
    access = Access.to(host, line.getsockname()[1])
    server = WebServer(board.dashboard, access, line)
    with ended_by_signals(server.stop):
        board.bridge.start()
        try:
            ready(access.url)
            server.run()
        finally:
            board.close()
            line.close()


@contextmanager
def ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and its like call `stop` until all is closed, however often they come.

    uvicorn catches them only while it serves. Only the main thread is told of signals; elsewhere
    nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def has_a_screen() -> bool:
    """Whether a browser opened here would be seen by who asked for it."""
    environment = os.environ
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
