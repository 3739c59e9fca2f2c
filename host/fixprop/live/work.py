"""Work that other threads give to the reader, which alone may use the line."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from fixprop.errors import FixpropError
from fixprop.live.tap import LineLost
from fixprop.session import Session

T = TypeVar("T")


class Work:
    """A bounded queue; every future given out gets an answer or an error, whatever happens."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: queue.Queue[tuple[Callable[[Session], Any], Future[Any]]] = queue.Queue(
            limit
        )
        self._closed = ""

    def put(self, work: Callable[[Session], T]) -> Future[T]:
        """Any thread: have `work` done. FixpropError in the future at once if too much waits."""
        future: Future[T] = Future()
        try:
            self._waiting.put_nowait((work, future))
        except queue.Full:
            future.set_exception(
                FixpropError(f"{self._limit} commands wait for the board; try again later")
            )
        if self._closed:  # perhaps between the last refusal and now
            self.refuse(self._closed)
        return future

    def do(self, session: Session) -> None:
        """The reader: do what waits now; what comes meanwhile waits for the next turn."""
        for _ in range(self._waiting.qsize()):
            try:
                work, future = self._waiting.get_nowait()
            except queue.Empty:
                return
            if future.set_running_or_notify_cancel():
                _do(work, future, session)

    def refuse(self, why: str) -> None:
        """Any thread: none of what waits is done."""
        while True:
            try:
                _, future = self._waiting.get_nowait()
            except queue.Empty:
                return
            if future.set_running_or_notify_cancel():
                future.set_exception(FixpropError(why))

    def close(self, why: str) -> None:
        """Nothing is done any more."""
        self._closed = why
        self.refuse(why)


def _do(work: Callable[[Session], T], future: Future[T], session: Session) -> None:
    try:
        future.set_result(work(session))
    except LineLost as error:
        future.set_exception(error)
        raise
    except Exception as error:  # the caller's: a refusal, no answer, or a mistake of its own
        future.set_exception(error)
