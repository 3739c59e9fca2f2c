"""The page: verdict, figures and proof first, then the plots, then what it ran on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from fixprop.tracking.demo import TEACH_S, TRACK_LEAD_S, TRACK_S, DemoRun, Estimates
from fixprop.tracking.report.findings import ESTIMATORS, Findings
from fixprop.tracking.report.plots import PLOTS, Part, Shown
from fixprop.tracking.report.saturation import saturation_section
from fixprop.tracking.report.svg import draw, palette_css
from fixprop.tracking.summary import MOST_DEG, MOST_OF_FLOAT64, MOST_OF_ORACLE

STYLE = Path(__file__).with_name("style.css")


def render_report(run: DemoRun, estimates: Estimates, summary: dict[str, Any]) -> str:
    """One HTML page that loads nothing; equal arguments give equal bytes.

    `summary` is what summary.json holds: see fixprop.tracking.summary.summarise.
    """
    findings = Findings(run, estimates, summary)
    sections = "".join(_plot(shown, findings) for shown in PLOTS)
    said = f"fixprop demo, seed {summary['seed']}: {summary['verdict']}"
    tables = f"{saturation_section(findings)}{_machine(findings)}{_repeat(findings)}"
    main = f"{_cards(findings)}{_contents()}{sections}{tables}"
    foot = (
        "Everything on this page is from one run; summary.json beside it has the same "
        "figures for programs."
    )
    return document(said, _header(findings), main, foot)


def document(title: str, header: str, main: str, foot: str) -> str:
    """A whole page; all but `title` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="icon" href="data:,">\n'
        f"<style>\n{palette_css()}{STYLE.read_text('utf-8')}</style>\n</head>\n<body>\n"
        f"{header}<main>\n{main}</main>\n"
        f"<footer><p>{foot}</p></footer>\n</body>\n</html>\n"
    )


def _header(findings: Findings) -> str:
    failed = findings.all_failures
    if failed:
        said = "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in failed) + "</ul>"
    else:
        said = (
            f"<p>All checks hold: bearing error at most {MOST_DEG:g}°, {MOST_OF_FLOAT64:g} times "
            f"float64's and {MOST_OF_ORACLE:g} times the best offline estimator's; twin "
            "identical; no frame and no reading lost.</p>"
        )
    return (
        "<header>\n<h1>An Arduino Uno learns to track a hand</h1>\n"
        '<p class="lead">A small neural network, trained on the chip itself in fixed point, '
        "points a servo at a hand that two infrared distance sensors see.</p>\n"
        f'<div class="verdict {"fail" if failed else "pass"}"><strong>'
        f"{'FAIL' if failed else 'PASS'}</strong>{said}</div>\n</header>\n"
    )


def _cards(findings: Findings) -> str:
    return f'<div class="cards">\n{_happened(findings)}{_good(findings)}{_proof(findings)}</div>\n'


def _happened(findings: Findings) -> str:
    summary, run = findings.summary, findings.run
    lesson_s = run.lesson.time_s[-1] - run.lesson.time_s[0]
    items = [
        f"<b>Real firmware, simulated Uno:</b> the bytes a board is flashed with, run for "
        f"{summary['device_seconds']:.0f} s on an emulated ATmega328P with noisy sensors.",
        f"<b>Learned in {lesson_s:.0f} s:</b> the servo swept, a simulated hand followed it; "
        f"{summary['teach']['training_steps']:,} training steps on the chip from "
        f"{summary['teach']['samples']:,} labelled readings.",
        f"<b>Then tested:</b> learning off, {findings.test_s[-1]:.0f} s of motion it had never "
        "seen. Sensors, world and servo are simulated: on hardware expect other figures.",
    ]
    return card("What happened", items)


def _good(findings: Findings) -> str:
    rmse = {name: findings.rmse_deg(name) for name in ESTIMATORS}
    largest = max(rmse.values())
    rows = "".join(
        f'<tr{" class=main" if name == "trained" else ""}><th scope="row">{escape(words)}'
        f'<span class="bar" style="width:{100 * rmse[name] / largest:.1f}%;'
        f'background:var(--{colour})"></span></th><td class="number">{rmse[name]:.2f}°</td></tr>\n'
        f"{_worst(findings) if name == 'trained' else ''}"
        for name, (colour, words) in ESTIMATORS.items()
    )
    summary = findings.summary
    return (
        '<section aria-labelledby="good">\n<h2 id="good">How good</h2>\n<table>\n'
        "<caption>Bearing error (RMSE), unseen motion, 12 to 30 cm</caption>\n"
        '<thead><tr><th scope="col">estimate</th><th scope="col" class="number">degrees</th></tr>'
        f"</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        f'<p class="note">Left, middle or right told apart to 45 cm: '
        f"<b>{summary['zone_accuracy_45cm']:.1%}</b>. Hand there or not: "
        f"<b>{summary['presence_accuracy']:.1%}</b>. Best offline estimator: "
        f"{escape(findings.estimates.oracle_name)} fitted offline to "
        f"{findings.estimates.oracle_readings:,} readings with true bearings.</p>\n</section>\n"
    )


def _worst(findings: Findings) -> str:
    """The band of distance with the largest error, which a figure over all of them hides."""
    band = findings.worst_band
    if band is None:
        return ""
    near, far, count, rmse = band
    return (
        f'<tr class="worst"><th scope="row">its worst band: {near} to {far} cm, {count:,} of '
        f"{int(findings.run.test.in_field().sum()):,} readings</th>"
        f'<td class="number">{rmse:.2f}°</td></tr>\n'
    )


def _proof(findings: Findings) -> str:
    twin = findings.summary["twin"]
    identical = twin["weights_identical"]
    items = [
        f"<b>{twin['steps_replayed']:,} training steps replayed</b> on the PC in the same "
        "fixed point, from seed, readings and labels alone.",
        f"<b>{twin['checksums_equal']} of {twin['checksums_compared']} checksums equal:</b> "
        "weights, order of training and replay memory, during the run.",
        f"<b>Weights {'identical' if identical else 'DIFFERENT'}:</b> all "
        f"{len(findings.run.final_weights)} read back from the board at the end, "
        f"{'every bit the same as' if identical else 'not the same as'} the PC's.",
    ]
    if twin.get("first_difference"):
        items.append(f"<b>First difference:</b> {escape(str(twin['first_difference']))}")
    return card("Proof: a PC twin", items)


def card(title: str, items: Iterable[str]) -> str:
    """A box of points, each HTML."""
    points = "".join(f"<li>{item}</li>\n" for item in items)
    name = title.split(":")[0].split()[-1].lower()
    return (
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{title}</h2>\n'
        f"<ul>\n{points}</ul>\n</section>\n"
    )


def _contents() -> str:
    links = [(shown.name, shown.title) for shown in PLOTS]
    links += [("saturation", "What saturated"), ("machine", "Firmware and serial line")]
    links += [("repeat", "How to repeat")]
    items = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in links)
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>\n'


def _plot(shown: Shown, findings: Findings) -> str:
    figures = "".join(_figure(part, findings) for part in shown.parts)
    return (
        f'<section aria-labelledby="{shown.name}">\n<h2 id="{shown.name}">{shown.title}</h2>\n'
        f"{figures}</section>\n"
    )


def _figure(part: Part, findings: Findings) -> str:
    heading = f"<h3>{part.title}</h3>\n" if part.title else ""
    svg = draw(part.name, part.alternative, partial(part.plot, findings))
    caption = escape(part.caption(findings))
    return f"{heading}<figure>\n{svg}<figcaption>{caption}</figcaption>\n</figure>\n"


def _machine(findings: Findings) -> str:
    firmware, teach = findings.summary["firmware"], findings.summary["teach"]
    serial, health = findings.summary["serial"], findings.run.health
    cycles = teach["cycles_per_step"]
    chip = [
        ("image, SHA-256", f'<span class="hash">{escape(firmware["sha256"])}</span>'),
        ("flash", f"{firmware['flash_bytes']:,} of 32,256 bytes"),
        ("static SRAM", f"{firmware['static_sram_bytes']:,} of 2,048 bytes"),
        ("peak stack", f"{firmware['peak_stack_bytes']:,} bytes"),
        ("a training step", f"{cycles:,.0f} cycles = {cycles / 16_000:.2f} ms at 16 MHz"),
        ("longest turn of the main loop", f"{health.loop_max_us / 1000:.2f} ms"),
    ]
    line = [
        ("frames received", f"{serial['frames']:,}"),
        ("frames lost", f"{serial['lost']:,}"),
        ("frames with a wrong checksum", f"{serial['crc_errors']:,}"),
        ("commands damaged, seen by the board", f"{health.rx_crc_errors:,}"),
        ("frames the board had to drop", f"{health.lost_tx_frames:,}"),
        ("readings missed", f"{findings.summary['adc_deadlines_missed']:,}"),
        ("implausible samples refused", f"{health.rejected_samples:,}"),
    ]
    return (
        '<section aria-labelledby="machine">\n<h2 id="machine">Firmware and serial line</h2>\n'
        f'<div class="two">\n{table("The firmware on the chip", chip)}'
        f"{table('Serial line and deadlines', line)}</div>\n</section>\n"
    )


def table(caption: str, rows: Iterable[tuple[str, str]]) -> str:
    """`rows`: (words, HTML)."""
    body = "".join(
        f'<tr><th scope="row">{escape(words)}</th><td>{value}</td></tr>\n' for words, value in rows
    )
    return (
        f"<div><table>\n<caption>{escape(caption)}</caption>\n<thead><tr>"
        '<th scope="col">what</th><th scope="col">value</th></tr></thead>\n'
        f"<tbody>\n{body}</tbody>\n</table></div>\n"
    )


def _repeat(findings: Findings) -> str:
    seed = findings.summary["seed"]
    return (
        '<section aria-labelledby="repeat">\n<h2 id="repeat">How to repeat</h2>\n'
        "<p>From nothing, in a checkout; no hardware and no questions:</p>\n"
        "<pre>make demo</pre>\n"
        f"<p>This run had seed <b>{seed}</b>. It sets the sensors' spread and noise, the motion, "
        f"the initial weights and the order of training. {_again(findings, seed)}</section>\n"
    )


def _again(findings: Findings, seed: int) -> str:
    """How to have this run once more: the demo's, or one that was recorded with other lengths."""
    taught_s = round(findings.run.lesson.time_s[-1] - findings.run.lesson_start_s)
    tracked_s = round(findings.test_s[-1] + TRACK_LEAD_S)
    if (taught_s, tracked_s) == (TEACH_S, TRACK_S + TRACK_LEAD_S):
        return (
            "The same seed and the same firmware give the same figures. This seed again:</p>\n"
            f"<pre>.venv/bin/fixprop demo --seed {seed}</pre>\n"
        )
    return (
        "It was recorded; another of this seed and these lengths:</p>\n"
        f"<pre>.venv/bin/fixprop record --port sim:// --seed {seed} --teach {taught_s} "
        f"--seconds {tracked_s} -o again.fixrec\n.venv/bin/fixprop report again.fixrec</pre>\n"
    )
