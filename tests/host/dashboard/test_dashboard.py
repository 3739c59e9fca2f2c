"""What every open page is told, and what becomes of what it asks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from fixprop.dashboard import dashboard as module
from fixprop.dashboard.dashboard import OUTBOX, Page
from fixprop.dashboard.facts import facts
from fixprop.dashboard.packing import unpack
from fixprop.dashboard.schema import Request
from fixprop.formats import WEIGHT
from fixprop.model import Model
from fixprop.sim.optics import Hand, Mount
from fixprop.tracking.definition import VALUES
from tests.host.dashboard.play import Play


@pytest.fixture
def play() -> Play:
    return Play()


def taken(page: Page) -> list[dict[str, Any]]:
    """All messages that wait; of binary ones the columns too."""
    messages = asyncio.run(page.take())
    return [
        json.loads(m) if isinstance(m, str) else {**unpack(m)[0], **unpack(m)[1]} for m in messages
    ]


async def asked(play: Play, kind: str, **values: Any) -> dict[str, Any] | None:
    """The answer, while the board goes on."""
    asking = asyncio.ensure_future(play.dashboard.ask(Request(kind, 5, values)))
    while not asking.done():
        await asyncio.sleep(0)
        play.turn(0.05)
    return asking.result()


def ask(play: Play, kind: str, **values: Any) -> dict[str, Any]:
    answer = asyncio.run(asked(play, kind, **values))
    assert answer is not None
    return answer


def test_no_reading_is_left_out_or_told_twice(play: Play) -> None:
    play.turn()
    page, _ = play.dashboard.open()
    for _ in range(30):
        play.turn()
    data = [m for m in taken(page) if m["kind"] == "data"]
    index = np.concatenate([m["index"] for m in data])
    assert len(index) > 70
    assert (np.diff(index) == 1).all()
    assert [m["batch"] for m in data] == list(range(data[0]["batch"], data[0]["batch"] + len(data)))


def test_a_page_that_opens_later_hears_of_the_past(play: Play) -> None:
    for _ in range(20):
        play.turn()
    _, first = play.dashboard.open()
    texts = [json.loads(m) for m in first if isinstance(m, str)]
    assert [m["kind"] for m in texts] == ["facts", "status"]
    rows = sum(len(unpack(m)[1]["t"]) for m in first if isinstance(m, bytes))
    reading = play.dashboard.picture.reading
    assert reading is not None
    assert rows == reading.reading_index + 1 > 40  # every one since the board's start


def test_the_past_is_bounded(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAST_BYTES", 5000)
    for _ in range(50):
        play.turn()
    _, first = play.dashboard.open()
    assert 2500 < sum(len(m) for m in first if isinstance(m, bytes)) <= 5000


def test_a_slow_page_loses_its_oldest_messages_and_others_nothing(play: Play) -> None:
    slow = Page()
    for n in range(OUTBOX + 10):
        slow.put(str(n))
    assert slow.dropped == 10
    assert asyncio.run(slow.take())[0] == "10"


def test_a_closed_page_is_told_nothing_more(play: Play) -> None:
    page, _ = play.dashboard.open()
    play.dashboard.close(page)
    play.turn()
    assert play.dashboard.status()["pages"] == 0
    page.put("end")
    assert asyncio.run(page.take()) == ["end"]


def test_status_says_what_bridge_and_twin_know(play: Play) -> None:
    for _ in range(20):
        play.turn()
    status = play.dashboard.status()
    twin = play.bridge.twin
    assert twin is not None
    assert status["link"] == {"state": "connected", "text": "native://"}
    assert status["totals"]["frames"] == play.bridge.totals.frames > 20
    assert status["twin"]["checksums_equal"] == twin.state.checksums_equal > 0
    assert status["twin"]["first_difference"] is None
    assert json.loads(json.dumps(status))["latency_ms"] == {"50": None, "95": None}


def test_status_says_what_was_saturated_by_kind(play: Play) -> None:
    play.turn()
    ask(play, "teach", seconds=10)
    for _ in range(100):
        play.turn()
    status, twin = play.dashboard.status(), play.bridge.twin
    assert twin is not None and twin.saturation is not None
    assert status["twin"]["saturation"] == twin.saturation.as_dict()
    assert status["twin"]["saturation"]["inputs"] > 0  # a hand near a sensor
    assert status["health"]["saturated_weights"] == 0
    assert status["health"]["rejected_samples"] == 0


def test_what_was_saturated_is_not_told_of_unknown_weights(play: Play) -> None:
    play.turn()
    twin = play.bridge.twin
    assert twin is not None
    twin.in_step = False
    assert play.dashboard.status()["twin"]["saturation"] is None


def test_the_facts_say_how_long_a_lesson_is_and_whether_the_board_is_a_recording() -> None:
    for replayed in (False, True):
        first = facts(Mount(), Hand(), simulated=False, replayed=replayed)
        assert first["lesson_s"] == VALUES["BUTTON_LESSON_S"]
        assert first["replayed"] is replayed


def test_the_network_is_shown_with_the_twins_weights(play: Play) -> None:
    play.turn()
    page, _ = play.dashboard.open()
    for _ in range(5):
        play.turn()
    shown = [m for m in taken(page) if m["kind"] == "network"][-1]
    assert play.bridge.twin is not None
    np.testing.assert_array_equal(
        shown["weights"], WEIGHT.to_float(play.bridge.twin.learner.weights())
    )
    assert shown["activations"].shape == (4 + 8 + 3,)


def test_weights_that_the_twin_does_not_know_are_not_shown(play: Play) -> None:
    play.turn()
    ask(play, "reset_weights", seed=77)
    ask(play, "save")
    assert play.bridge.twin is not None
    play.bridge.twin.saved.clear()  # as if they had been saved before we came
    ask(play, "replug")
    page, _ = play.dashboard.open()
    for _ in range(40):
        play.turn()
    status = play.dashboard.status()
    assert status["twin"]["in_step"] and not status["twin"]["weights_known"]
    assert "network" not in {m["kind"] for m in taken(page)}


def test_a_load_is_not_taken_for_the_pace_of_learning(play: Play) -> None:
    play.turn()
    ask(play, "teach", seconds=10)
    for _ in range(80):
        play.turn()
    ask(play, "save")
    before = play.dashboard.status()["steps_per_s"]
    ask(play, "reset_weights", seed=3)
    for _ in range(12):
        play.turn()
    ask(play, "load")
    play.turn()
    status = play.dashboard.status()
    assert status["step"] > 10_000  # which were done long ago
    assert status["steps_per_s"] < 1.5 * before


def test_a_lesson_labels_learns_and_is_seen(play: Play) -> None:
    play.turn()
    assert ask(play, "teach", seconds=10)["text"] == "lesson of 10 s: follow the pointer"
    for _ in range(70):
        play.turn()
    status = play.dashboard.status()
    assert status["teaching"] and status["learning"]
    assert status["step"] > 1000
    assert status["steps_per_s"] > 100
    assert play.playground.lesson  # the hand follows the pointer
    assert status["twin"]["steps_replayed"] > 1000


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("learn", {"on": False}, "learning paused"),
        ("rate", {"rate": 512}, "learning rate 0.0625"),
        ("reset_weights", {"seed": 9}, "new weights from seed 9"),
        ("mark", {"bearing_deg": -8.0}, "marked: hand at -8.0°"),
        ("mark_absent", {}, "marked: no hand"),
        ("pointer", {"pointer_us": 1500}, "pointer held at 1500 µs"),
        ("pointer", {"pointer_us": 0}, "the network points"),
        ("save", {}, "saved in EEPROM slot"),
        ("erase", {}, "EEPROM erased"),
        ("auto_hand", {"on": True}, "the hand moves by itself"),
        ("hand_away", {}, "no hand"),
    ],
)
def test_what_a_page_asks_for_is_done_and_answered(
    play: Play, kind: str, values: dict[str, Any], text: str
) -> None:
    play.turn()
    answer = ask(play, kind, **values)
    assert answer["ok"], answer
    assert answer["id"] == 5
    assert answer["text"].startswith(text)


def test_the_boards_refusal_is_told(play: Play) -> None:
    play.turn()
    answer = ask(play, "load")
    assert not answer["ok"]
    assert "no weights of this firmware are stored; save some first" in answer["text"]


def test_saved_weights_come_back_after_a_power_cut(play: Play) -> None:
    play.turn()
    ask(play, "reset_weights", seed=77)
    ask(play, "save")
    assert play.bridge.twin is not None
    saved = play.bridge.twin.learner.weights()
    ask(play, "replug")
    for _ in range(40):
        play.turn()
    status = play.dashboard.status()
    assert status["link"]["state"] == "connected"
    assert status["totals"]["connections"] == 2
    assert status["hello"]["weights_source"] == 1  # from the EEPROM
    np.testing.assert_array_equal(play.bridge.twin.learner.weights(), saved)


def test_the_header_holds_the_twins_weights(play: Play, tmp_path: Any) -> None:
    play.turn()

    async def fetched() -> str:
        fetching = asyncio.ensure_future(play.dashboard.actions.model_h())
        while not fetching.done():
            await asyncio.sleep(0)
            play.turn(0.05)
        return fetching.result()

    path = tmp_path / "model.h"
    path.write_text(asyncio.run(fetched()))
    assert play.bridge.twin is not None
    np.testing.assert_array_equal(Model.read(path).weights, play.bridge.twin.learner.weights())


def test_a_real_board_has_no_hand_to_move(play: Play) -> None:
    real = Play(connect=play.playground.connect)
    real.turn()
    answer = ask(real, "hand", bearing_deg=0.0, range_cm=20.0)
    assert not answer["ok"]
    assert "yours" in answer["text"]


def test_what_is_drawn_is_timed(play: Play) -> None:
    play.turn()
    play.dashboard.open()
    play.turn()
    assert asyncio.run(play.dashboard.ask(Request("drawn", 1, {"batch": 2}))) is None
    assert play.dashboard.status()["latency_ms"][95] == pytest.approx(100.0)  # a turn's length
