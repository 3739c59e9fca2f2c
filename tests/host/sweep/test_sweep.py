"""The file of a sweep: whole lines, gone on with, never mixed."""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.sweep.backends import Cores
from fixprop.sweep.identity import identity
from fixprop.sweep.point import Point
from fixprop.sweep.results import read, results_file
from fixprop.sweep.space import Space
from fixprop.sweep.sweep import sweep
from fixprop.sweep.virtual_build import run
from fixprop.toolchain import PROJECT_ROOT
from tests.host.sweep.fakes import Fake, figures_of, no_progress

POINTS = Space({"baseline_cm": [8.0, 10.0]}, builds=3).points()

KILLED = """
import os, signal, sys
from pathlib import Path
from fixprop.sweep.results import ResultsFile
from fixprop.sweep.sweep import sweep
from tests.host.sweep.fakes import Fake, no_progress
from tests.host.sweep.test_sweep import POINTS

def dying(results, entry, write=ResultsFile._write):
    if len(results.rows) < 3:
        return write(results, entry)
    results._file.write(b'{"key": "0123')
    os.kill(os.getpid(), signal.SIGKILL)

ResultsFile._write = dying
sweep(POINTS, Path(sys.argv[1]), Fake, no_progress)
"""


def test_results_of_all_cores_are_those_of_one_process(tmp_path: Path) -> None:
    points = Space(builds=4).points()
    rows = sweep(points, tmp_path / "a.jsonl", lambda: Cores(2), no_progress)
    assert [row.point for row in rows] == points
    assert [row.figures for row in rows] == [run(point) for point in points]


def test_each_result_is_in_the_file_when_the_next_is_computed(tmp_path: Path) -> None:
    path, held = tmp_path / "a.jsonl", list[int]()
    sweep(POINTS, path, Fake, lambda done, _: held.append(len(read(path).rows) - done))
    assert held == [0] * (len(POINTS) + 1)


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    path, first, second = tmp_path / "a.jsonl", Fake(), Fake()
    sweep(POINTS[:4], path, lambda: first, no_progress)
    before = path.read_bytes()
    rows = sweep(POINTS, path, lambda: second, no_progress)
    assert second.asked == POINTS[4:]
    assert [row.figures for row in rows] == [figures_of(point) for point in POINTS]
    assert path.read_bytes().startswith(before)


def test_a_killed_run_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    paths = os.pathsep.join([str(PROJECT_ROOT / "host"), str(PROJECT_ROOT)])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        env=os.environ | {"PYTHONPATH": paths},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert path.read_bytes().endswith(b'{"key": "0123')
    backend = Fake()
    sweep(POINTS, path, lambda: backend, no_progress)
    assert backend.asked == POINTS[3:]
    keys = [json.loads(line)["key"] for line in path.read_bytes().splitlines()[1:]]
    assert sorted(keys) == sorted(point.key for point in POINTS)


def test_a_file_cut_anywhere_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    sweep(POINTS, path, Fake, no_progress)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        sweep(POINTS, path, Fake, no_progress)
        assert path.read_bytes() == whole, f"cut after {size} bytes"


def test_another_definition_is_refused_and_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with results_file(path, replace(identity(), fingerprint="00000000")) as results:
        results.append(POINTS[0], figures_of(POINTS[0]))
    older = path.read_bytes()
    path.write_bytes(older + b'{"half')
    with pytest.raises(FixpropError, match=r"fingerprint 00000000.*start a new file with -o"):
        sweep(POINTS, path, Fake, no_progress)
    assert path.read_bytes() == older + b'{"half'


def test_a_worker_with_another_definition_is_refused(tmp_path: Path) -> None:
    other = Fake(replace(identity(), probe="00000000"))
    with pytest.raises(FixpropError, match="a worker has another definition"):
        sweep(POINTS, tmp_path / "a.jsonl", lambda: other, no_progress)
    assert not read(tmp_path / "a.jsonl").rows


@pytest.mark.parametrize("content", [b"notes", b"notes\n", b"{}\n", b'{"fixprop_sweeps'])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(FixpropError, match="is not a file of fixprop sweep"):
        sweep(POINTS, path, Fake, no_progress)
    assert path.read_bytes() == content


@pytest.mark.parametrize("line", [b"nonsense", b"{}", b'{"parameters": {"seed": 1}}', b"\xff"])
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a.jsonl"
    sweep(POINTS[:1], path, Fake, no_progress)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(FixpropError, match="line 3 is damaged"):
        sweep(POINTS, path, Fake, no_progress)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    sweep(POINTS[:1], path, Fake, no_progress)
    path.write_bytes(path.read_bytes().replace(b'"fixprop_sweep": 2', b'"fixprop_sweep": 3'))
    with pytest.raises(FixpropError, match="has format 3, known is 2: start a new file"):
        read(path)


def test_a_digit_that_was_altered_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    sweep(POINTS[:1], path, Fake, no_progress)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"seen": 1.0', b'"seen": 0.0'))
    with pytest.raises(FixpropError, match="line 2 is damaged: delete that line"):
        read(path)
    path.write_bytes(whole.replace(identity().fingerprint.encode(), b"00000000"))
    with pytest.raises(FixpropError, match="line 1 is damaged: start a new file"):
        read(path)


def test_a_full_disk_leaves_no_half_line_before_the_next_one(tmp_path: Path) -> None:
    path, told = tmp_path / "a.jsonl", list[Point]()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with results_file(path, identity()) as results:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
        try:
            with pytest.raises(FixpropError, match="make room and run the command again"):
                for point in POINTS:
                    results.append(point, figures_of(point))
                    told.append(point)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert 0 < len(told) < len(POINTS)
        assert list(read(path).rows) == [point.key for point in told]
        results.append(POINTS[-1], figures_of(POINTS[-1]))
    assert list(read(path).rows) == [point.key for point in (*told, POINTS[-1])]


def test_two_sweeps_do_not_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with (
        results_file(path, identity()),
        pytest.raises(FixpropError, match="in use by another sweep"),
        results_file(path, identity()),
    ):
        pass


def test_a_result_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    path, point = tmp_path / "a.jsonl", Point()
    with results_file(path, identity()) as results:
        results.append(point, figures_of(point))
        results.append(point, figures_of(point))
    assert len(path.read_bytes().splitlines()) == 2
