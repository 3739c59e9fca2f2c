"""fixprop dashboard: the live page."""

from __future__ import annotations

import webbrowser
from importlib.util import find_spec

import click

from fixprop.board.ports import KINDS, REPLAY
from fixprop.commands.options import AUTO, Finite, Seed, check_port
from fixprop.errors import MissingTool
from fixprop.header import DEFAULT_SEED

PACKAGES = ("starlette", "uvicorn", "websockets")
LEAST_SPEED, MOST_SPEED = 0.1, 20.0


@click.command(short_help="Show a board live in the browser; without one, a simulated Uno.")
@click.option(
    "--port",
    default=AUTO,
    show_default=True,
    help=f"One of {KINDS}; auto: an Uno that is plugged in, else sim://.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; 0.0.0.0 opens the page to the network, with a token in its URL.",
)
@click.option(
    "--http-port",
    type=click.IntRange(0, 65535),
    default=8042,
    show_default=True,
    help="TCP port of the page; 0: a free one.",
)
@click.option("--no-browser", is_flag=True, help="Only print the page's address.")
@click.option(
    "--seed",
    type=Seed(),
    default=DEFAULT_SEED,
    show_default=True,
    help="Of a simulated board's sensors and hand.",
)
@click.option(
    "--speed",
    type=Finite(LEAST_SPEED, MOST_SPEED),
    default=1.0,
    show_default=True,
    help="A simulated board's seconds in one of ours, as far as this computer keeps up.",
)
def dashboard(
    port: str, host: str, http_port: int, no_browser: bool, seed: int, speed: float
) -> None:
    """Show readings, loss, bearing, the network and the line's health, and teach by hand.

    Without a board it opens on a simulated Uno, whose hand is dragged with mouse, finger or arrow
    keys. Ctrl-C ends it, with status 0.

    \b
    Example:  fixprop dashboard --port /dev/ttyACM0
    """
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        raise MissingTool(
            f"the dashboard needs {missing[0]}: make dashboard installs it, "
            "or pip install 'fixprop[dashboard]'"
        )
    from fixprop.commands.waiting import Waiting
    from fixprop.dashboard.serve import has_a_screen, serve
    from fixprop.live.bridge import Bridge

    def ready(url: str) -> None:
        click.echo(f"dashboard: {url}  (Ctrl-C ends it)")
        if not no_browser and has_a_screen():
            webbrowser.open(url)

    url = _found() if port == AUTO else port
    check_port(url)
    click.echo(f"board: {url}")

    def watch(bridge: Bridge) -> None:
        if not url.startswith(REPLAY):
            Waiting(bridge, url, lambda text: click.echo(text, err=True))

    serve(url, seed=seed, speed=speed, host=host, http_port=http_port, ready=ready, watch=watch)


def _found() -> str:
    """The first Uno that is plugged in, or the simulated one."""
    from fixprop.board.finder import find_boards

    candidates = find_boards()
    return candidates[0].url if candidates else "sim://"
