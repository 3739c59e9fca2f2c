"""A recording of the demo's own course on a simulated Uno, as the run that it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fixprop.recording.story import Story
from fixprop.recording.truth import Given
from fixprop.tracking.definition import READING_PERIOD_S
from fixprop.tracking.demo import TRACK_LEAD_S, DemoRun, Snapshot
from fixprop.tracking.evaluation import Track, track_of
from fixprop.wire.records import Reading

LEAST_TEST_S = 21.0  # the report shows a stretch of 20 s
NEEDED = (
    "clock_offset_s",
    "lesson_start_s",
    "lesson_readings",
    "cycles_per_step",
    "peak_stack_bytes",
)


@dataclass(frozen=True)
class RecordedImage:
    """The firmware that ran, as the recording names it."""

    sha256: str
    flash_bytes: int
    static_sram_bytes: int


def demo_run_of(story: Story) -> DemoRun | None:
    """The run; None if the recording is not of this kind: `why_not` says what is missing."""
    if why_not(story):
        return None
    notes, readings = story.played.notes, story.readings
    taught, facts = int(notes["lesson_readings"]), story.played.replay.reader.facts
    first = taught + round(TRACK_LEAD_S / READING_PERIOD_S)
    lesson, final = readings[:taught], story.played.twin.board_weights
    assert final is not None and story.first_weights is not None and facts.firmware is not None
    assert facts.world_seed is not None and story.heard.health is not None
    totals = story.played.totals
    return DemoRun(
        seed=facts.world_seed,
        build=RecordedImage(**facts.firmware),
        lesson=_track(story, lesson),
        test=_track(story, readings[first:]),
        snapshots=_before(story.heard.snapshots, lesson[-1].time_us / 1e6),
        twin=story.played.twin,
        initial_weights=story.first_weights,
        final_weights=final,
        cycles_per_step=notes["cycles_per_step"],
        peak_stack_bytes=notes["peak_stack_bytes"],
        device_seconds=story.played.seconds,
        frames=totals.frames,
        lost=totals.lost,
        crc_errors=totals.crc_errors,
        health=story.heard.health,
        lesson_start_s=notes["lesson_start_s"],
    )


def why_not(story: Story) -> str | None:
    """What such a run needs and the recording has not."""
    notes, facts, played = story.played.notes, story.played.replay.reader.facts, story.played
    missing = [name for name in NEEDED if name not in notes]
    if facts.world_seed is None or facts.firmware is None or missing:
        return "it is not of a lesson on a simulated Uno"
    if played.gaps or played.dropped or story.first_weights is None or not _dumped(story):
        return "it has gaps"
    test_s = (len(story.readings) - int(notes["lesson_readings"])) * READING_PERIOD_S
    if test_s < LEAST_TEST_S + TRACK_LEAD_S:
        return f"it has {test_s:.0f} s after the lesson, {LEAST_TEST_S + TRACK_LEAD_S:g} are needed"
    if story.true_bearing_deg() is None or story.heard.health is None:
        return "nobody knows where the hand was"
    return None


def _dumped(story: Story) -> bool:
    return story.played.twin.board_weights is not None and story.played.weights is not None


def _track(story: Story, readings: list[Reading]) -> Track:
    truths = story.truths.of([r.reading_index for r in readings])
    return track_of(readings, story.played.notes["clock_offset_s"], Given(truths))


def _before(snapshots: list[Snapshot], end_s: float) -> list[Snapshot]:
    return [s for s in snapshots if s.time_s <= end_s]


def judged(run: DemoRun) -> tuple[str, dict[str, Any]]:
    """The demo's page and summary."""
    from fixprop.tracking.demo import estimate, oracle_in_background
    from fixprop.tracking.report import render_report
    from fixprop.tracking.summary import summarise

    with oracle_in_background(run.seed) as oracle:
        estimates = estimate(run, oracle.result())
    summary = summarise(run, estimates)
    return render_report(run, estimates, summary), summary
