"""A played recording is to everyone who listens what the board was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fixprop.board.paced import PacedBoard
from fixprop.board.replay import Replay
from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, Link, LinkState, Received, Sent, Stepped
from fixprop.recording.facts import facts_here
from fixprop.recording.items import COUNT, Item, Kind
from fixprop.recording.playback import follow, sessions_of
from fixprop.recording.played import NEXT_TIME, Played, Player
from fixprop.recording.reader import Reader
from fixprop.recording.recorder import Recorder
from fixprop.recording.writer import Writer
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Learn, Save
from tests.host.recording.recorded import Live, recorded


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Live]:
    path = tmp_path_factory.mktemp("recording") / "lesson.fixrec"
    return path, recorded(path)


def bridge_on(replay: Replay) -> tuple[Bridge, Twin]:
    twin = Twin(NativeLearner(1))
    clock_s = [0.0]

    def clock() -> float:  # so that a retry is due at once
        clock_s[0] += 10.0
        return clock_s[0]

    return Bridge(replay.connect, twin, clock=clock, session=sessions_of(replay)), twin


def play_out(replay: Replay, bridge: Bridge) -> None:
    while not replay.finished:
        bridge.turn(1.0)


def test_the_twin_comes_to_the_boards_weights(lesson: tuple[Path, Live]) -> None:
    path, live = lesson
    played = Player(path).play()
    assert played.identical
    assert played.weights is not None
    assert live.twin.board_weights is not None
    assert np.array_equal(played.weights, live.twin.board_weights)
    assert played.twin.state == live.twin.state or live.twin.state.gaps == 1  # closed by us
    assert played.twin.state.steps_replayed == live.twin.state.steps_replayed > 5000
    assert played.verdict().startswith("twin identical, ")
    assert played.totals.frames == live.bridge.totals.frames


def test_a_bridge_tells_the_same_story(tmp_path: Path) -> None:
    live = Live.start()
    kinds: tuple[type[Event], ...] = (Received, Sent, Stepped)
    heard = live.bridge.subscribe(*kinds)
    recorder = live.recorder(tmp_path / "x")
    live.teach(6)
    live.weights()
    recorder.close()

    replay = Replay(tmp_path / "x")
    bridge, twin = bridge_on(replay)
    heard_again = bridge.subscribe(*kinds)
    play_out(replay, bridge)
    assert [said(e) for e in heard_again.take()] == [said(e) for e in heard.take()]
    assert np.array_equal(twin.learner.weights(), live.twin.learner.weights())


def said(event: Event) -> object:
    match event:
        case Received(_, frame):
            return frame
        case Sent(_, sequence, command):
            return sequence, command
        case Stepped(_, step, losses):
            return step, losses.tolist()
    return event


def test_a_recording_of_a_replay_is_the_recording(
    lesson: tuple[Path, Live], tmp_path: Path
) -> None:
    path, _ = lesson
    replay = Replay(path)
    bridge = Bridge(replay.connect, clock=lambda: replay.time_us / 1e6, session=sessions_of(replay))
    recorder = Recorder(bridge, tmp_path / "again", facts_here("native://"), start_s=0.0)
    play_out(replay, bridge)
    recorder.close()
    bytes_of = [[i for i in Reader(p) if i.kind <= Kind.OUT] for p in (path, tmp_path / "again")]
    assert bytes_of[0] == bytes_of[1]


def test_the_line_is_lost_where_it_was_lost(tmp_path: Path) -> None:
    live = Live.start()
    recorder = live.recorder(tmp_path / "x")
    live.teach(5)
    live.pull_the_plug()
    live.teach(5)
    recorder.close()

    replay = Replay(tmp_path / "x")
    bridge, twin = bridge_on(replay)
    links = bridge.subscribe(Link)
    play_out(replay, bridge)
    states = [e.state for e in links.take() if isinstance(e, Link)]
    assert states[:3] == [LinkState.CONNECTED, LinkState.LOST, LinkState.CONNECTED]
    assert states[3:] in ([], [LinkState.LOST]), "the end is like a gap, if it came within a turn"
    assert np.array_equal(twin.learner.weights(), live.twin.learner.weights())

    played = Player(tmp_path / "x").play()
    assert played.twin.state == live.twin.state
    assert (played.gaps, played.identical, played.totals.connections) == (1, True, 2)


def test_weights_from_before_a_recording_are_told_with_what_can_be_done(tmp_path: Path) -> None:
    live = Live.start()
    live.teach(5)
    live.obey(Save())
    live.bridge.turn(1.0)
    recorder = live.recorder(tmp_path / "x")
    live.teach(5)
    live.pull_the_plug()
    recorder.close()
    played = Player(tmp_path / "x").play()
    assert (played.line_lost, played.identical) == ("the line was lost once", False)
    assert played.verdict() == (
        "twin in step, but the board loaded weights that are not in this recording: nothing after "
        "that can be proved; next time begin it with Reset in the dashboard, or use fixprop record "
        "--teach"
    )
    assert "pull" not in played.summary()["twin"]["standing"]


@pytest.mark.parametrize(("gaps", "told"), [(0, ""), (2, "the line was lost 2 times")])
def test_gaps_are_counted(lesson: tuple[Path, Live], gaps: int, told: str) -> None:
    assert Played(lesson[0], Replay(lesson[0]), gaps=gaps).line_lost == told


def test_commands_are_refused_and_the_replay_goes_on(lesson: tuple[Path, Live]) -> None:
    replay = Replay(lesson[0])
    bridge, twin = bridge_on(replay)
    bridge.turn(0.5)
    answer = bridge.command(Learn(1))
    bridge.turn(0.5)
    with pytest.raises(FixpropError, match="is a recording: it takes no learn"):
        answer.result()
    play_out(replay, bridge)
    assert twin.state.first_difference is None
    assert bridge.totals.connections == 1


def test_it_keeps_to_the_pace(lesson: tuple[Path, Live]) -> None:
    now_s = [100.0]

    def sleep(seconds: float) -> None:
        now_s[0] += seconds

    replay = Replay(lesson[0])
    bridge = Bridge(
        lambda: PacedBoard(replay.connect(), 2.0, clock=lambda: now_s[0], sleep=sleep),
        session=sessions_of(replay),
    )
    while not replay.finished:
        bridge.turn(0.5)
        assert now_s[0] - 100.0 == pytest.approx(replay.time_us / 2e6, abs=0.01)
    assert now_s[0] > 104


def test_a_followed_recording_ends_as_a_line_does(lesson: tuple[Path, Live]) -> None:
    twin = Twin(NativeLearner(1))
    replay = Replay(lesson[0])
    bridge = follow(replay, twin, speed=1e6)
    play_out(replay, bridge)
    bridge.turn(1.0)
    assert bridge.link.state == LinkState.LOST
    assert "ends after" in bridge.link.text
    assert twin.state.first_difference is None
    assert twin.state.steps_replayed == lesson[1].twin.state.steps_replayed


def test_a_recording_that_begins_late_plays_but_proves_nothing(tmp_path: Path) -> None:
    live = Live.start()
    live.teach(5)
    recorder = live.recorder(tmp_path / "x")
    live.bridge.turn(2.0)
    recorder.close()
    replay = Replay(tmp_path / "x")
    bridge, _ = bridge_on(replay)
    bridge.turn(0.1)
    assert bridge.link.hello is not None
    played = Player(tmp_path / "x").play()
    assert played.totals.frames > 50
    assert (played.weights, played.identical) == (None, False)
    assert "DIFFERS" not in played.verdict()


def test_events_that_were_dropped_put_the_twin_out_of_step(
    lesson: tuple[Path, Live], tmp_path: Path
) -> None:
    items = list(Reader(lesson[0]))
    middle = len(items) // 2
    writer = Writer(tmp_path / "x", facts_here("native://"))
    for item in [*items[:middle], Item(items[middle].time_us, Kind.DROPPED, COUNT.pack(3))]:
        writer.write(item)
    for item in items[middle:]:
        writer.write(item)
    writer.close()
    played = Player(tmp_path / "x").play()
    assert (played.dropped, played.identical) == (3, False)
    assert "frames lost: 3" in played.verdict()


def test_a_lost_frame_is_found_and_told(lesson: tuple[Path, Live], tmp_path: Path) -> None:
    items = list(Reader(lesson[0]))
    gone = next(n for n in range(len(items) // 2, len(items)) if items[n].kind == Kind.IN)
    writer = Writer(tmp_path / "x", facts_here("native://"))
    for item in items[:gone] + items[gone + 1 :]:
        writer.write(item)
    writer.close()
    played = Player(tmp_path / "x").play()
    assert played.totals.lost >= 1
    assert not played.identical
    assert "frames lost" in played.verdict()
    for told in (played.verdict(), played.standing):
        assert told.endswith("; " + NEXT_TIME), "a file's weights cannot be reset"
