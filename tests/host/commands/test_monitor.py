"""fixprop monitor's mistakes, and its lines in every format, on a board that is turned by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixprop import cli
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, Lost
from fixprop.sinks.channels import CHANNELS, channels_of
from fixprop.sinks.output import FORMATS, Output
from fixprop.sinks.sampler import KINDS, Sampler
from fixprop.toolchain import PROJECT_ROOT
from fixprop.wire.records import Teach
from tests.host.sinks import parsers
from tests.host.sinks.making import START_S, native_bridge


@pytest.fixture(scope="module")
def events() -> Iterator[list[Event]]:
    """Six seconds of a board that is told to teach itself, and a gap."""
    bridge: Bridge = native_bridge()
    subscription = bridge.subscribe(*KINDS)
    bridge.turn(0.1)
    assert bridge.session is not None
    bridge.session.command(Teach(5))
    bridge.turn(6.0)
    assert bridge.twin is not None and bridge.twin.state.steps_replayed > 1000
    yield [*subscription.take(), Lost(6.0, 2)]
    bridge.close()


def printed(events: list[Event], form: str, **more: object) -> list[str]:
    output = Output(form, Sampler(START_S), **more)  # type: ignore[arg-type]
    return [line for event in events for line in output.take(event)]


def test_the_serial_plotter_and_teleplot_read_the_same(events: list[Event]) -> None:
    plotted = parsers.serial_plotter("\n".join([*printed(events, "plotter"), ""]))
    sent = [
        {point.name: point.value for point in parsers.teleplot_serial(text)}
        for text in printed(events, "teleplot")
    ]
    assert len(plotted) == len(sent) > 100
    for one, other in zip(plotted, sent, strict=True):
        assert one == {name: other.get(name, 0) for name in one}


def test_csv_and_json_have_every_reading_once(events: list[Event]) -> None:
    header, *rows = printed(events, "csv")
    objects = [json.loads(line) for line in printed(events, "json")]
    column = header.split(",").index("reading")
    indices = [int(row.split(",")[column]) for row in rows]
    assert indices == [one["reading"] for one in objects] == list(range(len(rows)))


def test_the_loss_and_the_training_steps_are_there(events: list[Event]) -> None:
    last = json.loads(printed(events, "json")[-1])
    assert last["loss"] > 0
    assert last["step"] > 1000
    assert last["steps_per_s"] > 100


def test_text_tells_of_the_board_of_gaps_and_of_the_twin(events: list[Event]) -> None:
    lines = printed(events, "text")
    assert "connected to native://: fixprop 4-8-3" in lines[0]
    assert "frames lost here: 2" in lines[-1]
    assert any("-- no twin; board well" in line for line in lines)
    assert any(line.endswith("teaching") for line in lines)


def test_what_is_no_data_is_kept_out_of_the_other_formats(events: list[Event]) -> None:
    output = Output("json", Sampler(START_S))
    for event in events:
        for line in output.take(event):
            json.loads(line)
    assert any("connected to" in note for note in output.notes)


def test_only_the_chosen_channels_in_their_order(events: list[Event]) -> None:
    chosen = channels_of(["loss", "reading"])
    for form in FORMATS[1:]:
        text = printed(events, form, channels=chosen, chosen=True)[-1]
        assert "left" not in text
        if form != "csv":
            assert text.index("loss") < text.index("reading")
    assert printed(events, "csv", channels=chosen)[0] == "utc,time_s,loss,reading"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sink", "ftp://x"], ["ftp://x", "csv:FILE"]),
        (["--sink", "csv:"], ["csv:", "name the file"]),
        (["--channels", "lose"], ["'lose'", "loss"]),
        (["--format", "xml"], ["xml", "fixprop monitor --help"]),
        (["--seconds", "0"], ["0", "fixprop monitor --help"]),
        (["--teach", "256"], ["256", "fixprop monitor --help"]),
        (["--port", "ftp://x"], ["ftp://x", "sim://"]),
        (
            ["--format", "plotter", "--channels", ",".join(c.name for c in CHANNELS[:9])],
            ["8 series"],
        ),
    ],
)
def test_misuse_ends_with_status_2_and_one_line(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["monitor", *arguments]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("fixprop:")]
    assert len(told) == 1
    assert all(word in told[0] for word in words), told


def test_a_sink_that_cannot_be_opened_lets_go_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link, file = tmp_path / "plotter", tmp_path / "there.csv"
    file.touch()
    arguments = ["--sink", f"plotter:{link}", "--sink", f"csv:{file}"]
    assert cli.run(["monitor", *arguments]) == 2
    assert "--append" in capsys.readouterr().err
    assert not link.is_symlink()


def test_a_port_that_does_not_open_ends_with_status_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sink = f"plotter:{tmp_path / 'plotter'}"
    assert cli.run(["monitor", "--port", "/dev/ttyACM99", "--sink", sink]) == 1
    assert "no port /dev/ttyACM99" in capsys.readouterr().err
    assert not (tmp_path / "plotter").is_symlink()


def test_a_recording_is_watched_to_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    recording = PROJECT_ROOT / "tests" / "data" / "recordings" / "lesson.fixrec"
    assert cli.run(["monitor", "--port", f"replay://{recording}", "--speed", "20"]) == 0
    told = capfd.readouterr()
    assert "ends after 15.0 s" in told.out
    assert "444 frames, 0 lost; twin identical" in told.err
