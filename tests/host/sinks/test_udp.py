"""Packets on a real socket; a network that takes none costs samples, counted, and no time."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from fixprop.errors import FixpropError
from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.udp import PACKET_BYTES, UdpSink, plotjuggler_packets, teleplot_packets
from tests.host.sinks import parsers
from tests.host.sinks.making import sample


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


def sink_to(receiver: socket.socket, packets: object) -> UdpSink:
    return UdpSink("udp", "127.0.0.1", receiver.getsockname()[1], packets)  # type: ignore[arg-type]


def test_teleplot_gets_all_channels_of_each_sample(receiver: socket.socket) -> None:
    sink = sink_to(receiver, teleplot_packets(CHANNELS))
    for index in range(3):
        sink.send(sample(index))
        points = {p.name: p for p in parsers.teleplot_packet(receiver.recv(65536))}
        assert list(points) == [channel.name for channel in CHANNELS]
        assert points["reading"].value == index
        assert points["left_cm"].unit == "cm"
    assert (sink.sent, sink.dropped) == (3, 0)
    sink.close()


def test_what_does_not_fit_in_a_packet_goes_into_the_next(receiver: socket.socket) -> None:
    channels = [CHANNELS[1]] * 100
    sink = sink_to(receiver, teleplot_packets(channels))
    sink.send(sample())
    packets = [receiver.recv(65536) for _ in range(3)]
    assert all(len(packet) <= PACKET_BYTES for packet in packets)
    assert sum(len(parsers.teleplot_packet(packet)) for packet in packets) == 100
    sink.close()


def test_plotjuggler_gets_an_object_for_each_sample(receiver: socket.socket) -> None:
    sink = sink_to(receiver, plotjuggler_packets(CHANNELS))
    sink.send(sample(5))
    _, series = parsers.plotjuggler_packet(receiver.recv(65536))
    assert series["/fixprop/reading"] == 5
    assert len(series) == 1 + len(CHANNELS)
    sink.close()


def test_nobody_listening_is_no_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = UdpSink("udp", "127.0.0.1", port, plotjuggler_packets(CHANNELS))
    for index in range(5):
        sink.send(sample(index))
    assert sink.dropped == 0
    sink.close()


def test_what_the_network_does_not_take_is_dropped_and_counted(
    monkeypatch: pytest.MonkeyPatch, receiver: socket.socket
) -> None:
    class Full(socket.socket):
        def sendto(self, *_: object) -> int:
            assert self.gettimeout() == 0, "it would wait"
            raise BlockingIOError

    monkeypatch.setattr(socket, "socket", Full)
    sink = sink_to(receiver, plotjuggler_packets(CHANNELS))
    sink.send(sample())
    assert (sink.sent, sink.dropped) == (0, 1)
    sink.close()


def test_an_unknown_host_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FixpropError, match="teleplot://nowhere: Name or service not known"):
        UdpSink("teleplot://nowhere", "nowhere", 1, plotjuggler_packets(CHANNELS))


def test_a_host_that_cannot_be_one_is_one_line() -> None:
    with pytest.raises(FixpropError, match=r"teleplot://a..b: .*correct the host's name"):
        UdpSink("teleplot://a..b", "a..b", 1, plotjuggler_packets(CHANNELS))
