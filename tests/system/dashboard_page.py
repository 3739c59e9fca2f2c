"""A browser and the server that it looks at, for test_dashboard.py."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from fixprop.dashboard import vendor
from fixprop.dashboard.access import Access
from fixprop.dashboard.serve import Board, WebServer, listen
from fixprop.sim.gp2y0a21 import Floats
from fixprop.toolchain import PROJECT_ROOT

SHOTS = PROJECT_ROOT / "out"
POLL_S = 0.05
DESK: ViewportSize = {"width": 1280, "height": 720}
HELPERS = """
  // The greatest running mean of the loss since the first labelled reading, and the latest.
  window.worstAndLastLoss = () => {
    const {readings, losses} = fixprop.store;
    const label = readings.columns.label_deg.findIndex((v, n) => n < readings.length && v === v);
    const from = losses.find("loss_t", readings.columns.t[label] + 1);
    const means = losses.columns.loss_mean.subarray(from, losses.length);
    return [Math.max(...means.filter((_, n) => n % 50 === 0)), means.at(-1)];
  };
  // The share of a bearing's variance that the network explains: of the hand's before the lesson,
  // and of the labels in it.
  window.explained = () => {
    const {columns: c, length} = fixprop.store.readings;
    const share = (of, rows) => {
      const mean = rows.reduce((sum, n) => sum + of[n], 0) / rows.length;
      const square = (from) => rows.reduce((sum, n) => sum + (of[n] - from(n)) ** 2, 0);
      return 1 - square((n) => c.bearing_deg[n]) / square(() => mean);
    };
    const rows = [...Array(length).keys()];
    const lesson = rows.filter((n) => c.label_deg[n] === c.label_deg[n]);
    const before = rows.filter((n) => n < lesson[0] && c.hand_deg[n] === c.hand_deg[n]);
    return [share(c.hand_deg, before), share(c.label_deg, lesson)];
  };
  window.rowsSeen = () => {
    const {readings} = fixprop.store;
    const [start, end] = fixprop.view.range();
    return readings.find("t", end + 1e-9) - readings.find("t", start);
  };
"""
OVERFLOWS = """() => [...document.querySelectorAll(".panel :is(button, select, input, dt, dd)")]
  .filter((e) => !e.hidden && e.getClientRects().length)
  .filter((e) => e.getBoundingClientRect().right > e.closest(".panel").getBoundingClientRect().right
              || e.getBoundingClientRect().bottom > e.closest(".panel").getBoundingClientRect().bottom)
  .map((e) => e.id || e.textContent)"""
BOARD_CONTROLS = "[...document.querySelectorAll('[data-board]')]"
EMPTY = """["bearing", "readings", "loss"]
  .map((name) => document.getElementById(`${name}-plot`).dataset.empty ?? null)"""
HAND_COLOURS = """(() => {
  const { plot } = fixprop.plots.bearing;
  const swatch = document.querySelector(".plot.bearing .legend i").style;
  const drawn = document.createElement("i").style;
  drawn.background = plot.series[1].stroke();
  return [[drawn.background, `${plot.series[1].width}px`], [swatch.background, swatch.height]];
})()"""
LATER = "status.twin.steps_replayed += 1000;"
SHOW_HEALTH = """async () => {{
  const {{ showHealth }} = await import("/static/health.js");
  const show = (status) => showHealth(status, fixprop.store, fixprop.frames);
  const status = structuredClone(window.statusThen);
  show(status);
  {changes}
  show(status);
  const value = {value};
  return [value.textContent, value.dataset.state, value.parentElement.title];
}}"""
"""Shows `statusThen`, and the same with `changes`; `value`'s text, state and title then."""

FRAMES = """async (seconds) => {
  const began = performance.now();
  let frames = 0;
  while (performance.now() - began < 1000 * seconds) {
    await new Promise(requestAnimationFrame);
    frames++;
  }
  return [frames / seconds, fixprop.frames.cost()];
}"""


def health_value(name: str) -> str:
    """The element of a figure of the line and the chip, as JavaScript."""
    return f"document.querySelector('#health [data-name=\"{name}\"] dd')"


def find_chromium() -> str | None:
    """Debian's Chromium, or one of another name."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@contextmanager
def at_desk(chromium: str, seed: int, speed: float, url: str = "sim://") -> Iterator[Desk]:
    """A served board, which may not be there, and a browser that has opened its page."""
    vendor.install()
    board, line = Board(url, seed, speed), listen("127.0.0.1", 0)
    access = Access.to("127.0.0.1", line.getsockname()[1])
    server = WebServer(board.dashboard, access, line)
    serving = threading.Thread(target=server.run)
    serving.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport=DESK, color_scheme="dark", has_touch=True)
            desk = Desk(board, page)
            page.goto(access.url)
            board.bridge.start()  # now, so that the page misses nothing of a short recording
            desk.until("window.fixprop?.store.status")
            yield desk
            browser.close()
    finally:
        server.stop()
        serving.join()
        board.close()
        line.close()


class Desk:
    """A page, the board that it shows, and hands."""

    def __init__(self, board: Board, page: Page) -> None:
        self.board, self.page = board, page
        self.complaints: list[str] = []
        """What the browser has to say against the page."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.set_default_timeout(10_000)

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def ready(self) -> None:
        """Wait until the board is seen."""
        self.until("window.fixprop?.store.status && fixprop.store.readings.length > 5")
        self.page.evaluate(HELPERS)

    def until(self, expression: str, seconds: float = 10.0) -> None:
        """Wait for it to become true; asked from here, as the page's policy allows no eval."""
        for _ in range(round(seconds / POLL_S)):
            if self.page.evaluate(f"Boolean({expression})"):
                return
            self.page.wait_for_timeout(1000 * POLL_S)
        link = self.board.bridge.link
        raise AssertionError(f"not within {seconds:g} s: {expression}; {link.state}: {link.text}")

    def value(self, expression: str) -> Any:
        """Of a JavaScript expression."""
        return self.page.evaluate(expression)

    def text(self, selector: str) -> str:
        """Of an element."""
        return self.page.locator(selector).text_content() or ""

    def drag_hand(self, *places: tuple[float, float]) -> None:
        """With the mouse along (bearing in degrees, range in cm)."""
        box = self.page.locator("#scene").bounding_box()
        assert box is not None
        mouse = self.page.mouse
        for number, (bearing, distance) in enumerate(places):
            x, y = self.value(f"fixprop.scene.polar({bearing}, {distance})")
            mouse.move(box["x"] + x, box["y"] + y, steps=5)
            if number == 0:
                mouse.down()
        mouse.up()

    def tap_hand(self, bearing_deg: float, range_cm: float) -> None:
        """With a finger."""
        box = self.page.locator("#scene").bounding_box()
        assert box is not None
        x, y = self.value(f"fixprop.scene.polar({bearing_deg}, {range_cm})")
        self.page.touchscreen.tap(box["x"] + x, box["y"] + y)

    def drag_across(self, selector: str, start: float, end: float) -> None:
        """With the mouse over these shares of an element's width."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + start * box["width"], y)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + end * box["width"], y, steps=4)
        self.page.mouse.up()

    def press_and_hear(self, selector: str, answer: str) -> None:
        """Click and wait for the answer that starts so."""
        self.page.click(selector)
        self.until(f"document.getElementById('answer').textContent.startsWith('{answer}')")

    def until_network_is(self, weights: Floats) -> None:
        """Wait until the page shows exactly these weights."""
        all_equal = "every((weight, n) => fixprop.store.network?.weights[n] === weight)"
        self.until(f"{weights.tolist()}.{all_equal}")

    def download(self, selector: str, path: Path) -> Path:
        """Click and keep the file."""
        with self.page.expect_download() as download:
            self.page.click(selector)
        download.value.save_as(path)
        return path

    def overflows(self) -> list[str]:
        """Controls that stick out of their panels."""
        return list(self.page.evaluate(OVERFLOWS))

    def shoot(self, name: str, scheme: str, whole: bool = False) -> None:
        """A picture in out/."""
        SHOTS.mkdir(exist_ok=True)
        self.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        self.page.wait_for_timeout(150)
        self.page.screenshot(path=SHOTS / f"dashboard-{name}.png", full_page=whole)

    def latency_ms(self) -> tuple[float, float]:
        """Median and 95th percentile from byte to point, of a window of readings from now on."""
        latency = self.board.dashboard.latency
        latency.forget()
        self.page.wait_for_timeout(4000)
        assert len(latency) > 80
        median, most = latency.percentile_ms(50), latency.percentile_ms(95)
        assert median is not None and most is not None
        return median, most

    def frame_rate(self, seconds: float) -> tuple[float, float]:
        """Frames a second, and the 95th percentile of what drawing one costs, in ms."""
        frames, cost_ms = self.page.evaluate(FRAMES, seconds)
        return frames, cost_ms
