"""A real pseudo terminal, opened as a serial tool opens a port."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from fixprop.errors import UsageError
from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.formats import plotter_channels
from fixprop.sinks.pty import PtySink
from tests.host.sinks import parsers
from tests.host.sinks.making import sample

CHOSEN = plotter_channels(CHANNELS, chosen=False)


@contextmanager
def reader(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def all_of(descriptor: int) -> str:
    text = b""
    while select.select([descriptor], [], [], 0)[0]:
        text += os.read(descriptor, 65536)
    return text.decode()


def test_a_serial_tool_reads_the_plotters_lines() -> None:
    sink = PtySink(CHOSEN)
    with serial.Serial(sink.path, 115200, timeout=5) as tool:
        for index in range(3):
            sink.send(sample(index, left_cm=index))
        text = b"".join(tool.readline() for _ in range(3)).decode()
    assert [message["left_cm"] for message in parsers.serial_plotter(text)] == [0, 1, 2]
    assert (sink.sent, sink.dropped) == (3, 0)
    sink.close()


def test_who_comes_later_gets_nothing_stale() -> None:
    sink = PtySink(CHOSEN)
    sink.send(sample(1))
    for left_cm in (20, 30):
        with reader(sink.path) as descriptor:
            sink.send(sample(2, left_cm=left_cm))
            messages = parsers.serial_plotter(all_of(descriptor))
        assert [message["left_cm"] for message in messages] == [left_cm]
        sink.send(sample(3))
    assert (sink.sent, sink.dropped) == (2, 0)  # nobody was there to miss the others
    sink.close()


def test_nothing_is_echoed_and_what_the_tool_sends_does_not_pile_up() -> None:
    sink = PtySink(CHOSEN)
    with reader(sink.path) as descriptor:
        for index in range(100):
            os.write(descriptor, b"x" * 1000)
            sink.send(sample(index))
            assert "x" not in all_of(descriptor)
    sink.close()


def test_a_slow_reader_loses_whole_lines_and_holds_nobody_up() -> None:
    sink = PtySink(CHOSEN)
    with reader(sink.path) as descriptor:
        for index in range(2000):  # some 200 kB; a pty holds 4 to 20
            sink.send(sample(index, left_cm=index))
        assert sink.dropped > 1000
        before = all_of(descriptor)
        sink.send(sample(0, left_cm=5000))
        messages = parsers.serial_plotter(before + all_of(descriptor))
    numbers = [message["left_cm"] for message in messages]
    assert numbers == [*range(len(numbers) - 1), 5000]
    assert len(numbers) == sink.sent
    sink.close()


def test_a_link_leads_to_it_and_goes_with_it(tmp_path: Path) -> None:
    link = tmp_path / "plotter"
    link.symlink_to(tmp_path / "gone")  # of a monitor that was killed
    sink = PtySink(CHOSEN, link)
    assert str(link) in sink.ready
    with reader(str(link)) as descriptor:
        sink.send(sample())
        assert parsers.serial_plotter(all_of(descriptor))
    sink.close()
    assert not link.is_symlink()


def test_the_link_of_another_monitor_stays(tmp_path: Path) -> None:
    link = tmp_path / "plotter"
    first, second = PtySink(CHOSEN, link), PtySink(CHOSEN, link)
    first.close()
    assert str(link.readlink()) == second.path
    second.close()


def test_a_file_is_not_replaced_by_a_link(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.touch()
    with pytest.raises(UsageError, match="no link"):
        PtySink(CHOSEN, file)
    assert file.is_file()
