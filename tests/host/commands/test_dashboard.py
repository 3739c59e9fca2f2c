"""fixprop dashboard at the terminal: what it waits for, while the page is served."""

from __future__ import annotations

import threading

import pytest

pytest.importorskip("uvicorn")
from fixprop import cli
from fixprop.dashboard.serve import WebServer


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
