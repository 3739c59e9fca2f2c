"""Teleplot and PlotJuggler: packets that are sent and forgotten."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable

from fixprop.errors import FixpropError
from fixprop.sinks.formats import Channels, plotjuggler_json, teleplot_lines
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Sink

TELEPLOT_PORT, PLOTJUGGLER_PORT = 47269, 9870
PACKET_BYTES = 1432  # "intranets" in Teleplot's README; PlotJuggler reads 2048
Packets = Callable[[Sample], Iterable[bytes]]


class UdpSink(Sink):
    """Sends packets to host:port and waits for nothing; FixpropError at an unknown host."""

    def __init__(
        self, name: str, host: str, port: int, packets: Packets, every_s: float = 0.0
    ) -> None:
        super().__init__(name, every_s)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(found[0], found[1])
        except (OSError, UnicodeError) as error:  # the latter where a name cannot be one
            reason = error.strerror if isinstance(error, OSError) else error
            raise FixpropError(f"sink {name}: {reason}; correct the host's name") from error
        self._socket.setblocking(False)
        self._address = found[4]
        self._packets = packets

    def send(self, sample: Sample) -> None:
        """See Sink; what the network does not take at once is dropped."""
        try:
            for packet in self._packets(sample):
                self._socket.sendto(packet, self._address)
        except OSError:
            self.dropped += 1
        else:
            self.sent += 1

    def close(self) -> None:
        """See Sink."""
        self._socket.close()


def teleplot_packets(channels: Channels) -> Packets:
    """Lines, as many in a packet as fit."""

    def packets(sample: Sample) -> Iterable[bytes]:
        packet = b""
        for line in teleplot_lines(sample, channels):
            encoded = line.encode()
            if packet and len(packet) + 1 + len(encoded) > PACKET_BYTES:
                yield packet
                packet = b""
            packet += (b"\n" if packet else b"") + encoded
        if packet:
            yield packet

    return packets


def plotjuggler_packets(channels: Channels) -> Packets:
    """One JSON object in one packet."""
    return lambda sample: [plotjuggler_json(sample, channels).encode()]
