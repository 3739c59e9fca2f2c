"""The web server: whom it lets in, what it accepts, and what it answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from fixprop.dashboard.access import Access
from fixprop.dashboard.packing import unpack
from fixprop.dashboard.server import MOST_PAGES, MOST_REFUSALS, create_app, guarded
from tests.host.dashboard.play import Play

HERE = "127.0.0.1:8042"
LIVE = f"ws://{HERE}/live"
OURS = {"origin": f"http://{HERE}"}


@pytest.fixture
def play() -> Iterator[Play]:
    """A board that lives in a thread of its own, as fast as it can."""
    play = Play()
    ends = threading.Event()

    def live() -> None:
        while not ends.is_set():
            play.bridge.turn(0.02)
            play.now += 0.02
            ends.wait(0.001)

    thread = threading.Thread(target=live)
    thread.start()
    yield play
    ends.set()
    thread.join()


def client_of(play: Play, access: Access) -> TestClient:
    app = guarded(create_app(play.dashboard, access), access)
    return TestClient(app, base_url=f"http://{HERE}")


@pytest.fixture
def client(play: Play) -> Iterator[TestClient]:
    with client_of(play, Access("127.0.0.1", 8042)) as client:
        yield client


@pytest.fixture
def open_client(play: Play) -> Iterator[TestClient]:
    with client_of(play, Access("0.0.0.0", 8042, "secret")) as client:
        yield client


def until(socket: Any, kind: str, **wanted: Any) -> dict[str, Any]:
    """The first message of that kind with these values."""
    for _ in range(2000):
        message = socket.receive()
        found = json.loads(message["text"]) if message.get("text") else unpack(message["bytes"])[0]
        if found["kind"] == kind and all(found.get(k) == v for k, v in wanted.items()):
            return dict(found)
    raise AssertionError(f"no {kind} with {wanted}")


def test_the_page_and_its_files_are_served_with_a_policy(client: TestClient) -> None:
    for path in ("/", "/static/main.js", "/static/theme.css"):
        response = client.get(path)
        assert response.status_code == 200, path
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_page_holds_nothing_that_its_policy_forbids(client: TestClient) -> None:
    page = client.get("/").text
    assert " style=" not in page
    assert "<script>" not in page
    assert " on" not in {word[:3] for word in page.split("<") if "=" in word and word[:2] == "on"}
    assert "http:" not in page and "https:" not in page  # nothing from elsewhere


@pytest.mark.parametrize(
    "path", ["/../server.py", "/static/../server.py", "/static/%2e%2e/server.py"]
)
def test_no_other_file_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_foreign_name_for_this_computer_gets_nothing(client: TestClient) -> None:
    for path in ("/", "/static/main.js", "/model.h"):
        assert client.get(path, headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://evil.example", "host": "evil.example"},
        {"origin": f"http://{HERE}", "host": "evil.example:8042"},
    ],
)
def test_a_foreign_page_cannot_listen(client: TestClient, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refusal,
        client.websocket_connect(LIVE, headers=headers),
    ):
        pass
    assert refusal.value.code == 1008


def test_open_to_the_network_everything_but_static_files_needs_the_token(
    open_client: TestClient,
) -> None:
    for path in ("/", "/model.h"):
        assert open_client.get(path).status_code == 403
        assert open_client.get(path, params={"token": "secret "}).status_code == 403
    assert open_client.get("/", params={"token": "secret"}).status_code == 200
    assert open_client.get("/static/main.js").status_code == 200
    for url in (LIVE, f"{LIVE}?token=wrong"):
        with pytest.raises(WebSocketDisconnect), open_client.websocket_connect(url, headers=OURS):
            pass
    with open_client.websocket_connect(f"{LIVE}?token=secret", headers=OURS) as socket:
        assert until(socket, "facts")["simulated"] is True


def test_a_page_hears_facts_status_and_data(client: TestClient) -> None:
    with client.websocket_connect(LIVE, headers=OURS) as socket:
        assert json.loads(socket.receive()["text"])["kind"] == "facts"
        assert json.loads(socket.receive()["text"])["kind"] == "status"
        assert until(socket, "data")["batch"] >= 1
        assert until(socket, "network")


def test_a_request_is_done_and_answered(client: TestClient, play: Play) -> None:
    with client.websocket_connect(LIVE, headers=OURS) as socket:
        until(socket, "data")
        socket.send_text(json.dumps({"type": "rate", "id": 3, "rate": 512}))
        assert until(socket, "answer", id=3)["ok"]
        assert until(socket, "status", rate=512)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("nonsense", "message"),
        (json.dumps({"type": "save", "id": 1, "path": "/etc/passwd"}), "path"),
        (json.dumps({"type": "rate", "id": 1, "rate": 70000}), "rate"),
        (json.dumps({"type": "format_disk", "id": 1}), "type"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_by_field(
    client: TestClient, text: str, field: str
) -> None:
    with client.websocket_connect(LIVE, headers=OURS) as socket:
        socket.send_text(text)
        answer = until(socket, "answer", ok=False)
        assert answer["field"] == field
        assert answer["text"].startswith(f"refused: {field}: ")


def test_bytes_are_no_request(client: TestClient) -> None:
    with client.websocket_connect(LIVE, headers=OURS) as socket:
        socket.send_bytes(b'{"type":"save","id":1}')
        assert until(socket, "answer", ok=False)["field"] == "message"


def test_a_page_that_keeps_sending_nonsense_is_hung_up_on(client: TestClient) -> None:
    with client.websocket_connect(LIVE, headers=OURS) as socket:
        for _ in range(MOST_REFUSALS):
            socket.send_text("nonsense")
        with pytest.raises(WebSocketDisconnect) as end:
            for _ in range(2000):
                message = socket.receive()
                if message["type"] == "websocket.close":
                    raise WebSocketDisconnect(message["code"])
        assert end.value.code == 1008


def test_only_so_many_pages_are_served(client: TestClient) -> None:
    with ExitStack() as pages:
        for _ in range(MOST_PAGES):
            page = pages.enter_context(client.websocket_connect(LIVE, headers=OURS))
            until(page, "facts")
        message = pages.enter_context(client.websocket_connect(LIVE, headers=OURS)).receive()
        assert (message["type"], message["code"]) == ("websocket.close", 1013)


def test_the_weights_are_a_header_to_download(client: TestClient) -> None:
    with client.websocket_connect(LIVE, headers=OURS) as socket:
        until(socket, "network")
        response = client.get("/model.h")
    assert response.status_code == 200
    assert response.headers["content-disposition"] == 'attachment; filename="model.h"'
    assert "fixprop_network model" in response.text
