"""Lines for people: a table that goes on, and a line when something happens."""

from __future__ import annotations

from collections.abc import Iterator

from fixprop.live.events import Event, Link, LinkState, Lost, Received
from fixprop.sinks.sampler import Sample
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Health, Hello, State

HEADER_EVERY = 20  # lines
HEALTH_EVERY_S = 10.0

COLUMNS = (  # head, unit, width, channel, form
    ("left", "cm", 6, "left_cm", ".1f"),
    ("right", "cm", 6, "right_cm", ".1f"),
    ("bearing", "deg", 7, "bearing_deg", "+.1f"),
    ("hand", "", 6, "presence", "+.2f"),
    ("pointer", "deg", 7, "pointer_deg", "+.1f"),
    ("loss", "", 8, "loss", ".2e"),
    ("steps/s", "", 7, "steps_per_s", ",.0f"),
    ("step", "", 8, "step", "d"),
)
HEADER = (
    " ".join(["   time", *(head.rjust(width) for head, _, width, _, _ in COLUMNS), "state"]),
    " ".join(["      s", *(unit.rjust(width) for _, unit, width, _, _ in COLUMNS)]).rstrip(),
)


class Lines:
    """What to print for each event and sample.

    The table's header comes again after HEADER_EVERY lines if `repeat`. `twin` says how it compares.
    """

    def __init__(self, twin: Twin | None, *, repeat: bool) -> None:
        self._twin, self._repeat = twin, repeat
        self._left = 0  # lines before the header is due again
        self._health: Health | None = None
        self._health_due_s = 0.0
        self._lost = 0
        self._headed = False

    def of_event(self, event: Event) -> Iterator[str]:
        """Lines for what happened to the line and the board."""
        match event:
            case Link(state=LinkState.CLOSED):
                return
            case Link(hello=hello) if hello is not None:
                yield note(event.time_s, f"connected to {event.text}: {who(hello)}")
            case Link():
                what = event.text.partition(";")[0]  # without the advice to start again
                yield note(event.time_s, f"{event.state.value}: {what}; goes on when it is back")
            case Lost(frames=frames):
                self._lost += frames
                yield note(event.time_s, f"frames lost here: {frames}, {self._lost} in all")
            case Received(frame=frame) if isinstance(frame.message, Health):
                if self._is_news(event.time_s, frame.message):
                    yield note(event.time_s, f"{self.badge()}; {health(frame.message)}")
            case _:
                return

    def _is_news(self, time_s: float, told: Health) -> bool:
        """Whether something went wrong since the last line about it, or that was long ago."""
        worse = self._health is None or faults(told) != faults(self._health)
        if not worse and time_s < self._health_due_s:
            return False
        self._health, self._health_due_s = told, time_s + HEALTH_EVERY_S
        return True

    def of_sample(self, sample: Sample) -> Iterator[str]:
        """A row, with the header before it if it is due."""
        if not self._headed or (self._repeat and not self._left):
            self._headed, self._left = True, HEADER_EVERY
            yield from HEADER
        self._left -= 1
        cells = (_cell(sample.values[name], width, form) for _, _, width, name, form in COLUMNS)
        yield " ".join([f"{sample.time_s:7.2f}", *cells, doing(sample.state)])

    def badge(self) -> str:
        """How the twin compares."""
        return badge(self._twin)


def _cell(value: int | float | None, width: int, form: str) -> str:
    return ("-" if value is None else format(value, form)).rjust(width)


def note(time_s: float, text: str) -> str:
    """A line that is no row of the table."""
    return f"{time_s:7.2f} -- {text}"


def badge(twin: Twin | None) -> str:
    """How the twin compares, in a few words."""
    if twin is None:
        return "no twin"
    state = twin.state
    if state.first_difference is not None:
        return f"twin differs: {state.first_difference}"
    if not twin.in_step:
        return "twin not in step: it waits for a reset of the weights"
    unknown = "" if twin.weights_known else ", weights not known"
    return (
        f"twin identical, {state.steps_replayed:,} steps, "
        f"{state.checksums_equal:,} checksums{unknown}"
    )


def faults(told: Health) -> tuple[int, ...]:
    """The counters of what went wrong."""
    return (told.missed_readings, told.lost_tx_frames, told.rx_crc_errors, told.rx_overruns)


def health(told: Health) -> str:
    """A board's health in a few words."""
    names = ("readings missed", "frames dropped", "commands damaged", "bytes overrun")
    wrong = [f"{count} {name}" for name, count in zip(names, faults(told), strict=True) if count]
    free = f", {told.stack_free} bytes of SRAM free" if told.stack_free else ""
    return f"board {', '.join(wrong) or 'well'}{free}"


def who(hello: Hello) -> str:
    """A board's hello in a few words."""
    layers = "-".join(map(str, hello.layer_sizes[: hello.layer_count]))
    return f"fixprop {layers}, fingerprint {hello.fingerprint:08x}, {hello.step:,} training steps"


def doing(state: int) -> str:
    """What the board is doing, in a word."""
    words: tuple[tuple[int, str], ...] = (
        (State.INCOMPLETE, "incomplete"),
        (State.STORING, "storing"),
        (State.TEACHING, "teaching"),
        (State.LEARNING, "learning"),
    )
    return next((word for bit, word in words if state & bit), "tracking")
