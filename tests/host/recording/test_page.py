"""The page of a session says what is known of it, and does not make up what is not."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from fixprop.recording.story import Story, story_of
from tests.host.recording.recorded import Live, recorded

page = pytest.importorskip("fixprop.recording.page")
pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """As of a real board: nobody recorded where the hand was."""
    path = tmp_path_factory.mktemp("recording") / "a<b>.fixrec"
    recorded(path, seconds=10)
    return story_of(path)


@pytest.fixture(scope="module")
def text(story: Story) -> str:
    rendered: str = page.render(story, page.summary_of(story))
    return rendered


def test_truth_is_left_out_where_there_is_none(story: Story, text: str) -> None:
    assert page.summary_of(story)["truth"] == "unknown"
    assert "nobody recorded" in text
    assert "hand, true" not in text
    assert "estimate, board" in text
    assert "in 1 lesson<" in text


def test_the_error_against_the_label_is_that_of_the_lessons_readings(story: Story) -> None:
    rows = [
        (bearing, pointer)
        for bearing, pointer, labelled in zip(
            story.bearing_deg(), story.pointer_deg(), story.labelled(), strict=True
        )
        if labelled
    ]
    third = rows[-(len(rows) // 3) :]
    error = np.array([bearing - pointer for bearing, pointer in third])
    told = page.summary_of(story)["bearing_against_label_rmse_deg"]["last_third"]
    assert told == pytest.approx(np.sqrt(np.mean(error**2)), abs=1e-3)


def test_the_loss_is_told_of_every_step_and_rises_when_bearings_come(story: Story) -> None:
    readings, steps, losses = np.array(story.losses).T
    assert (np.diff(steps) > 0).all()
    assert steps[-1] == story.played.twin.state.steps_replayed
    first_bearing = int(np.argmax(story.labelled()))
    assert losses[readings < first_bearing].max() < 0.1 * losses[readings > first_bearing].mean()


def test_names_are_escaped_and_nothing_is_loaded(text: str) -> None:
    assert "a&lt;b&gt;.fixrec" in text
    assert "a<b>" not in text
    loading = {"src", "srcset", "action"}
    found: list[str] = []

    class Finder(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(name for name, _ in attrs if name in loading)

    Finder().feed(text)
    assert not found


def test_a_session_without_a_lesson_has_a_page_too(tmp_path: Path) -> None:
    live = Live.start()
    recorder = live.recorder(tmp_path / "x")
    live.bridge.turn(1.0)
    recorder.close()
    story = story_of(tmp_path / "x")
    summary = page.summary_of(story)
    assert summary["bearing_against_label_rmse_deg"] is None
    text = page.render(story, summary)
    assert 'id="bearing"' in text
    assert 'id="loss"' not in text


def test_an_empty_recording_has_a_page_too(tmp_path: Path) -> None:
    live = Live.start()
    live.recorder(tmp_path / "x").close()
    story = story_of(tmp_path / "x")
    assert "0 readings" in page.render(story, page.summary_of(story))


def test_time_goes_on_over_a_restart_and_over_the_clocks_end(story: Story) -> None:
    whole, first = story.readings, story.readings[0]
    times_us = [(1 << 32) - 60_000, (1 << 32) - 20_000, 20_000, 60_000, 5_000, 45_000]
    made = Story(story.played, type(story.heard)(story.played.twin), story.truths)
    for time_us in times_us:
        values = {name: getattr(first, name) for name in first.__slots__}
        made.heard.readings.append(type(first)(**values | {"time_us": time_us}))
    assert np.allclose(made.time_s(), [0.0, 0.04, 0.08, 0.12, 0.12, 0.16])
    assert len(whole) == len(story.time_s())
