"""What was cut off on the board while it learned and tracked: the twin counts it."""

from __future__ import annotations

from html import escape

from fixprop.saturation import MEANINGS, REMEDY
from fixprop.tracking.report.findings import Findings

NOT_OF_THE_TRACKER = {"changes"}  # it learns without momentum


def saturation_section(findings: Findings) -> str:
    """A table of all kinds, and what to do about them."""
    steps = findings.summary["teach"]["training_steps"]
    return (
        '<section aria-labelledby="saturation">\n<h2 id="saturation">What saturated</h2>\n'
        f"{_table(findings.summary.get('saturation'), steps)}"
        f'<p class="note">{escape(REMEDY)}</p>\n</section>\n'
    )


def _table(counts: dict[str, int] | None, steps: int) -> str:
    if counts is None:
        return "<p>Not known: the twin does not know the board's weights.</p>\n"
    rows = "".join(
        f'<tr><th scope="row"><b>{kind}</b>: {escape(MEANINGS[kind])}</th>'
        f'<td class="number">{count:,}</td><td class="number">{_often(count, steps)}</td></tr>\n'
        for kind, count in counts.items()
        if kind not in NOT_OF_THE_TRACKER
    )
    return (
        f"<table>\n<caption>Values cut off at the end of their format, {steps:,} training steps, "
        "lesson and test; counted by the twin, not on the chip</caption>\n"
        '<thead><tr><th scope="col">what</th><th scope="col" class="number">how often</th>'
        '<th scope="col" class="number">per 1,000 steps</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n"
    )


def _often(count: int, steps: int) -> str:
    return f"{1000 * count / steps:.3g}" if steps else "-"
