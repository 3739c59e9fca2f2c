"""fixprop dashboard at the terminal: what it waits for, while the page is served."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

pytest.importorskip("uvicorn")
from fixprop import cli
from fixprop.dashboard.serve import WebServer
from fixprop.toolchain import PROJECT_ROOT


def test_a_port_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []

    def run(server: WebServer) -> None:
        for _ in range(200):
            told.extend(capsys.readouterr().err.splitlines())
            if told:
                return
            threading.Event().wait(0.02)  # the bridge has a thread of its own

    monkeypatch.setattr("fixprop.dashboard.vendor.install", lambda: None)
    monkeypatch.setattr(WebServer, "run", run)
    options = ["--port", "/dev/none", "--http-port", "0", "--no-browser"]
    assert cli.run(["dashboard", *options]) == 0
    assert len(told) == 1
    assert told[0].startswith("waiting for /dev/none: no port /dev/none")


def test_ctrl_c_however_often_ends_it_with_0_and_in_silence() -> None:
    command = [sys.executable, "-m", "fixprop", "dashboard", "--port", "native://", "--no-browser"]
    with subprocess.Popen(
        [*command, "--http-port", "0"],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any("dashboard: " in line for line in iter(process.stdout.readline, ""))
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (0, "")
