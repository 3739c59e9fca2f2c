"""Weights to and from a running board, bit for bit.

The board does not learn and does not point while only some of the weights of a push have come, and
says so in its state; a push that is repeated comes to its end whatever happened to the one before.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fixprop.errors import FixpropError, UsageError
from fixprop.formats import WEIGHT, Integers
from fixprop.network import Topology
from fixprop.session import Session, repeated
from fixprop.tracking.learner import weights_crc
from fixprop.wire.messages import BYTES_PER_WEIGHT, WEIGHTS_PER_MESSAGE
from fixprop.wire.records import SetWeights, State

DATA_BYTES = BYTES_PER_WEIGHT * WEIGHTS_PER_MESSAGE


def check_topology(topology: Topology, session: Session) -> None:
    """Raise UsageError unless a model of `topology` is what runs on the board."""

    def full(of: Topology) -> str:
        return f"{of} ({', '.join(of.activations)})"

    if topology != session.topology:
        raise UsageError(
            f"the model is {full(topology)}, the board's network {full(session.topology)}: "
            "only the same network can be pushed"
        )


def messages_of(weights: Integers) -> Iterator[SetWeights]:
    """The commands that set all `weights`, int64 [weight_count], Q4.19, from the first to the last."""
    outside = weights[(weights < WEIGHT.low) | (weights > WEIGHT.high)]
    if len(outside):
        raise UsageError(f"weight {outside[0]}: {WEIGHT.q} holds {WEIGHT.low} to {WEIGHT.high}")
    data = weights.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :BYTES_PER_WEIGHT].tobytes()
    for offset in range(0, len(weights), WEIGHTS_PER_MESSAGE):
        run = data[offset * BYTES_PER_WEIGHT :][:DATA_BYTES]
        yield SetWeights(offset, len(run) // BYTES_PER_WEIGHT, run.ljust(DATA_BYTES, b"\0"))


def push(session: Session, weights: Integers) -> None:
    """Set all weights of the board and read them back; learning is then as it was before.

    Raises FixpropError that says how far it came if the line is lost. The board then does not learn,
    and after the next push not either, as it no longer knows that it did.
    """
    with session.paused():
        set_weights(session, weights)


def set_weights(session: Session, weights: Integers) -> None:
    """As push(), on a board that does not learn."""
    done = 0
    try:
        for run in messages_of(weights):
            repeated(lambda run=run: session.command(run))  # type: ignore[misc]
            done = run.offset + run.count
        told = pulled(session)
    except FixpropError as error:
        if 0 < done < len(weights):
            raise FixpropError(
                f"{error}; {done} of {len(weights)} weights were set, so the board does not learn: "
                "push again, then switch learning on if it was; or switch the board off and on"
            ) from error
        raise
    different = np.flatnonzero(told != weights)
    if len(different):
        at = different[0]
        raise FixpropError(
            f"{session.port.url}: weight {at} reads back as {told[at]} instead of {weights[at]}, "
            f"{len(different)} of {len(weights)} differ: push again"
        )


def pull(session: Session) -> Integers:
    """The board's weights, int64 [weight_count], Q4.19; learning is then as it was before."""
    with session.paused():
        return pulled(session)


def pulled(session: Session) -> Integers:
    """As pull(), from a board that does not learn."""
    weights, hello = repeated(session.weights), session.hello()
    if hello.state & State.INCOMPLETE:
        raise FixpropError(
            f"a push to {session.port.url} was cut short, its weights are partly old, partly new: "
            "push again, or load what it stored"
        )
    told, ours = hello.weights_crc, weights_crc(weights)
    if told != ours:
        raise FixpropError(
            f"{session.port.url} says its weights' CRC is {told:#06x}, those it sent have {ours:#06x}: "
            "pull again"
        )
    return weights
