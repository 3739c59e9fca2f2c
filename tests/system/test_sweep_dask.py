"""A sweep on a real Dask cluster: separate worker processes, one of which is killed half-way."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixprop.errors import FixpropError
from fixprop.sweep import backends
from fixprop.sweep.backends import Cluster
from fixprop.sweep.space import Space
from fixprop.sweep.sweep import sweep
from fixprop.sweep.virtual_build import run
from fixprop.toolchain import PROJECT_ROOT

distributed: Any = pytest.importorskip("distributed")
LIMIT_S = 60
POINTS = Space({"toe_in_deg": [2.5, 5.0]}, builds=8).points()


def start(role: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of the cluster, which nobody starts again when it dies."""
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{role}", "--no-dashboard", *arguments],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
        stderr=subprocess.PIPE if role == "scheduler" else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        text=True,
    )


@contextmanager
def ended(*processes: subprocess.Popen[str]) -> Iterator[None]:
    """Their end comes with the block's."""
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Scheduler:
    process: subprocess.Popen[str]
    address: str


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    """A scheduler without workers."""
    process = start("scheduler", "--host", "127.0.0.1", "--port", "0")
    with ended(process):
        assert process.stderr is not None
        told = (re.search(r"Scheduler at:\s*(tcp://\S+)", line) for line in process.stderr)
        found = next((match for match in told if match), None)
        assert found is not None, "the scheduler did not start"
        yield Scheduler(process, found[1])


@pytest.fixture
def workers(scheduler: Scheduler, tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Two workers of it, at work."""
    folder = "--local-directory", str(tmp_path)
    arguments = scheduler.address, "--no-nanny", "--nthreads", "1", *folder
    started = [start("worker", *arguments) for _ in range(2)]
    with ended(*started):
        with distributed.Client(scheduler.address, timeout=LIMIT_S, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=LIMIT_S)
        yield started


def keys(path: Path) -> list[str]:
    return [json.loads(line)["key"] for line in path.read_bytes().splitlines()[1:]]


def test_a_worker_killed_half_way_costs_no_result(
    scheduler: Scheduler, workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    path, done = tmp_path / "a.jsonl", list[int]()

    def progress(held: int, total: int) -> None:
        done.append(held)
        if held == total // 2:
            assert workers[0].poll() is None
            workers[0].kill()
            workers[0].wait()

    rows = sweep(POINTS, path, lambda: Cluster(scheduler.address), progress)
    assert workers[0].poll() is not None, "one worker must have died"
    assert workers[1].poll() is None
    assert done == list(range(len(POINTS) + 1))
    assert sorted(keys(path)) == sorted(point.key for point in POINTS)
    assert [row.point for row in rows] == POINTS
    for row in rows[::6]:
        assert row.figures == run(row.point), "as on this computer"


def test_when_all_workers_die_the_results_so_far_stay(
    scheduler: Scheduler,
    workers: list[subprocess.Popen[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backends, "PATIENCE_S", 1)
    path = tmp_path / "a.jsonl"

    def progress(held: int, _total: int) -> None:
        if held == 3:
            for one in workers:
                one.kill()
                one.wait()

    with pytest.raises(FixpropError, match="has no workers"):
        sweep(POINTS, path, lambda: Cluster(scheduler.address), progress)
    assert 3 <= len(keys(path)) < len(POINTS)
    assert len(set(keys(path))) == len(keys(path))


def test_when_the_scheduler_dies_the_results_so_far_stay(
    scheduler: Scheduler, workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"

    def progress(held: int, _total: int) -> None:
        if held == 3:
            scheduler.process.kill()
            scheduler.process.wait()

    with pytest.raises(FixpropError, match=f"{scheduler.address} went away") as error:
        sweep(POINTS, path, lambda: Cluster(scheduler.address), progress)
    assert "\n" not in str(error.value)
    assert 3 <= len(keys(path)) < len(POINTS)


def test_a_scheduler_without_workers_is_told_in_one_line(
    scheduler: Scheduler, tmp_path: Path
) -> None:
    with pytest.raises(
        FixpropError, match=f"{scheduler.address} has no workers: start some"
    ) as error:
        sweep(
            POINTS[:1],
            tmp_path / "a.jsonl",
            lambda: Cluster(scheduler.address),
            lambda _d, _t: None,
        )
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{}", "127.0.0.1:{}", "nonsense://x:{}"])
def test_a_scheduler_that_is_not_there_is_told_in_one_line(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "CONNECT_S", 1)
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        where = address.format(taken.getsockname()[1])
        with pytest.raises(FixpropError, match="no Dask scheduler at") as error:
            Cluster(where)
    assert "\n" not in str(error.value)
