"""Plots as SVG inside the page, in its colours, for two widths, the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

PALETTE = {  # name: (in light, in dark)
    "page": ("#f4f5f7", "#0e1116"),
    "card": ("#ffffff", "#171b22"),
    "ink": ("#1b1f24", "#e8ebef"),
    "muted": ("#59636e", "#9ba6b2"),
    "line": ("#d5dae0", "#323943"),
    "truth": ("#1b1f24", "#f2f4f7"),
    "untrained": ("#858d96", "#8b949e"),
    "trained": ("#0b62c4", "#66b0ff"),
    "float64": ("#b45309", "#f5a742"),
    "oracle": ("#15803d", "#56cf83"),
    "pointer": ("#7c3aed", "#b79bff"),
    "left": ("#0e7490", "#3fc6dc"),
    "right": ("#be185d", "#ff7ab0"),
    "positive": ("#c2410c", "#fb8a4c"),
    "negative": ("#0b62c4", "#66b0ff"),
    "wrong": ("#b42318", "#ff8a80"),
    "promise": ("#15803d", "#56cf83"),
}
KEYS = {name: f"#fe00{index:02x}" for index, name in enumerate(PALETTE)}
"""Stand-ins that matplotlib draws with; the page has CSS variables in their place."""


@dataclass(frozen=True)
class Canvas:
    """What a plot is drawn for; the page shows the one that fits, so text keeps its size."""

    name: str
    width_px: int

    @property
    def wide(self) -> bool:
        """Panels may stand side by side."""
        return self is WIDE

    def figure(self, height_px: int) -> Figure:
        """An empty figure; one unit of the SVG is one CSS pixel."""
        figure = Figure(figsize=(self.width_px / 72, height_px / 72), dpi=72, layout="constrained")
        figure.get_layout_engine().set(w_pad=4 / 72, h_pad=4 / 72)  # type: ignore[union-attr, call-arg]
        figure.patch.set_visible(False)
        return figure


WIDE, NARROW = Canvas("wide", 980), Canvas("narrow", 346)
Plot = Callable[[Canvas], Figure]

_SETTINGS = {
    "svg.fonttype": "none",
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 12,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.fontsize": 11.5,
    "legend.frameon": False,
    "legend.borderaxespad": 0.2,
    "text.color": KEYS["ink"],
    "axes.labelcolor": KEYS["ink"],
    "axes.edgecolor": KEYS["muted"],
    "xtick.color": KEYS["muted"],
    "ytick.color": KEYS["muted"],
    "grid.color": KEYS["line"],
    "grid.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.8,
    "path.simplify_threshold": 0.2,
}


def palette_css() -> str:
    """The palette as CSS variables, dark where the reader prefers it."""
    light, dark = (
        "".join(f"--{name}:{colours[which]};" for name, colours in PALETTE.items())
        for which in (0, 1)
    )
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def draw(name: str, alternative: str, plot: Plot) -> str:
    """`plot` for both widths; `alternative` is what it shows, for those who do not see it."""
    return "".join(draw_one(name, alternative, plot, canvas) for canvas in (WIDE, NARROW))


def draw_one(name: str, alternative: str, plot: Plot, canvas: Canvas) -> str:
    """`plot` for one width, as an element of the page."""
    name = f"{name}-{canvas.name}"
    with mpl.style.context(["default", _SETTINGS | {"svg.hashsalt": name}]):
        file = io.StringIO()
        metadata = {"Date": None, "Creator": None, "Type": None, "Format": None}
        figure = plot(canvas)
        # Figure.savefig would draw everything twice.
        FigureCanvasSVG(figure).print_svg(file, metadata=metadata)  # type: ignore[no-untyped-call]
    return _for_page(file.getvalue(), name, alternative, canvas)


def _for_page(svg: str, name: str, alternative: str, canvas: Canvas) -> str:
    """The body of matplotlib's SVG, smaller, its ids made unique and its colours the page's."""
    box = re.search(r'viewBox="([^"]+)"', svg)
    start, end = svg.index("</defs>") + len("</defs>"), svg.rindex("</svg>")
    assert box is not None
    body = re.sub(r"\s*\n\s*", "\n", svg[start:end])
    body = re.sub(r"<!--.*?-->\n?", "", body)
    body = re.sub(r' (?:d|points)="[^"]*"', lambda m: re.sub(r"(\.\d)\d+", r"\1", m[0]), body)
    body = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--font)", body).replace("xlink:href", "href")
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else "", body)
    body = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", body)
    for colour, key in KEYS.items():
        body = body.replace(key, f"var(--{colour})")
    return (
        f'<svg class="plot {canvas.name}" viewBox="{box[1]}" role="img" '
        f'aria-label="{escape(alternative)}">{body}</svg>\n'
    )


def dots(axes: Axes, x: ArrayLike, y: ArrayLike, colour: str, size: float, **how: float) -> None:
    """Points as one path of lines without length and with round ends: a tenth of the bytes."""
    centres = np.column_stack([x, y]).astype(np.float64)
    vertices = np.repeat(centres[np.isfinite(centres).all(axis=1)], 2, axis=0)
    if not len(vertices):
        return
    path = Path(vertices, np.tile([Path.MOVETO, Path.LINETO], len(vertices) // 2).tolist())
    path.should_simplify = False
    axes.add_patch(
        PathPatch(path, fill=False, edgecolor=KEYS[colour], lw=size, capstyle="round", **how)
    )


def legend_above(axes: Axes, canvas: Canvas, columns: int) -> None:
    """A legend over the axes, where it hides nothing; fewer columns where it is narrow."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns if canvas.wide else min(columns, 2),
        handlelength=2.4,  # a dash and a dot
        columnspacing=1.4,
    )
