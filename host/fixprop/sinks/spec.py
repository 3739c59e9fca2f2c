"""Sinks are named like ports: plotter:, csv:FILE, teleplot://host, plotjuggler://host, mqtt://host/prefix."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from fixprop.errors import UsageError
from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.csv_file import CsvSink
from fixprop.sinks.formats import Channels, plotter_channels
from fixprop.sinks.mqtt import PORT, TLS_PORT, Broker, MqttSink
from fixprop.sinks.pty import PtySink
from fixprop.sinks.sink import Sink
from fixprop.sinks.udp import (
    PLOTJUGGLER_PORT,
    TELEPLOT_PORT,
    UdpSink,
    plotjuggler_packets,
    teleplot_packets,
)

KINDS = "plotter:[LINK], csv:FILE, teleplot://HOST, plotjuggler://HOST or mqtt://HOST/PREFIX"
PASSWORD_VARIABLE = "FIXPROP_MQTT_PASSWORD"
DEFAULT_PREFIX = "fixprop"
QOS = ("0", "1", "2")


@dataclass(frozen=True)
class Settings:
    """What all sinks of a run share."""

    board: str  # a name for topics
    channels: Channels = CHANNELS
    chosen: bool = False  # whether the channels were chosen by the user
    append: bool = False  # continue files


def open_sink(spec: str, settings: Settings) -> Sink:
    """The sink that `spec` names; UsageError or FixpropError if there is none."""
    kind, colon, rest = spec.partition(":")
    if kind not in MAKERS or not colon:
        raise UsageError(f"sink '{_hidden(spec)}': no such kind of sink; use {KINDS}")
    if kind in URLS and not rest.startswith("//"):
        raise UsageError(f"sink '{_hidden(spec)}': write {kind}://HOST")
    return MAKERS[kind](spec, settings)


def _plotter(spec: str, settings: Settings) -> Sink:
    link = spec.partition(":")[2]
    channels = plotter_channels(settings.channels, chosen=settings.chosen)
    return PtySink(channels, Path(link) if link else None)


def _csv(spec: str, settings: Settings) -> Sink:
    path = spec.partition(":")[2]
    if not path:
        raise UsageError(f"sink '{spec}': name the file, as in csv:readings.csv")
    return CsvSink(Path(path), settings.channels, append=settings.append)


def _teleplot(spec: str, settings: Settings) -> Sink:
    url, host, port = _place(spec, TELEPLOT_PORT)
    every_s = _every(spec, _query(spec, url, ("every",)))
    name = f"teleplot://{_netloc(host, port)}"
    return UdpSink(name, host, port, teleplot_packets(settings.channels), every_s)


def _plotjuggler(spec: str, settings: Settings) -> Sink:
    url, host, port = _place(spec, PLOTJUGGLER_PORT)
    every_s = _every(spec, _query(spec, url, ("every",)))
    name = f"plotjuggler://{_netloc(host, port)}"
    return UdpSink(name, host, port, plotjuggler_packets(settings.channels), every_s)


def _mqtt(spec: str, settings: Settings) -> Sink:
    tls = spec.startswith("mqtts:")
    url, host, port = _place(spec, TLS_PORT if tls else PORT)
    query = _query(spec, url, ("board", "every", "qos"))
    if query.get("qos", "0") not in QOS:
        raise UsageError(f"sink '{_hidden(spec)}': qos is 0, 1 or 2")
    prefix = unquote(url.path).strip("/") or DEFAULT_PREFIX
    topic = f"{prefix}/{query.get('board') or settings.board}"
    if set(topic) & set("+#\0"):
        raise UsageError(f"sink '{_hidden(spec)}': + and # have no place in a topic")
    user = unquote(url.username) if url.username else None
    password = unquote(url.password) if url.password else os.environ.get(PASSWORD_VARIABLE)
    return MqttSink(
        f"{url.scheme}://{_netloc(host, port)}/{prefix}",
        Broker(host, port, user, password, tls),
        topic,
        settings.channels,
        qos=int(query.get("qos", "0")),
        every_s=_every(spec, query),
    )


Maker = Callable[[str, Settings], Sink]
URLS: Mapping[str, Maker] = {
    "teleplot": _teleplot,
    "plotjuggler": _plotjuggler,
    "mqtt": _mqtt,
    "mqtts": _mqtt,
}
MAKERS: Mapping[str, Maker] = {"plotter": _plotter, "csv": _csv, **URLS}


def _place(spec: str, default_port: int) -> tuple[SplitResult, str, int]:
    """The URL, its host and its port."""
    kind = spec.partition(":")[0]
    try:
        url = urlsplit(spec)
        host = url.hostname
    except ValueError as error:
        raise UsageError(
            f"sink '{_hidden(spec)}': write an IPv6 address in brackets, as in {kind}://[::1]"
        ) from error
    try:
        port = url.port
    except ValueError as error:
        raise UsageError(f"sink '{_hidden(spec)}': use a PORT from 1 to 65535") from error
    if not host or port == 0:
        raise UsageError(f"sink '{_hidden(spec)}': use {kind}://HOST:PORT, PORT from 1 to 65535")
    _check_host(spec, host)
    return url, host, port or default_port


def _check_host(spec: str, host: str) -> None:
    """What Python would ask the network for: else paho's thread ends of it, and says nothing."""
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise UsageError(
            f"sink '{_hidden(spec)}': '{host}' is no host's name: "
            "between its dots stand 1 to 63 characters"
        ) from error


def _query(spec: str, url: SplitResult, allowed: tuple[str, ...]) -> dict[str, str]:
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    for name in query:
        if name not in allowed:
            shown = _hidden(spec).partition("?")[0]  # it may be a password
            raise UsageError(f"sink '{shown}': no setting '{name}'; there is {', '.join(allowed)}")
    return query


def _every(spec: str, query: Mapping[str, str]) -> float:
    """Seconds from one sample to the next."""
    text = query.get("every", "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise UsageError(f"sink '{_hidden(spec)}': every={text} is not 0 to 3600 seconds")
    return seconds


def _netloc(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _hidden(spec: str) -> str:
    """Without the password, also in what is no URL yet: it may hold any sign.

    It begins at the user's colon, without a :// at the first that there is, and ends at the last @.
    """
    return re.sub(r"^([^:]*://[^:]*:|[^:]*:(?!//)).*@", r"\1***@", spec, flags=re.DOTALL)


def board_name(url: str, serial_number: str | None = None) -> str:
    """A name of a board that no other in the house has: its serial number, or computer and port."""
    if serial_number:
        return _word(serial_number)
    return f"{_word(socket.gethostname())}-{_word(url.rpartition('/')[2] or url)}"


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-") or "board"
