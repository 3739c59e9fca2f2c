"""The report loads nothing, says what the summary says, and is the same each time."""

import re
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fixprop.saturation import MEANINGS, REMEDY
from fixprop.sim.paths import Still
from fixprop.sim.paths import Track as TrackPath
from fixprop.tracking.definition import READING_PERIOD_S, TOPOLOGY
from fixprop.tracking.demo import DemoRun, Estimates
from fixprop.tracking.evaluation import FAR_CM, bearing_rmse_deg, rmse_by_range
from fixprop.tracking.report import render_report
from fixprop.tracking.report.accuracy import by_distance
from fixprop.tracking.report.findings import Findings, layers
from fixprop.tracking.report.motion import bearing_minute
from fixprop.tracking.report.plots import PLOTS
from fixprop.tracking.report.svg import (
    KEYS,
    NARROW,
    PALETTE,
    WIDE,
    Canvas,
    Plot,
    draw_one,
    palette_css,
)
from fixprop.tracking.summary import summarise
from tests.host.tracking.report_run import (
    LESSON_S,
    LOADING,
    SEED,
    SUMMARY,
    TEST_S,
    Page,
    make_run,
)


@pytest.fixture(scope="module")
def made() -> tuple[DemoRun, Estimates]:
    return make_run(TrackPath(SEED))


@pytest.fixture(scope="module")
def text(made: tuple[DemoRun, Estimates]) -> str:
    return render_report(*made, SUMMARY)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def header(made: tuple[DemoRun, Estimates], summary: dict[str, Any], m: pytest.MonkeyPatch) -> str:
    """The page without its plots, which take the time."""
    m.setattr("fixprop.tracking.report.page.draw", lambda *_: "")
    return render_report(*made, summary)


def test_nothing_is_loaded(text: str, page: Page) -> None:
    assert not re.search(r"https?:|@import|url\((?!#)", text)
    assert not page.all("script") and not page.all("img") and not page.all("iframe")
    for tag, attributes in page.tags:
        assert not LOADING & attributes.keys(), tag
        link = attributes.get("href")
        assert link is None or link.startswith("#") or link == "data:,", link


def test_all_tags_are_closed(page: Page) -> None:
    assert page.open == []


def test_ids_are_unique_and_links_meet_them(text: str, page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    used = {a["href"] for _, a in page.tags if (a.get("href") or "").startswith("#")}
    used |= {f"#{name}" for name in re.findall(r"url\(#([^)]+)\)", text)}
    used |= {f"#{a['aria-labelledby']}" for _, a in page.tags if a.get("aria-labelledby")}
    assert used
    assert used <= {f"#{name}" for name in ids}


def test_every_plot_is_there_for_wide_and_narrow_with_words(text: str, page: Page) -> None:
    parts = [part for shown in PLOTS for part in shown.parts]
    plots = page.all("svg")
    assert len(plots) == 2 * len(parts)
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in plots)
    assert len(page.all("figcaption")) == len(page.all("figure")) == len(parts)
    for shown in PLOTS:
        assert f'<h2 id="{shown.name}">' in text


@pytest.mark.parametrize(
    "axis",
    [
        "lesson time (s)",
        "training steps",
        "RMSE on the unseen test (degrees)",
        "bearing (degrees), right is +",
        "distance of the hand (cm)",
        "reading (counts)",
        "reading (mV)",
        "change of difference",
        "bearing ahead",
        "ahead of the sensors (cm)",
    ],
)
def test_axes_are_named_with_units_in_both_widths(text: str, axis: str) -> None:
    assert text.count(f">{axis}</text>") >= 2


@pytest.mark.parametrize(
    "figure",
    [
        "5eed" * 16,
        "10,685 of 32,256 bytes",
        "1,537 of 2,048 bytes",
        "173 bytes",
        "30,323 cycles",
        "1,539 labelled readings",
        "100,443 training steps",
        "9.75°",
        "2.73°",
        "2.52°",
        "1.91°",
        "90.2%",
        "98.8%",
        "100,444 training steps replayed",
        "198 of 199 checksums equal",
        "Weights identical",
        "3,515",
        "--seed 3",
        "make demo",
    ],
)
def test_the_summarys_figures_are_said(text: str, figure: str) -> None:
    assert figure in text


def test_colours_follow_the_readers_preference(text: str) -> None:
    assert "prefers-color-scheme:dark" in palette_css()
    assert palette_css() in text
    for name, key in KEYS.items():
        assert key not in text, f"{name} is left as matplotlib drew it"
    drawn = set(re.findall(r"#[0-9a-f]{6}", text[text.index("</style>") :]))
    assert not drawn, "a colour that does not change with the page"
    assert {f"var(--{name})" for name in PALETTE} <= set(re.findall(r"var\(--\w+\)", text))


def test_two_renders_are_equal(
    made: tuple[DemoRun, Estimates], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def narrow(name: str, alternative: str, plot: Plot) -> str:
        return draw_one(name, alternative, plot, NARROW)

    monkeypatch.setattr("fixprop.tracking.report.page.draw", narrow)  # the other half is alike
    wide = re.compile(r'<svg class="plot wide".*?</svg>\n', re.DOTALL)
    assert render_report(*made, SUMMARY) == wide.sub("", text)


def test_the_page_is_small(text: str) -> None:
    assert len(text.encode()) < 1_500_000  # opens at once from a mail or a phone


def test_a_passing_run_says_so(text: str) -> None:
    assert "<strong>PASS</strong>" in text
    assert "FAIL" not in text


def test_failures_are_listed_and_escaped(
    made: tuple[DemoRun, Estimates], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = deepcopy(SUMMARY)
    summary["verdict"] = "3 frames lost; <b>odd</b> & more"
    summary["twin"] |= {"weights_identical": False, "first_difference": "step 7: weight <2>"}
    page = header(made, summary, monkeypatch)
    assert "<strong>FAIL</strong>" in page and "PASS" not in page
    assert "<li>3 frames lost</li><li>&lt;b&gt;odd&lt;/b&gt; &amp; more</li>" in page
    assert "Weights DIFFERENT" in page and "step 7: weight &lt;2&gt;" in page
    assert "trees &amp; &lt;leaves&gt;" in page
    assert Page(page).open == []


def test_the_stretch_is_20_s_of_the_test(made: tuple[DemoRun, Estimates]) -> None:
    findings = Findings(*made, SUMMARY)
    times = findings.test_s[findings.stretch]
    assert times[-1] - times[0] == pytest.approx(20, abs=2 * READING_PERIOD_S)


def test_the_curve_ends_where_the_lesson_did_at_the_headline(
    made: tuple[DemoRun, Estimates],
) -> None:
    run, estimates = made[0], replace(made[1], trained=made[1].float64_same_network)
    findings = Findings(run, estimates, SUMMARY)
    assert len(findings.curve_times_s) == len(run.snapshots) + 1
    assert np.all(np.diff(findings.curve_times_s) > 0)
    assert findings.curve_times_s[-1] == run.lesson.time_s[-1] - run.lesson_start_s
    assert findings.curve_steps[-1] == run.lesson.step[-1] > run.snapshots[-1].step
    assert findings.curve_rmse_deg[-1] == bearing_rmse_deg(estimates.trained, run.test)
    assert findings.curve_rmse_deg[-1] != findings.curve_rmse_deg[-2]


def test_settled_is_the_first_moment_after_which_none_is_worse(
    made: tuple[DemoRun, Estimates],
) -> None:
    run = replace(made[0], snapshots=made[0].snapshots[:8])
    findings = Findings(run, made[1], SUMMARY)
    curve = [9.0, 3.0, 5.0, 4.0, 2.0, 3.0, 4.0, 4.0]
    findings.__dict__["curve_rmse_deg"] = np.array([*curve, 4.0])
    fourth = findings.run.snapshots[3]
    assert findings.settled(4.0) == (fourth.time_s - findings.run.lesson_start_s, fourth.step)
    findings.__dict__["curve_rmse_deg"] = np.array([*curve, 4.1])  # worse when it ended
    assert findings.settled(4.0) is None


def test_the_worst_band_stands_below_the_headline(
    made: tuple[DemoRun, Estimates], text: str
) -> None:
    run, estimates = made
    bands = [b for b in rmse_by_range(estimates.trained, run.test) if b[1] <= FAR_CM]
    assert len(bands) > 1
    near, far, count, rmse = max(bands, key=lambda band: band[3])
    headline = text.index("2.73°</td></tr>")
    row = text[headline : text.index("</tr>", headline + len("2.73°</td></tr>"))]
    assert f"{near} to {far} cm, {count:,} of {run.test.in_field().sum():,} readings" in row
    assert f"{rmse:.2f}°" in row


def test_the_best_offline_estimator_has_one_name(text: str) -> None:
    read = text[text.index("</style>") :].replace("var(--oracle)", "")
    assert "best offline estimator" in read
    assert "oracle" not in read.lower()


def test_the_best_offline_estimator_is_not_drawn_where_it_was_not_fitted(
    made: tuple[DemoRun, Estimates],
) -> None:
    axes = by_distance(Findings(*made, SUMMARY), WIDE).axes[0]
    drawn = {line.get_label(): np.asarray(line.get_xdata()) for line in axes.lines}
    assert np.nanmax(drawn["best offline estimator"]) < FAR_CM < np.nanmax(drawn["on the Uno"])
    highest = max(np.nanmax(np.asarray(line.get_ydata())) for line in axes.lines)
    assert axes.get_ylim()[1] > 1.1 * highest  # no line at the plot's edge


@pytest.mark.parametrize("canvas", [WIDE, NARROW])
def test_the_whole_test_is_drawn_without_the_pointer(
    made: tuple[DemoRun, Estimates], canvas: Canvas
) -> None:
    panels = bearing_minute(Findings(*made, SUMMARY), canvas).axes
    labels = {line.get_label() for axes in panels for line in axes.lines}
    assert "estimate, Uno" in labels and "servo pointer" not in labels
    ends = [end for axes in panels[::2] for end in axes.get_xlim()]
    assert ends[0] == 0 and ends[-1] >= TEST_S - READING_PERIOD_S
    assert ends[1:-1:2] == ends[2::2], "a row begins where the one above it ends"


def test_layers_are_the_weights_as_real_numbers(made: tuple[DemoRun, Estimates]) -> None:
    flat = made[0].final_weights
    parts = layers(flat)
    assert [part.shape for part in parts] == list(TOPOLOGY.weight_shapes)
    assert np.array_equal(np.concatenate([p.ravel() for p in parts]) * 2**19, flat)


def test_a_hand_in_one_place_still_makes_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    plotted = []

    def plot_only(name: str, _: str, plot: Plot) -> str:
        plot(NARROW)
        plotted.append(name)
        return ""

    monkeypatch.setattr("fixprop.tracking.report.page.draw", plot_only)
    run, estimates = make_run(Still(0.0, 20.0))  # leaves bands of distance that nobody visited
    assert Page(render_report(run, estimates, SUMMARY)).open == []
    assert plotted == [part.name for shown in PLOTS for part in shown.parts]


def test_what_saturated_is_told_with_its_meaning_and_its_share_of_the_steps(
    made: tuple[DemoRun, Estimates], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = header(made, SUMMARY, monkeypatch)
    assert REMEDY in text
    row = re.search(r"<b>inputs</b>: ([^<]*)</th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)", text)
    assert row is not None
    assert row.groups() == (MEANINGS["inputs"], "25,317", "252")  # of 100,443 steps
    assert re.findall(r"<b>(\w+)</b>: ", text[text.index('id="saturation"') :])[:7] == [
        *("inputs", "targets", "nets", "errors", "deltas", "steps", "weights")
    ]
    unknown = header(made, deepcopy(SUMMARY) | {"saturation": None}, monkeypatch)
    assert "Not known: the twin does not know" in unknown
    assert MEANINGS["inputs"] not in unknown


def test_the_summary_holds_the_twins_counts(made: tuple[DemoRun, Estimates]) -> None:
    run, estimates = made
    assert summarise(run, estimates)["saturation"] is None  # this twin heard no board
    counts = summarise(replace(run, twin=replace(run.twin, in_step=True)), estimates)["saturation"]
    assert counts == run.twin.learner.saturation.as_dict()
    assert counts["inputs"] > 0 and tuple(counts) == tuple(MEANINGS)


def test_how_to_repeat_names_the_command_that_gives_such_a_run(
    made: tuple[DemoRun, Estimates], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recording's lesson and test may have other lengths than the demo's."""
    text = header(made, SUMMARY, monkeypatch)
    assert f"record --port sim:// --seed {SEED} --teach 12 --seconds 25 -o" in text
    assert "fixprop demo --seed" not in text
    monkeypatch.setattr("fixprop.tracking.report.page.TEACH_S", LESSON_S)
    monkeypatch.setattr("fixprop.tracking.report.page.TRACK_S", TEST_S)
    text = header(made, SUMMARY, monkeypatch)
    assert f"fixprop demo --seed {SEED}</pre>" in text
    assert "fixprop record" not in text
