"""The server's socket, the command's options, and what they say when something is missing."""

from __future__ import annotations

import importlib
import socket

import pytest
from click.testing import CliRunner

from fixprop.commands.dashboard import dashboard
from fixprop.dashboard.serve import has_a_screen, listen
from fixprop.errors import FixpropError, MissingTool

command = importlib.import_module("fixprop.commands.dashboard")


def test_port_0_takes_a_free_one_and_small_messages_are_sent_at_once() -> None:
    with listen("127.0.0.1", 0) as line:
        assert line.getsockname()[1] > 0
        assert line.proto == socket.IPPROTO_TCP  # or asyncio leaves TCP_NODELAY off


def test_a_port_in_use_is_one_line_that_says_what_to_do() -> None:
    with listen("127.0.0.1", 0) as line:
        port = line.getsockname()[1]
        with pytest.raises(FixpropError) as error:
            listen("127.0.0.1", port)
    assert str(error.value).startswith(f"cannot listen on 127.0.0.1:{port}: ")
    assert "--http-port 0" in str(error.value)


def test_a_browser_that_is_faster_than_the_server_is_not_turned_away() -> None:
    with listen("127.0.0.1", 0) as line:
        socket.create_connection(line.getsockname(), 1.0).close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", f"{'a' * 64}.example"])
def test_an_address_that_is_not_ours_is_too_and_another_port_is_no_cure(host: str) -> None:
    with pytest.raises(FixpropError, match=f"cannot listen on {host}:0: ") as error:
        listen(host, 0)
    assert "--host 127.0.0.1" in str(error.value)
    assert "port" not in str(error.value)


@pytest.mark.parametrize(
    ("environment", "seen"),
    [({"DISPLAY": ":0"}, True), ({}, False), ({"DISPLAY": ":10", "SSH_CONNECTION": "x"}, False)],
)
def test_a_browser_is_opened_only_where_it_is_seen(
    environment: dict[str, str], seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")
    assert has_a_screen() is seen


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """Calls of `serve`, which is ready at once and ends."""
    calls: list[tuple[str, dict[str, object]]] = []

    def serve(url: str, **options: object) -> None:
        ready, watch = options.pop("ready"), options.pop("watch")
        calls.append((url, options))
        assert callable(ready) and callable(watch)
        ready("http://127.0.0.1:8042/")

    monkeypatch.setattr("fixprop.dashboard.serve.serve", serve)
    monkeypatch.setattr(command.webbrowser, "open", lambda url: pytest.fail(f"opened {url}"))
    return calls


def test_the_address_is_printed(served: list[tuple[str, dict[str, object]]]) -> None:
    options = ["--port", "native://", "--http-port", "0", "--no-browser", "--speed", "2"]
    result = CliRunner().invoke(dashboard, options, catch_exceptions=False)
    assert "dashboard: http://127.0.0.1:8042/  (Ctrl-C ends it)" in result.output
    assert served == [("native://", {"seed": 1, "speed": 2.0, "host": "127.0.0.1", "http_port": 0})]


def test_without_a_board_it_opens_on_a_simulated_uno(
    served: list[tuple[str, dict[str, object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixprop.board.finder.find_boards", lambda: [])
    CliRunner().invoke(dashboard, ["--no-browser"], catch_exceptions=False)
    assert served[0][0] == "sim://"


@pytest.mark.parametrize(
    "options", [["--speed", "0"], ["--http-port", "70000"], ["--seed", "-1"], ["--speed", "nan"]]
)
def test_impossible_options_are_refused(
    options: list[str], served: list[tuple[str, dict[str, object]]]
) -> None:
    assert CliRunner().invoke(dashboard, [*options, "--no-browser"]).exit_code == 2
    assert not served


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "uvicorn" else object())
    with pytest.raises(
        MissingTool, match=r"needs uvicorn: make dashboard .* 'fixprop\[dashboard\]'"
    ):
        CliRunner().invoke(dashboard, ["--no-browser"], catch_exceptions=False)
