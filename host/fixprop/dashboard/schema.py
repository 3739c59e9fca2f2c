"""What the page may ask for: every request, its fields and their limits. Nothing else gets in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fixprop.tracking.definition import VALUES

MAX_BYTES = 512
MOST_ID = 2**31 - 1
REQUESTS_PER_S, BURST = 240.0, 480.0
"""A drawn frame and a move of the hand at 60 Hz each, twice over."""

HAND_MOST_DEG, HAND_NEAREST_CM, HAND_FURTHEST_CM = 60.0, 5.0, 80.0
MARK_MOST_DEG = VALUES["LABEL_WIDEST"] / 4


class Refused(Exception):
    """A request that the schema does not allow; says which field and why."""

    def __init__(self, where: str, why: str, request_id: int | None = None) -> None:
        super().__init__(f"{where}: {why}")
        self.field, self.request_id = where, request_id


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`; `or_zero`: or 0."""

    low: float
    high: float
    whole: bool = True
    or_zero: bool = False

    def check(self, name: str, value: Any) -> float:
        """The value; raises Refused with the limits."""
        kinds = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise Refused(name, f"must be a {'whole ' * self.whole}number")
        if not (self.low <= value <= self.high or (self.or_zero and value == 0)):
            extra = "0 or " if self.or_zero else ""
            raise Refused(name, f"must be {extra}from {self.low:g} to {self.high:g}")
        return value


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, name: str, value: Any) -> bool:
        """The value; raises Refused."""
        if not isinstance(value, bool):
            raise Refused(name, "must be true or false")
        return value


Kind = Number | Flag
ID = Number(0, MOST_ID)

REQUESTS: dict[str, dict[str, Kind]] = {
    "drawn": {"batch": ID},
    "hand": {
        "bearing_deg": Number(-HAND_MOST_DEG, HAND_MOST_DEG, whole=False),
        "range_cm": Number(HAND_NEAREST_CM, HAND_FURTHEST_CM, whole=False),
    },
    "hand_away": {},
    "auto_hand": {"on": Flag()},
    "teach": {"seconds": Number(0, 255)},
    "learn": {"on": Flag()},
    "rate": {"rate": Number(0, 2**16 - 1)},
    "reset_weights": {"seed": Number(0, 2**32 - 1)},
    "mark": {"bearing_deg": Number(-MARK_MOST_DEG, MARK_MOST_DEG, whole=False)},
    "mark_absent": {},
    "pointer": {
        "pointer_us": Number(VALUES["SERVO_LOW_US"], VALUES["SERVO_HIGH_US"], or_zero=True)
    },
    "save": {},
    "load": {},
    "erase": {},
    "record": {"on": Flag()},
    "replug": {},
}
"""Fields of each request, beside `type` and `id`."""


@dataclass(frozen=True)
class Request:
    """A request that the schema allows."""

    type: str
    id: int
    values: dict[str, Any] = field(default_factory=dict)


def parse(text: str) -> Request:
    """The request in a message from a page; raises Refused for all that is not exactly one."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refused("message", f"is longer than {MAX_BYTES} bytes")
    message = _object(text)
    request_id = message.pop("id", None)
    ID.check("id", request_id)
    assert isinstance(request_id, int)
    try:
        return _checked(message, request_id)
    except Refused as refusal:
        refusal.request_id = request_id
        raise


def _object(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twice)
    except (ValueError, RecursionError) as error:
        raise Refused("message", "is not JSON") from error
    if not isinstance(message, dict):
        raise Refused("message", "must be an object")
    return message


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise Refused("message", "names a field twice")
    return dict(pairs)


def _checked(message: dict[str, Any], request_id: int) -> Request:
    kind = message.pop("type", None)
    if not isinstance(kind, str) or kind not in REQUESTS:
        raise Refused("type", f"must be one of {', '.join(REQUESTS)}")
    fields = REQUESTS[kind]
    for name in message:
        if name not in fields:
            raise Refused(name[:32], f"is no field of {kind}")
    for name in fields:
        if name not in message:
            raise Refused(name, f"is missing in {kind}")
    return Request(kind, request_id, {n: k.check(n, message[n]) for n, k in fields.items()})


class Budget:
    """A token bucket: `allow` is true `burst` times at once and `per_s` times a second."""

    def __init__(
        self, clock: Callable[[], float], per_s: float = REQUESTS_PER_S, burst: float = BURST
    ) -> None:
        self._clock, self._per_s, self._burst = clock, per_s, burst
        self._left, self._then = burst, clock()

    def allow(self) -> bool:
        """Whether one more is within the budget; takes it if so."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._then) * self._per_s)
        self._then = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
