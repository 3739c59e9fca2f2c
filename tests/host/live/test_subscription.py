"""A listener's queue."""

from __future__ import annotations

import threading

from fixprop.live.events import Link, LinkState, Lost, Raw
from fixprop.live.subscription import Subscription


def test_oldest_first_and_only_the_kinds_asked_for() -> None:
    subscription = Subscription((Lost, Link), 10)
    events = [Lost(1.0, 2), Raw(2.0, b"", False), Link(3.0, LinkState.LOST, "gone")]
    for event in events:
        subscription.put(event)
    assert len(subscription) == 2
    assert subscription.take() == [events[0], events[2]]
    assert subscription.take() == []


def test_one_too_many_drops_the_oldest_and_counts_it() -> None:
    subscription = Subscription((Lost,), 3)
    for frames in range(5):
        subscription.put(Lost(0.0, frames))
    assert [event.frames for event in subscription.take() if isinstance(event, Lost)] == [2, 3, 4]
    assert subscription.dropped == 2


def test_taking_waits_for_the_first_event() -> None:
    subscription = Subscription((Lost,), 3)
    taken = []
    thread = threading.Thread(target=lambda: taken.extend(subscription.take(20.0)))
    thread.start()
    subscription.put(Lost(0.0, 1))
    thread.join(20.0)
    assert taken == [Lost(0.0, 1)]
