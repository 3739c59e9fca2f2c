"""MQTT: each board under a topic of its own, with a status that tells when it is gone.

PREFIX/BOARD/status     retained: connected, connecting, lost, or offline, which is the last will
PREFIX/BOARD/hello      retained: what the board said of itself, JSON
PREFIX/BOARD/telemetry  a JSON object for each sample, all channels
"""

from __future__ import annotations

import json
import sys
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from fixprop.errors import MissingTool
from fixprop.live.events import Link, LinkState
from fixprop.sinks.formats import Channels, json_line
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Sink
from fixprop.wire.records import Hello

PORT, TLS_PORT = 1883, 8883
OFFLINE = "offline"
WAITING_LIMIT = 1000
"""Messages that wait for the broker; more are dropped."""

RETRY_S = (1.0, 30.0)  # first pause between attempts to connect, and the longest
CONNECT_PATIENCE_S, CLOSE_PATIENCE_S = 3.0, 1.0


@dataclass(frozen=True)
class Broker:
    """Where it is and who we are there."""

    host: str
    port: int = PORT
    user: str | None = None
    password: str | None = None
    tls: bool = False


class MqttSink(Sink):
    """Publishes through paho-mqtt, whose thread connects again for as long as it takes.

    With `qos` 0 a sample without a broker is dropped; with 1 or 2 up to WAITING_LIMIT wait for it.
    """

    def __init__(
        self,
        name: str,
        broker: Broker,
        topic: str,
        channels: Channels,
        *,
        qos: int = 0,
        every_s: float = 0.0,
        retry_s: tuple[float, float] = RETRY_S,
    ) -> None:
        super().__init__(name, every_s)
        self.topic, self._channels, self._qos = topic, channels, qos
        self._status, self._hello = LinkState.CONNECTING.value, ""
        self._waiting: deque[Any] = deque()
        self._place, self._reached = f"{broker.host}:{broker.port}", False
        self.ready = f"{name}: topics {topic}/..."
        self._client = self._make_client(broker, retry_s)
        self._client.connect_async(broker.host, broker.port)
        self._client.loop_start()

    def _make_client(self, broker: Broker, retry_s: tuple[float, float]) -> Any:
        try:
            from paho.mqtt.client import Client
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError as error:
            raise MissingTool(
                "mqtt:// needs paho-mqtt: pip install 'fixprop[mqtt]', then try again"
            ) from error
        client = Client(CallbackAPIVersion.VERSION2)
        client.connect_timeout = CONNECT_PATIENCE_S
        client.reconnect_delay_set(*retry_s)  # type: ignore[arg-type]  # fractions work
        client.max_queued_messages_set(WAITING_LIMIT)
        client.will_set(f"{self.topic}/status", OFFLINE, qos=1, retain=True)
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            client.tls_set()
        client.on_connect, client.on_connect_fail = self._connected, self._not_connected
        return client

    def _connected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        """In paho's thread, at every new connection."""
        if reason.is_failure:
            self.trouble = f"the broker refuses: {reason}"
            return
        self.trouble, self._reached = "", True
        self._publish_facts()

    def _not_connected(self, _client: Any, _data: Any) -> None:
        """In paho's thread, which calls it while it handles the error and does not pass it on."""
        error = sys.exception()
        why = getattr(error, "strerror", None) or str(error)
        self.trouble = why[:1].lower() + why[1:]

    def unreached(self) -> str:
        """See Sink."""
        if self._reached:
            return ""
        why = self.trouble or "no answer yet"
        return f"never connected to {self._place} ({why}): start the broker, or correct the URL"

    def _publish_facts(self) -> None:
        self._client.publish(f"{self.topic}/status", self._status, qos=1, retain=True)
        if self._hello:
            self._client.publish(f"{self.topic}/hello", self._hello, qos=1, retain=True)

    def hear(self, link: Link) -> None:
        """See Sink."""
        self._status = OFFLINE if link.state == LinkState.CLOSED else link.state.value
        if link.hello is not None:
            self._hello = hello_json(link.hello, link.text)
        if self._client.is_connected():
            self._publish_facts()

    def send(self, sample: Sample) -> None:
        """See Sink."""
        self._settle()
        if len(self._waiting) >= WAITING_LIMIT:
            self.dropped += 1
            return
        text = json_line(sample, self._channels)
        info = self._client.publish(f"{self.topic}/telemetry", text, qos=self._qos)
        if self._qos and info.rc == _codes().MQTT_ERR_NO_CONN:
            info.rc = _codes().MQTT_ERR_SUCCESS  # paho keeps it and sends it later
        self._waiting.append(info)
        self._settle()

    def _settle(self) -> None:
        """Count what has left, and what got lost with a connection."""
        while self._waiting:
            left = _has_left(self._waiting[0])
            if left is None:
                return
            self.sent += left
            self.dropped += not left
            self._waiting.popleft()

    def close(self) -> None:
        """See Sink; says goodbye, so that the will is not needed."""
        if self._client.is_connected():
            last = self._client.publish(f"{self.topic}/status", OFFLINE, qos=1, retain=True)
            with suppress(RuntimeError, ValueError):  # the connection may go in between
                last.wait_for_publish(CLOSE_PATIENCE_S)
        self._client.disconnect()
        self._client.loop_stop()
        self._settle()
        self.dropped += len(self._waiting)
        self._waiting.clear()


def _has_left(info: Any) -> bool | None:
    """Whether a message has left; None while it waits."""
    try:
        return True if info.is_published() else None
    except (RuntimeError, ValueError):  # no connection, a lost one, or a full queue
        return False


def _codes() -> Any:
    from paho.mqtt.enums import MQTTErrorCode

    return MQTTErrorCode


def hello_json(hello: Hello, port: str) -> str:
    """A board's hello as JSON; bytes as lists of numbers."""
    facts = {
        name: list(value) if isinstance(value, bytes) else value
        for name, value in asdict(hello).items()
    }
    return json.dumps({"port": port, **facts}, separators=(",", ":"))
