"""A sample as text, as other tools read it. Each form's source stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from fixprop.errors import UsageError
from fixprop.sinks.channels import Channel
from fixprop.sinks.sampler import Sample

Channels = Sequence[Channel]

PLOTTER_SERIES = 8  # the Serial Plotter of the Arduino IDE 2 shows no more


def known(sample: Sample, channels: Channels) -> Iterator[tuple[Channel, str]]:
    """Each channel that has a value, and the value."""
    for channel in channels:
        value = sample.values[channel.name]
        if value is not None:
            yield channel, channel.show(value)


def plotter_channels(channels: Channels, *, chosen: bool) -> tuple[Channel, ...]:
    """Those for the Serial Plotter; UsageError if more were chosen than it shows."""
    if not chosen:
        return tuple(channel for channel in channels if channel.plotter)
    if len(channels) > PLOTTER_SERIES:
        raise UsageError(
            f"the Serial Plotter shows {PLOTTER_SERIES} series, {len(channels)} were asked for; "
            "name fewer --channels"
        )
    return tuple(channels)


def plotter_line(sample: Sample, channels: Channels) -> str:
    """`name:value,name:value`, all series in every line, else the IDE 1.8 mixes them up; 0 for one
    that is not known yet [Arduino, ArduinoSerialPlotterProtocol.md]."""
    shown = dict(known(sample, channels))
    return ",".join(f"{channel.name}:{shown.get(channel, '0')}" for channel in channels)


def teleplot_lines(sample: Sample, channels: Channels) -> list[str]:
    """`name:milliseconds:value§unit`, a line for each channel [Teleplot, README.md]."""
    stamp = f"{sample.unix_s * 1000:.0f}"
    return [
        f"{channel.name}:{stamp}:{value}" + (f"§{channel.unit}" if channel.unit else "")
        for channel, value in known(sample, channels)
    ]


def teleplot_serial(sample: Sample, channels: Channels) -> str:
    """The same as Teleplot reads it from a serial line: marked with `>`."""
    return "\n".join(f">{line}" for line in teleplot_lines(sample, channels))


def plotjuggler_json(sample: Sample, channels: Channels, name: str = "fixprop") -> str:
    """`{"timestamp": seconds, "fixprop": {name: value}}` [PlotJuggler, udp_client.py].

    What is not known is left out: PlotJuggler ends its server at a NaN.
    """
    values = {channel.name: _number(value) for channel, value in known(sample, channels)}
    return _compact({"timestamp": round(sample.unix_s, 6), name: values})


def json_line(sample: Sample, channels: Channels) -> str:
    """One JSON object: time_s, unix_s and the channels, null for what is not known."""
    shown = dict(known(sample, channels))
    values = {c.name: _number(shown[c]) if c in shown else None for c in channels}
    return _compact(
        {"time_s": round(sample.time_s, 6), "unix_s": round(sample.unix_s, 6), **values}
    )


def csv_header(channels: Channels) -> str:
    """Column names, which carry the units."""
    return ",".join(("utc", "time_s", *(channel.name for channel in channels)))


def csv_row(sample: Sample, channels: Channels) -> str:
    """Empty for what is not known."""
    utc = datetime.fromtimestamp(sample.unix_s, UTC).isoformat(timespec="milliseconds")
    shown = dict(known(sample, channels))
    values = (shown.get(channel, "") for channel in channels)
    return ",".join((utc.replace("+00:00", "Z"), f"{sample.time_s:.3f}", *values))


def _number(text: str) -> int | float:
    """Rounded as the text formats have it."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _compact(facts: dict[str, object]) -> str:
    return json.dumps(facts, separators=(",", ":"), allow_nan=False)
