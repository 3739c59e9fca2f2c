"""fixprop monitor as people run it: in a pipe, with Ctrl-C, with sinks, on the simulated Uno."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop.toolchain import PROJECT_ROOT
from tests.host.sinks import parsers

COMMAND = [sys.executable, "-m", "fixprop", "monitor"]
PATIENCE_S = 60


def environment() -> dict[str, str]:
    paths = [str(PROJECT_ROOT / "host"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_ends_it_quietly(form: str) -> None:
    monitor = start("--port", "native://", "--speed", "20", "--format", form)
    head = subprocess.Popen(["head", "-n", "3"], stdin=monitor.stdout, stdout=subprocess.PIPE)
    assert monitor.stdout is not None and monitor.stderr is not None
    monitor.stdout.close()
    read, _ = head.communicate(timeout=PATIENCE_S)
    assert len(read.splitlines()) == 3
    told = monitor.stderr.read()
    assert monitor.wait(PATIENCE_S) == 0
    assert "Traceback" not in told and "Exception" not in told and "rror" not in told, told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_ends_it_with_a_summary_and_status_0(number: signal.Signals, tmp_path: Path) -> None:
    link = tmp_path / "plotter"
    monitor = start("--port", "native://", "--speed", "5", "--sink", f"plotter:{link}")
    assert monitor.stdout is not None
    for _ in range(5):
        assert monitor.stdout.readline()
    assert link.is_symlink()
    monitor.send_signal(number)
    _, told = monitor.communicate(timeout=PATIENCE_S)
    assert monitor.returncode == 0
    assert "Traceback" not in told
    assert "frames, 0 lost; twin identical" in told
    assert "0 dropped" in told
    assert not link.is_symlink()


def test_a_lesson_on_the_simulated_uno_reaches_every_sink_alike(tmp_path: Path) -> None:
    table = tmp_path / "lesson.csv"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as teleplot,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plotjuggler,
    ):
        ports = []
        for receiver in (teleplot, plotjuggler):
            receiver.bind(("127.0.0.1", 0))
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            receiver.settimeout(1)
            ports.append(receiver.getsockname()[1])
        monitor = start(
            *("--port", "sim://", "--speed", "4", "--teach", "8", "--seconds", "1.5"),
            *("--sink", f"csv:{table}", "--sink", f"teleplot://127.0.0.1:{ports[0]}"),
            *("--sink", f"plotjuggler://127.0.0.1:{ports[1]}"),
        )
        text, told = monitor.communicate(timeout=PATIENCE_S)
        assert monitor.returncode == 0, told
        with table.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
        assert len(rows) > 50
        for row in rows:
            points = {p.name: p for p in parsers.teleplot_packet(teleplot.recv(65536))}
            _, series = parsers.plotjuggler_packet(plotjuggler.recv(65536))
            assert points["reading"].value == series["/fixprop/reading"] == int(row["reading"])
            assert points["left_cm"].value == float(row["left_cm"])
    assert [int(row["reading"]) for row in rows] == list(range(len(rows)))
    assert float(rows[-1]["loss"]) > 0
    assert int(rows[-1]["step"]) > 1000
    assert "twin identical" in told
    assert told.count(f"{len(rows)} sent, 0 dropped") == 3
    assert "teaching" in text


def test_a_second_run_continues_the_table(tmp_path: Path) -> None:
    table = tmp_path / "readings.csv"
    arguments = ("--port", "native://", "--speed", "20", "--seconds", "0.3")
    counts = []
    for _ in range(2):
        monitor = start(*arguments, "--sink", f"csv:{table}", "--append")
        monitor.communicate(timeout=PATIENCE_S)
        assert monitor.returncode == 0
        counts.append(len(table.read_text(encoding="utf-8").splitlines()))
    assert 1 < counts[0] < counts[1]
    with table.open(encoding="utf-8") as file:
        utc = [row["utc"] for row in csv.DictReader(file, strict=True)]
    assert utc == sorted(utc)
