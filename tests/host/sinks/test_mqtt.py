"""A broker that is not there: why, and that it never was."""

from __future__ import annotations

import socket
import threading

import pytest

from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.mqtt import Broker, MqttSink
from tests.host.sinks.making import sample

pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is missing: pip install 'fixprop[mqtt]'")
PATIENCE_S = 10.0  # for paho's thread, on a busy machine


class Watched(MqttSink):
    """Says when an attempt to connect has failed."""

    def __init__(self, port: int) -> None:
        self.failed = threading.Event()
        super().__init__("mqtt://test", Broker("127.0.0.1", port), "lab/uno", CHANNELS)

    def _not_connected(self, client: object, data: object) -> None:
        super()._not_connected(client, data)
        self.failed.set()


def test_a_broker_that_is_not_there_is_told_with_the_reason_and_the_next_step() -> None:
    with socket.socket() as nobody:  # bound, but it does not listen
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        sink = Watched(port)
        assert sink.failed.wait(PATIENCE_S)
        sink.send(sample(0))
        sink.close()
    assert sink.trouble == "connection refused"
    assert sink.unreached() == (
        f"never connected to 127.0.0.1:{port} (connection refused): "
        "start the broker, or correct the URL"
    )
    assert (sink.sent, sink.dropped) == (0, 1)
