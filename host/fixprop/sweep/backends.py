"""Where runs are computed: the cores of this computer through joblib, or a Dask cluster."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol

from fixprop.errors import FixpropError, MissingTool
from fixprop.sweep.identity import Identity, identity
from fixprop.sweep.point import Point
from fixprop.sweep.virtual_build import run

Outcome = tuple[Point, dict[str, Any], Identity]
CONNECT_S = 5
PATIENCE_S = 10  # without a result, until somebody asks whether there are workers
WINDOW = 256  # runs that the scheduler has at a time


class Backend(Protocol):
    """Computes points, in any order."""

    def outcomes(self, points: Sequence[Point]) -> Iterator[Outcome]:
        """Each point's figures as they come, with the identity of the process that made them."""


def job(point: Point) -> Outcome:
    """What a worker does."""
    return point, run(point), identity()


class Cores:
    """This computer; `jobs` processes, -1 for one a core."""

    def __init__(self, jobs: int = -1) -> None:
        # joblib counts physical cores with tools that a small machine may lack, and says so at length
        os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count() or 1))
        try:
            import joblib
        except ImportError as error:
            raise MissingTool(
                "no joblib: install it with: pip install 'fixprop[report]'"
            ) from error
        threading.excepthook = _without_loky
        warnings.filterwarnings("ignore", "[0-9]+ tasks which were still being processed")
        self._joblib, self._jobs = joblib, jobs

    def outcomes(self, points: Sequence[Point]) -> Iterator[Outcome]:
        """See Backend."""
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        parallel = self._joblib.Parallel(
            n_jobs=self._jobs,
            backend="loky",
            return_as="generator_unordered",
            pre_dispatch="4*n_jobs",
        )
        try:
            yield from parallel(self._joblib.delayed(job)(point) for point in points)
        except TerminatedWorkerError as error:
            raise FixpropError(
                "a worker process was killed (out of memory?): run the command again to go on, "
                "with fewer --jobs"
            ) from error


def _without_loky(error: threading.ExceptHookArgs) -> None:
    """An interrupted pool's own thread may trip over a run that was withdrawn."""
    if error.thread is None or error.thread.name != "ExecutorManagerThread":
        threading.__excepthook__(error)


class Cluster:
    """The workers of a Dask scheduler; each needs this fixprop and a C compiler."""

    def __init__(self, scheduler: str) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise MissingTool("no dask: install it with: pip install 'fixprop[cluster]'") from error
        for name in list(logging.root.manager.loggerDict):
            if name.startswith(("distributed", "asyncio")):
                logging.getLogger(name).disabled = True  # what matters is raised too
        warnings.filterwarnings("ignore", category=distributed.versions.VersionMismatchWarning)
        self._distributed, self.scheduler = distributed, scheduler
        try:
            self._client = distributed.Client(scheduler, timeout=CONNECT_S)
        except (OSError, ValueError, RuntimeError) as error:
            raise FixpropError(
                f"no Dask scheduler at {scheduler}: start one with: dask scheduler"
            ) from error

    def outcomes(self, points: Sequence[Point]) -> Iterator[Outcome]:
        """See Backend; runs of a worker that dies are computed by the others."""
        waiting, pending = list(reversed(points)), set[Any]()
        try:
            self._require_workers()
            while waiting or pending:
                while waiting and len(pending) < WINDOW:
                    pending.add(self._client.submit(job, waiting.pop(), pure=False, retries=2))
                for future in self._finished(pending):
                    outcome = self._result(future)
                    if outcome is not None:
                        pending.remove(future)
                        yield outcome
        finally:
            with suppress(Exception):  # the scheduler may be gone
                self._client.close(timeout=1)

    def _finished(self, pending: set[Any]) -> set[Any]:
        """Those that are done; none if nothing comes for a while though there are workers."""
        try:
            return set(self._distributed.wait(pending, PATIENCE_S, "FIRST_COMPLETED").done)
        except TimeoutError:
            self._require_workers()
            return set()
        except self._distributed.CancelledError as error:
            raise self._gone() from error

    def _result(self, future: Any) -> Outcome | None:
        """None if the result went with its worker, and is being computed again."""
        try:
            outcome: Outcome = future.result(timeout=PATIENCE_S)
        except FixpropError:
            raise
        except TimeoutError:
            self._require_workers()
            return None
        except (self._distributed.CancelledError, OSError) as error:
            raise self._gone() from error
        except self._distributed.KilledWorker as error:
            raise FixpropError(
                f"workers of {self.scheduler} die of a run: look at their memory"
            ) from error
        except Exception as error:
            raise FixpropError(f"a worker of {self.scheduler} failed: {error!r}") from error
        return outcome

    def _require_workers(self) -> None:
        """A worker that has just died may still be counted for a moment."""
        try:
            workers = self._client.sync(self._client.scheduler.identity)["workers"]
        except (OSError, TimeoutError, AttributeError) as error:
            raise self._gone() from error
        if not workers:
            raise FixpropError(
                f"the scheduler at {self.scheduler} has no workers: start some with: "
                f"dask worker {self.scheduler}"
            )

    def _gone(self) -> FixpropError:
        return FixpropError(
            f"the Dask scheduler at {self.scheduler} went away: start it, then run the command again "
            "to go on"
        )
