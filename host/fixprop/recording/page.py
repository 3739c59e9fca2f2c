"""The page of a recorded session: what is known of it, and plainly what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from fixprop.recording import plots
from fixprop.recording.story import Story
from fixprop.tracking.report.page import card, document, table
from fixprop.tracking.report.svg import Canvas, draw
from fixprop.wire.records import State


@dataclass(frozen=True)
class Section:
    """A plot, its words, and what the recording must have for it."""

    name: str
    title: str
    plot: Callable[[Story, Canvas], Figure]
    caption: str
    there: Callable[[Story], bool]


SECTIONS = (
    Section(
        "loss", "Loss", plots.losses,
        "Half the squared error of the outputs before each training step, computed by the twin: the "
        "board sends no losses. It is of samples that were learned from, so it flatters; and it is "
        "small in a lesson's first seconds, while only the absence of a hand is taught.",
        lambda story: bool(story.losses),
    ),
    Section(
        "bearing", "Bearing", plots.bearings,
        "While the band is green the pointer's angle was the label, and the hand was to follow it.",
        lambda story: bool(story.readings),
    ),
    Section(
        "sensors", "What the sensors gave", plots.sensors,
        "The two rise together when the hand comes nearer; the bearing is in their difference.",
        lambda story: bool(story.readings),
    ),
    Section(
        "weights", "The weights, before and after", plots.weights,
        "As the twin computed them; one scale for all four maps.",
        lambda story: story.first_weights is not None and story.played.weights is not None,
    ),
)  # fmt: skip


def summary_of(story: Story) -> dict[str, Any]:
    """The figures for programs."""
    labelled = story.labelled() if story.readings else np.zeros(0, np.bool_)
    return story.played.summary() | {
        "readings": len(story.readings),
        "labelled_readings": int(labelled.sum()),
        "bearing_against_label_rmse_deg": _against_label(story),
        "truth": "known" if story.true_bearing_deg() is not None else "unknown",
    }


def _against_label(story: Story) -> dict[str, float] | None:
    """Of the first and the last third of the labelled readings, each before it was learned."""
    if not story.readings:
        return None
    rows = np.flatnonzero(story.labelled())
    if len(rows) < 3:
        return None
    error = story.bearing_deg() - story.pointer_deg()
    thirds = np.array_split(rows, 3)
    named = {"first_third": thirds[0], "last_third": thirds[2]}
    return {k: round(float(np.sqrt(np.mean(error[r] ** 2))), 4) for k, r in named.items()}


def render(story: Story, summary: dict[str, Any]) -> str:
    """One HTML page that loads nothing; equal recordings give equal bytes."""
    shown = [section for section in SECTIONS if section.there(story)]
    main = '<div class="cards">\n' + _what(story, summary) + _known(summary) + _proof(story)
    main += "</div>\n" + "".join(_section(each, story) for each in shown) + _line(story, summary)
    title = f"fixprop recording {story.played.path.name}: {story.played.verdict()}"
    foot = "Everything on this page was computed from one recording."
    return document(title, _header(story), main, foot)


def _header(story: Story) -> str:
    good = story.played.identical
    return (
        "<header>\n<h1>A recorded session</h1>\n"
        f'<p class="lead">{escape(story.played.path.name)}, from '
        f"{escape(story.played.replay.reader.facts.url)}</p>\n"
        f'<div class="verdict {"pass" if good else "fail"}"><strong>'
        f"{'IDENTICAL' if good else 'NOT PROVED'}</strong>"
        f"<p>{escape(story.played.verdict())}</p></div>\n</header>\n"
    )


def _what(story: Story, summary: dict[str, Any]) -> str:
    started = summary["started"]
    teaching = ((story.states() & State.TEACHING) != 0).astype(int)
    lessons = int((np.diff(teaching, prepend=0) > 0).sum())
    items = [
        f"<b>{summary['seconds']:.1f} s</b>" + (f" from {escape(started)} on" if started else ""),
        f"<b>{summary['readings']:,} readings</b>, {summary['labelled_readings']:,} of them with a "
        f"bearing as their label, in {lessons} lesson{'' if lessons == 1 else 's'}",
        f"<b>{summary['twin']['steps_replayed']:,} training steps</b>",
    ]
    if story.played.line_lost:
        items.append(f"<b>{story.played.line_lost}</b>")
    if cut_short := story.played.replay.reader.cut_short:
        items.append(f"cut short: {cut_short}")
    return card("What was recorded", items)


def _known(summary: dict[str, Any]) -> str:
    against, items = summary["bearing_against_label_rmse_deg"], []
    if against:
        items.append(
            f"<b>Bearing against label (RMSE):</b> {against['first_third']:.2f}° in the first third "
            f"of what was taught, {against['last_third']:.2f}° in the last, each reading before it "
            "was learned from. How well the hand followed the pointer is in it."
        )
    items.append(
        "<b>Where the hand really was</b> is known from the simulator, and drawn."
        if summary["truth"] == "known"
        else "<b>Where the hand really was</b> nobody recorded: there is no error against truth."
    )
    return card("How good", items)


def _proof(story: Story) -> str:
    summary, twin = story.played.summary(), story.played.twin.state
    items = [
        f"<b>{twin.steps_replayed:,} training steps replayed</b> from what is in the file alone",
        f"<b>{twin.checksums_equal} of {twin.checksums_compared} checksums equal</b>",
    ]
    if summary["weights_crc"] is not None:
        items.append(f"weights at the end: CRC {summary['weights_crc']:#06x}")
    if twin.first_difference:
        items.append(f"<b>First difference:</b> {escape(twin.first_difference)}")
    return card("Proof: a PC twin", items)


def _section(section: Section, story: Story) -> str:
    svg = draw(section.name, section.caption, partial(section.plot, story))
    return (
        f'<section aria-labelledby="{section.name}">\n<h2 id="{section.name}">{section.title}</h2>\n'
        f"<figure>\n{svg}<figcaption>{escape(section.caption)}</figcaption>\n</figure>\n</section>\n"
    )


def _line(story: Story, summary: dict[str, Any]) -> str:
    rows = [
        ("frames received", f"{summary['frames']:,}"),
        ("frames lost", f"{summary['lost']:,}"),
        ("frames with a wrong checksum", f"{summary['crc_errors']:,}"),
        ("events the recorder dropped", f"{summary['dropped']:,}"),
        ("fingerprint", summary["fingerprint"]),
    ]
    health = story.heard.health
    board = [] if health is None else [
        ("readings missed", f"{health.missed_readings:,}"),
        ("frames the board had to drop", f"{health.lost_tx_frames:,}"),
        ("commands damaged, seen by the board", f"{health.rx_crc_errors:,}"),
        ("implausible samples refused", f"{health.rejected_samples:,}"),
        ("weights at an end of their format", f"{health.saturated_weights:,}"),
    ]  # fmt: skip
    tables = table("The serial line", rows) + (table("The board", board) if board else "")
    return (
        '<section aria-labelledby="line">\n<h2 id="line">Serial line and board</h2>\n'
        f'<div class="two">\n{tables}</div>\n</section>\n'
    )
