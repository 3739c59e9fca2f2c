"""fixprop report: a page of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fixprop.commands.console import moving
from fixprop.commands.paths import (
    RECORDING,
    check_folder,
    json_option,
    output_option,
    write_figures,
)
from fixprop.errors import MissingTool
from fixprop.files import write_whole


@click.command(short_help="Make an HTML report of a recording.")
@click.argument("recording", type=RECORDING)
@output_option("The page.  [default: beside the recording, with .html]")
@json_option
def report(recording: Path, output: Path | None, json_path: Path | None) -> int:
    """Play RECORDING (of fixprop record) and write a page that needs nothing but itself.

    A lesson on a simulated Uno with 22 s or more after it gets the demo's report, for the
    truth is recorded too. Any other session gets a page of what is known. Ends with exit status 1
    if the page's verdict is bad.

    \b
    Example:  fixprop report lesson.fixrec -o lesson.html
    """
    page_path = output or recording.with_suffix(".html")
    check_folder(page_path.parent)
    with moving("playing the recording and drawing it"):
        made = _make(recording)
    write_whole(page_path, made.page)
    write_figures(json_path, made.summary)
    click.echo(f"{page_path}: {made.verdict}")
    return 0 if made.good else 1


@dataclass(frozen=True)
class _Made:
    page: str
    summary: dict[str, Any]
    verdict: str
    good: bool


def _make(recording: Path) -> _Made:
    try:
        from fixprop.recording import as_demo, page
    except ImportError as error:
        raise MissingTool(
            f"the report needs {error.name}: install it with: pip install 'fixprop[report]'"
        ) from error
    from fixprop.recording.story import story_of

    story = story_of(recording)
    run = as_demo.demo_run_of(story)
    if run is not None:
        text, summary = as_demo.judged(run)
        verdict = summary["verdict"]
        return _Made(text, summary, f"verdict: {verdict}", verdict == "pass")
    summary = page.summary_of(story)
    played = story.played
    return _Made(page.render(story, summary), summary, played.verdict(), played.identical)
