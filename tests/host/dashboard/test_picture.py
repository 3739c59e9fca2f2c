"""Events in, columns out: nothing is left out, and time goes forward."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from fixprop.dashboard.picture import GAP_S, READING_COLUMNS, Picture
from fixprop.live.events import Link, LinkState, Lost, Raw
from fixprop.wire.records import State
from tests.host.dashboard.frames import PERIOD_US, events_of, hello, reading

PERIOD_S = PERIOD_US / 1e6


def test_every_reading_is_a_row_with_both_units() -> None:
    picture = Picture()
    for index in range(100):
        picture.take(events_of(reading(index, left=8 * 500 + index), time_s=index / 100))
    columns, arrived_s = picture.columns()
    assert len(columns["t"]) == 100
    np.testing.assert_allclose(columns["left"], 500 + np.arange(100) / 8)
    np.testing.assert_allclose(np.diff(columns["t"]), PERIOD_S)
    assert (np.diff(columns["left_cm"]) < 0).all()  # a higher reading is nearer
    assert arrived_s == [index / 100 for index in range(100)]
    assert not len(picture.columns()[0]["t"])


def test_outputs_are_degrees_and_the_label_is_the_pointer_while_it_labels() -> None:
    picture = Picture()
    labelled = State.LABELLED | State.TEACHING
    absent = labelled | State.HAND_ABSENT_LABEL
    picture.take(events_of(reading(0, bearing=16384, pointer_us=1450 + 85, state=labelled)))
    picture.take(events_of(reading(1, bearing=-16384, state=absent)))
    columns, _ = picture.columns()
    assert columns["bearing_deg"].tolist() == [16.0, -16.0]
    assert columns["label_deg"][0] == columns["pointer_deg"][0] == pytest.approx(8.0, abs=0.25)
    assert np.isnan(columns["label_deg"][1])
    assert picture.status()["teaching"] is True


def test_the_loss_of_every_step_comes_with_the_reading_that_ends_its_interval() -> None:
    picture = Picture()
    picture.take(events_of(reading(0)))
    picture.take(events_of(reading(1, step=60), losses=60))
    picture.take(events_of(reading(2, step=125), losses=65))
    columns, _ = picture.columns()
    assert len(columns["loss"]) == len(columns["loss_t"]) == 125
    assert (np.diff(columns["loss_t"]) > 0).all()
    assert columns["loss_t"][59] == columns["t"][1]
    assert columns["loss_t"][-1] == columns["t"][2]
    assert picture.steps_per_s == pytest.approx(125 / (2 * PERIOD_S))


def test_the_boards_clock_may_wrap() -> None:
    picture = Picture()
    for index in range(4):
        picture.take(
            events_of(reading(index, time_us=(2**32 - 2 * PERIOD_US + index * PERIOD_US) % 2**32))
        )
    np.testing.assert_allclose(np.diff(picture.columns()[0]["t"]), PERIOD_S)


def test_a_line_opened_anew_leaves_a_gap_and_time_goes_on() -> None:
    picture = Picture()
    picture.take(events_of(reading(50)))
    picture.take([Link(1.0, LinkState.LOST, "unplugged")])
    picture.take([Link(2.0, LinkState.CONNECTED, "sim://", hello())])
    picture.take(events_of(reading(0)))
    columns, _ = picture.columns()
    assert len(columns["t"]) == 3
    assert columns["t"][2] - columns["t"][0] == pytest.approx(GAP_S)
    assert all(np.isnan(columns[name][1]) for name in READING_COLUMNS if name != "t")
    assert list(picture.notes) == ["lost: unplugged", "connected: sim://"]


def test_lost_frames_are_counted_as_gaps_and_told() -> None:
    picture = Picture()
    picture.take([Lost(0.0, 3), Lost(0.0, 1)])
    assert picture.status()["gaps"] == 2
    assert list(picture.notes) == ["3 frames lost on the line", "1 frames lost on the line"]


def test_truth_goes_with_the_bytes_that_end_a_reading() -> None:
    truths = deque([(1.0, 20.0), (2.0, 21.0), (3.0, 22.0)])
    picture = Picture(truths)
    picture.take([Raw(0.0, b"part of", False)])
    picture.take(events_of(reading(0)))
    picture.take([Raw(0.0, b"sent", True)])  # what goes out has none
    picture.take(events_of(reading(1)))
    columns, _ = picture.columns()
    assert columns["hand_deg"].tolist() == [2.0, 3.0]
    assert columns["hand_cm"].tolist() == [21.0, 22.0]


def test_without_a_simulated_hand_nothing_is_said_of_it() -> None:
    picture = Picture()
    picture.take(events_of(reading(0)))
    assert np.isnan(picture.columns()[0]["hand_deg"]).all()
