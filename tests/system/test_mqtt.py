"""A real broker: topics, retained facts, the last will, and a broker that dies and comes back."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path
from typing import Any

import pytest

from fixprop.live.events import Link, LinkState
from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.mqtt import Broker, MqttSink
from fixprop.wire.records import Hello
from tests.host.sinks.making import sample

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
PATIENCE_S = 15.0
RETRY_S = (0.05, 0.2)
TOPIC = "lab/desk/uno"
HELLO = Hello(2, 0xABCD, 1, 7, 38000, 12, 0, 2, 3, bytes([4, 8, 3, 0, 0, 0]), 300, 1024, 0, 99)

pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is missing: pip install 'fixprop[mqtt]'")
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="mosquitto is missing: apt install mosquitto"
)


class Mosquitto:
    """A broker on a free port, which can be killed and started again there."""

    def __init__(self, folder: Path, more: str = "allow_anonymous true\n") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        lines = (
            f"listener {self.port} 127.0.0.1\npersistence false\nlog_type all\nuser {getuser()}\n"
        )
        self._config.write_text(lines + "log_dest stderr\nconnection_messages true\n" + more)
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [PROGRAM, "-c", str(self._config)], stderr=subprocess.PIPE, text=True
        )
        self.log("running")
        threading.Thread(target=self._drain, args=(self._process,), daemon=True).start()

    def log(self, words: str) -> None:
        """Wait for a line of its log."""
        assert self._process is not None and self._process.stderr is not None
        for line in self._process.stderr:
            if words in line:
                return
        raise AssertionError(f"mosquitto ended without '{words}'")

    @staticmethod
    def _drain(process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with suppress(ValueError):
            for _ in process.stderr:
                pass

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None


@dataclass
class Listener:
    """A subscriber to everything; `until` waits for what it got."""

    port: int
    user: str | None = None
    password: str | None = None
    messages: list[tuple[str, str, bool]] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.client: Any = Client(CallbackAPIVersion.VERSION2)
        self.client.reconnect_delay_set(*RETRY_S)  # type: ignore[arg-type]  # fractions work
        self.client.username_pw_set(self.user, self.password)
        self.client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self.client.on_subscribe = lambda *_: self._got(("subscribed", "", False))
        self.client.on_message = lambda _c, _d, m: self._got(
            (m.topic, m.payload.decode(), bool(m.retain))
        )
        self.client.connect_async("127.0.0.1", self.port)
        self.client.loop_start()
        self.until(lambda: ("subscribed", "", False) in self.messages)

    def _got(self, message: tuple[str, str, bool]) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def until(self, done: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(done, PATIENCE_S), self.messages[-5:]

    def of(self, topic: str) -> list[str]:
        return [text for name, text, _ in self.messages if name == f"{TOPIC}/{topic}"]

    def readings(self) -> list[int]:
        return [json.loads(text)["reading"] for text in self.of("telemetry")]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    made = Listener(broker.port)
    yield made
    made.close()


def sink_at(
    port: int, qos: int = 0, user: str | None = None, password: str | None = None
) -> MqttSink:
    place = Broker("127.0.0.1", port, user, password)
    return MqttSink("mqtt://test", place, TOPIC, CHANNELS, qos=qos, retry_s=RETRY_S)


def disconnection(sink: MqttSink) -> threading.Event:
    """Set when paho notices next that the connection is gone."""
    event = threading.Event()
    sink._client.on_disconnect = lambda *_: event.set()
    return event


def connected(time_s: float = 0.0) -> Link:
    return Link(time_s, LinkState.CONNECTED, "sim://", HELLO)


def test_status_hello_and_telemetry_of_a_board(broker: Mosquitto, listener: Listener) -> None:
    sink = sink_at(broker.port)
    sink.hear(connected())
    listener.until(lambda: "connected" in listener.of("status"))
    for index in range(20):
        sink.send(sample(index))
    listener.until(lambda: len(listener.readings()) == 20)
    assert listener.readings() == list(range(20))
    facts = json.loads(listener.of("telemetry")[0])
    assert set(facts) == {"time_s", "unix_s", *(channel.name for channel in CHANNELS)}
    hello = json.loads(listener.of("hello")[-1])
    assert (hello["port"], hello["fingerprint"]) == ("sim://", 0xABCD)
    assert hello["layer_sizes"] == [4, 8, 3, 0, 0, 0]
    sink.hear(Link(1.0, LinkState.LOST, "unplugged"))
    listener.until(lambda: listener.of("status")[-1] == "lost")
    sink.close()
    listener.until(lambda: listener.of("status")[-1] == "offline")
    assert (sink.sent, sink.dropped) == (20, 0)


def test_who_comes_later_learns_the_status_and_the_board(broker: Mosquitto) -> None:
    sink = sink_at(broker.port)
    sink.hear(connected())
    first = Listener(broker.port)
    first.until(lambda: bool(first.of("hello")))
    first.close()
    late = Listener(broker.port)
    late.until(lambda: bool(late.of("hello")) and bool(late.of("status")))
    retained = {name: text for name, text, kept in late.messages if kept}
    assert retained[f"{TOPIC}/status"] == "connected"
    late.close()
    sink.close()


def test_a_monitor_that_dies_leaves_its_last_will(broker: Mosquitto, listener: Listener) -> None:
    sink = sink_at(broker.port)
    sink.hear(connected())
    listener.until(lambda: "connected" in listener.of("status"))
    sink._client.reconnect_delay_set(1000, 1000)  # it is not to come back
    sink._client.socket().shutdown(socket.SHUT_RDWR)
    listener.until(lambda: listener.of("status")[-1] == "offline")
    sink.close()


def test_a_broker_that_dies_costs_what_is_counted_and_the_sink_comes_back(
    broker: Mosquitto, listener: Listener
) -> None:
    sink = sink_at(broker.port)
    sink.hear(connected())
    listener.until(lambda: "connected" in listener.of("status"))
    for index in range(10):
        sink.send(sample(index))
    listener.until(lambda: len(listener.readings()) == 10)
    gone = disconnection(sink)
    broker.kill()
    assert gone.wait(PATIENCE_S)
    for index in range(10, 30):
        sink.send(sample(index))
    assert (sink.sent, sink.dropped) == (10, 20)
    listener.messages.clear()
    broker.start()
    listener.until(lambda: "connected" in listener.of("status") and bool(listener.of("hello")))
    for index in range(30, 40):
        sink.send(sample(index))
    listener.until(lambda: len(listener.readings()) == 10)
    assert listener.readings() == list(range(30, 40))
    sink.close()
    assert (sink.sent, sink.dropped) == (20, 20)


def test_with_qos_1_the_broker_acknowledges_what_it_missed_when_it_is_back(
    broker: Mosquitto, listener: Listener
) -> None:
    sink = sink_at(broker.port, qos=1)
    sink.hear(connected())
    listener.until(lambda: "connected" in listener.of("status"))
    gone = disconnection(sink)
    broker.kill()
    assert gone.wait(PATIENCE_S)
    for index in range(50):
        sink.send(sample(index))
    assert (sink.sent, sink.dropped) == (0, 0)
    listener.messages.clear()
    broker.start()
    listener.until(lambda: "connected" in listener.of("status"))
    sink.send(sample(50))
    listener.until(lambda: 50 in listener.readings())
    sink.close()
    assert (sink.sent, sink.dropped) == (51, 0)


def test_no_more_than_the_limit_waits_for_a_broker_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fixprop.sinks.mqtt.WAITING_LIMIT", 25)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    for qos, lost in ((0, 40), (1, 15)):
        sink = sink_at(port, qos=qos)
        for index in range(40):
            sink.send(sample(index))
        assert (sink.sent, sink.dropped) == (0, lost)
        sink.close()
        assert (sink.sent, sink.dropped) == (0, 40)


def test_user_and_password(tmp_path: Path) -> None:
    secrets = tmp_path / "passwords"
    tool = shutil.which("mosquitto_passwd")
    assert tool is not None
    subprocess.run(
        [tool, "-b", "-c", str(secrets), "me", "secret"], check=True, capture_output=True
    )
    secrets.chmod(0o644)
    broker = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {secrets}\n")
    right, wrong = sink_at(broker.port, 0, "me", "secret"), sink_at(broker.port, 0, "me", "guess")
    reader = Listener(broker.port, "me", "secret")
    reader.until(lambda: "connecting" in reader.of("status"))
    assert disconnection(wrong).wait(PATIENCE_S)  # the broker hangs up after each attempt
    assert "refuses" in wrong.trouble
    assert "never connected" in wrong.unreached() and not right.unreached()
    reader.close()
    right.close()
    wrong.close()
    broker.kill()
