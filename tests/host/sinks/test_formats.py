"""What is sent is what the documentation of the other tools asks for: parsed as they parse it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.errors import UsageError
from fixprop.sinks.channels import CHANNELS, Number
from fixprop.sinks.formats import (
    PLOTTER_SERIES,
    csv_header,
    csv_row,
    json_line,
    plotjuggler_json,
    plotter_channels,
    plotter_line,
    teleplot_lines,
    teleplot_serial,
)
from fixprop.sinks.sampler import Sample
from tests.host.sinks import parsers
from tests.host.sinks.making import START_S, sample

NUMBERS = st.none() | st.integers(0, 2**32 - 1)
FLOATS = NUMBERS | st.floats(-1e6, 1e6) | st.floats(0, 1e-6)
VALUES = st.fixed_dictionaries({c.name: NUMBERS if c.form == "d" else FLOATS for c in CHANNELS})
SAMPLES = st.builds(
    lambda time_s, values: Sample(time_s, START_S + time_s, values), st.floats(0, 1e6), VALUES
)
DEFAULT = plotter_channels(CHANNELS, chosen=False)


def told(value: Number | None, form: str) -> float:
    assert value is not None
    return float(format(value, form))


@given(st.lists(SAMPLES, min_size=1, max_size=4))
def test_the_serial_plotter_reads_every_series_in_every_line(samples: list[Sample]) -> None:
    text = "".join(plotter_line(one, DEFAULT) + "\n" for one in samples)
    messages = parsers.serial_plotter(text)
    assert len(messages) == len(samples)
    for message, one in zip(messages, samples, strict=True):
        for channel in DEFAULT:
            value = one.values[channel.name]
            assert message[channel.name] == (0 if value is None else told(value, channel.form))


def test_the_serial_plotter_gets_no_more_series_than_it_shows() -> None:
    assert 1 < len(DEFAULT) <= PLOTTER_SERIES == 8
    assert plotter_channels(CHANNELS[:8], chosen=True) == CHANNELS[:8]
    with pytest.raises(UsageError, match="8 series, 9 were asked for"):
        plotter_channels(CHANNELS[:9], chosen=True)


@given(SAMPLES)
def test_teleplot_reads_names_times_values_and_units(one: Sample) -> None:
    lines = teleplot_lines(one, CHANNELS)
    points = parsers.teleplot_serial(teleplot_serial(one, CHANNELS)) if lines else []
    expected = [
        parsers.Point(c.name, round(one.unix_s * 1000), told(one.values[c.name], c.form), c.unit)
        for c in CHANNELS
        if one.values[c.name] is not None
    ]
    assert points == expected


@given(SAMPLES)
def test_plotjuggler_reads_a_timestamp_and_a_series_for_each_channel(one: Sample) -> None:
    stamp, series = parsers.plotjuggler_packet(plotjuggler_json(one, CHANNELS).encode())
    assert stamp == pytest.approx(one.unix_s, abs=1e-6)
    del series["/timestamp"]
    expected = {
        f"/fixprop/{c.name}": told(one.values[c.name], c.form)
        for c in CHANNELS
        if one.values[c.name] is not None
    }
    assert series == expected


@given(SAMPLES)
def test_json_has_all_channels_and_null_for_what_is_not_known(one: Sample) -> None:
    line = json_line(one, CHANNELS)
    assert "\n" not in line
    facts = json.loads(line)
    assert list(facts) == ["time_s", "unix_s", *(c.name for c in CHANNELS)]
    for channel in CHANNELS:
        value = one.values[channel.name]
        assert facts[channel.name] == (None if value is None else told(value, channel.form))


@given(SAMPLES)
def test_csv_has_a_column_for_each_channel(one: Sample) -> None:
    header, row = csv.reader([csv_header(CHANNELS), csv_row(one, CHANNELS)])
    facts = dict(zip(header, row, strict=True))
    assert datetime.fromisoformat(facts.pop("utc")).timestamp() == pytest.approx(
        one.unix_s, abs=1e-3
    )
    assert float(facts.pop("time_s")) == pytest.approx(one.time_s, abs=1e-3)
    for channel in CHANNELS:
        value = one.values[channel.name]
        assert facts[channel.name] == ("" if value is None else format(value, channel.form))


def test_examples_of_the_page() -> None:
    one = sample(1000)
    left_cm, bearing = (CHANNELS[n] for n in (3, 5))
    assert plotter_line(one, (left_cm, bearing)) == "left_cm:28.2,bearing_deg:8.00"
    assert teleplot_lines(one, (bearing,)) == ["bearing_deg:1700000038000:8.00§deg"]
    assert csv_header((left_cm,)) == "utc,time_s,left_cm"
    utc = datetime.fromtimestamp(START_S + 38, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert csv_row(one, (left_cm,)) == f"{utc},38.000,28.2"


@pytest.mark.parametrize(
    "text",
    ["a: 1\n", "a:1, b:2\n", "1:2\n", "a:nan\n", "a:1", "a:1\nb:1\n", ":1\n", "a:1,a:2\n"],
)
def test_the_plotters_parser_refuses_what_is_not_in_the_grammar(text: str) -> None:
    with pytest.raises(AssertionError):
        parsers.serial_plotter(text)


@pytest.mark.parametrize("line", ["a:1:2§m/s.", "a:1:2|t", "a,b:1:2", ">a:1:2", "a:1:nan"])
def test_teleplots_parser_refuses_what_is_not_in_the_format(line: str) -> None:
    with pytest.raises(AssertionError):
        parsers.teleplot_packet(line.encode())


@pytest.mark.parametrize("packet", [b'{"timestamp":NaN}', b'{"timestamp":"1"}'])
def test_plotjugglers_parser_refuses_what_ends_its_server(packet: bytes) -> None:
    with pytest.raises(AssertionError):
        parsers.plotjuggler_packet(packet)
