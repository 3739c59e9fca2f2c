"""Sinks are named on the command line; each mistake is one line that says what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.errors import FixpropError, UsageError
from fixprop.sinks import spec as module
from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.csv_file import CsvSink
from fixprop.sinks.mqtt import Broker
from fixprop.sinks.pty import PtySink
from fixprop.sinks.sink import Sink
from fixprop.sinks.spec import Settings, board_name, open_sink
from fixprop.sinks.udp import UdpSink

SETTINGS = Settings("uno")


class Recorded(Sink):
    """Stands in for MqttSink, which would begin to connect."""

    def __init__(
        self, name: str, broker: Broker, topic: str, channels: object, *, qos: int, every_s: float
    ) -> None:
        super().__init__(name, every_s)
        self.broker, self.topic, self.qos = broker, topic, qos


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MqttSink", Recorded)
    monkeypatch.delenv("FIXPROP_MQTT_PASSWORD", raising=False)


def mqtt(spec: str) -> Recorded:
    sink = open_sink(spec, SETTINGS)
    assert isinstance(sink, Recorded)
    return sink


@pytest.mark.parametrize(
    ("spec", "kind", "name"),
    [
        ("plotter:", PtySink, "plotter:/dev/"),
        ("teleplot://127.0.0.1", UdpSink, "teleplot://127.0.0.1:47269"),
        ("teleplot://127.0.0.1:4000?every=0.5", UdpSink, "teleplot://127.0.0.1:4000"),
        ("plotjuggler://127.0.0.1", UdpSink, "plotjuggler://127.0.0.1:9870"),
        ("plotjuggler://[::1]:1234", UdpSink, "plotjuggler://[::1]:1234"),
    ],
)
def test_kinds_and_their_usual_ports(spec: str, kind: type, name: str) -> None:
    sink = open_sink(spec, SETTINGS)
    assert isinstance(sink, kind)
    assert sink.name.startswith(name)
    assert sink.every_s == (0.5 if "every" in spec else 0)
    sink.close()


def test_files_and_links_take_any_path(tmp_path: Path) -> None:
    file, link = tmp_path / "what?.csv", tmp_path / "plotter"
    csv, pty = open_sink(f"csv:{file}", SETTINGS), open_sink(f"plotter:{link}", SETTINGS)
    assert isinstance(csv, CsvSink)
    assert file.exists() and link.is_symlink()
    csv.close()
    pty.close()


def test_mqtt_has_a_topic_for_each_board() -> None:
    sink = mqtt("mqtt://broker/lab/desk?qos=1&every=2")
    assert (sink.broker, sink.topic) == (Broker("broker", 1883), "lab/desk/uno")
    assert (sink.qos, sink.every_s) == (1, 2.0)
    assert mqtt("mqtt://broker").topic == "fixprop/uno"
    assert mqtt("mqtt://broker/lab?board=left").topic == "lab/left"


def test_mqtt_user_password_and_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    sink = mqtt("mqtts://me:a%40b@broker")
    assert sink.broker == Broker("broker", 8883, "me", "a@b", True)
    assert "a@b" not in sink.name + sink.ready
    monkeypatch.setenv("FIXPROP_MQTT_PASSWORD", "kept quiet")
    assert mqtt("mqtt://me@broker").broker.password == "kept quiet"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", ["no such kind", "teleplot://HOST"]),
        ("csv", ["no such kind"]),
        ("ftp://x", ["ftp://x", "csv:FILE"]),
        ("csv:", ["name the file"]),
        ("teleplot:x", ["teleplot://HOST"]),
        ("teleplot://", ["teleplot://HOST:PORT"]),
        ("teleplot://h:0", ["PORT from 1 to 65535"]),
        ("teleplot://h:99999", ["PORT from 1 to 65535"]),
        ("teleplot://h:x", ["PORT from 1 to 65535"]),
        ("teleplot://[::1", ["an IPv6 address in brackets", "teleplot://[::1]"]),
        ("teleplot://[red]", ["an IPv6 address in brackets"]),
        ("teleplot://a..b", ["'a..b' is no host's name", "63 characters"]),
        ("plotjuggler://" + "a" * 64, ["is no host's name"]),
        ("mqtt://a..b/lab", ["'a..b' is no host's name"]),
        ("teleplot://h?qos=1", ["no setting 'qos'", "every"]),
        ("mqtt://h?qos=3", ["qos is 0, 1 or 2"]),
        ("mqtt://h/a?every=-1", ["every=-1", "0 to 3600"]),
        ("mqtt://h/a?every=nan", ["every=nan"]),
        ("mqtt://h/a?every=often", ["every=often"]),
        ("mqtt://h/a%23", ["+ and #"]),
    ],
)
def test_mistakes_name_the_sink_and_the_cure(spec: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        open_sink(spec, SETTINGS)
    assert all(word in str(error.value) for word in words), error.value
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("rest", ["h:99999", "h?qos=9", "h?nothing=1", "h?every=x"])
def test_no_message_shows_a_password(rest: str) -> None:
    with pytest.raises(FixpropError) as error:
        open_sink(f"mqtt://me:secret@{rest}", SETTINGS)
    assert "secret" not in str(error.value)
    assert "me:***@" in str(error.value)


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("MQTT://me:secret@h/p", "MQTT://me:***@h/p"),
        ("mqtt:me:secret@h", "mqtt:***@h"),
        ("mqtt:/me:secret@h", "mqtt:***@h"),
        ("mqtt//me:secret@h", "mqtt//me:***@h"),
        ("me:secret@h", "me:***@h"),
        ("mqtt://:secret@h:0", "mqtt://:***@h:0"),
        ("mqtt://me:sec/secret@h", "mqtt://me:***@h"),
        ("mqtt://me:sec?secret@h", "mqtt://me:***@h"),
        ("mqtt://me:sec://secret@h:0", "mqtt://me:***@h:0"),
        ("mqtt://me:sec@secret@h:0", "mqtt://me:***@h:0"),
        ("mqtt://me:secret@[h", "mqtt://me:***@[h"),
        ("mqtt://me:secret@a..b", "mqtt://me:***@a..b"),
        ("teleplot://me:secret@h?qos=1", "teleplot://me:***@h"),
        ("mqtt://h?password=secret", "mqtt://h"),
        ("mqtt://me@h:99999", "mqtt://me@h:99999"),
    ],
)
def test_no_mistake_shows_a_password(spec: str, shown: str) -> None:
    with pytest.raises(UsageError) as error:
        open_sink(spec, SETTINGS)
    assert "secret" not in str(error.value)
    assert f"sink '{shown}'" in str(error.value)


def test_too_many_channels_for_the_serial_plotter() -> None:
    with pytest.raises(UsageError, match="8 series"):
        open_sink("plotter:", Settings("uno", CHANNELS, chosen=True))


def test_boards_are_told_apart_by_serial_number_else_by_computer_and_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "lab pc")
    assert board_name("/dev/ttyACM0", "7543 A/1") == "7543-A-1"
    assert board_name("/dev/ttyACM0") == "lab-pc-ttyACM0"
    assert board_name("sim://") == "lab-pc-sim"
    assert board_name("socket://desk:4000") == "lab-pc-desk-4000"
