"""Standard output as one more sink: lines for people, or one of the formats of other tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from fixprop.live.events import Event, Link
from fixprop.sinks.channels import CHANNELS, Channel
from fixprop.sinks.formats import (
    Channels,
    csv_header,
    csv_row,
    json_line,
    plotter_channels,
    plotter_line,
    teleplot_serial,
)
from fixprop.sinks.sampler import Sample, Sampler
from fixprop.sinks.terminal import Lines
from fixprop.tracking.twin import Twin

TEXT_EVERY_S = 0.25
FORMATS = ("text", "plotter", "teleplot", "csv", "json")
LineOf = Callable[[Sample, Channels], str]
LINES: dict[str, LineOf] = {
    "plotter": plotter_line,
    "teleplot": teleplot_serial,
    "csv": csv_row,
    "json": json_line,
}


class Output:
    """Turns a bridge's events into lines of `form`; see FORMATS.

    `notes` gets what happened to the line and the board in formats that have no place for it.
    """

    def __init__(
        self,
        form: str,
        sampler: Sampler,
        *,
        twin: Twin | None = None,
        channels: tuple[Channel, ...] = CHANNELS,
        chosen: bool = False,
        terminal: bool = False,
    ) -> None:
        self._form, self._sampler = form, sampler
        self._lines = Lines(twin, repeat=terminal)
        self._channels = (
            plotter_channels(channels, chosen=chosen) if form == "plotter" else channels
        )
        self.notes: list[str] = []
        self._headed = form != "csv"

    def take(self, event: Event) -> Iterator[str]:
        """The lines to print for this event."""
        if not self._headed:
            self._headed = True
            yield csv_header(self._channels)
        happened = self._lines.of_event(event)
        if self._form == "text":
            yield from happened
        elif isinstance(event, Link):
            self.notes.extend(happened)
        sample = self._sampler.take(event)
        if sample is None:
            return
        if self._form == "text":
            yield from self._lines.of_sample(sample)
        else:
            yield LINES[self._form](sample, self._channels)


def every_s(form: str, asked: float | None) -> float:
    """Seconds from one line to the next: people read a few a second, tools take all."""
    if asked is not None:
        return asked
    return TEXT_EVERY_S if form == "text" else 0.0


def write_line(line: str) -> None:
    """To standard output, at once, as UTF-8 whatever the terminal says."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(line + "\n")
    else:
        stream.write(line.encode() + b"\n")
    sys.stdout.flush()
