"""What the C counts as saturated is what the mirror counts, and without the flag it counts nothing."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixprop.activations import ACTIVATIONS, HIDDEN
from fixprop.bench.host_own import NativeContestant
from fixprop.bench.host_work import Work
from fixprop.changes import Changes
from fixprop.formats import ACTIVATION, MOMENTUM, NO_TARGET, RATE, WEIGHT, Format, Integers
from fixprop.native import LIBRARY, Native, library
from fixprop.network import Mirror, Topology
from fixprop.saturation import COUNTING, KINDS, SaturationCounter, Saturations
from fixprop.toolchain import require_tool

OF_NETWORKS = [kind for kind in KINDS if kind not in ("inputs", "targets")]
Step = tuple[str, list[int], list[int]]
Course = tuple[Topology, list[int], list[int], int, int, list[Step]]


def whole(number: Format) -> st.SearchStrategy[int]:
    """Any integer of a format, its ends and its middle often."""
    ends = (number.low, number.high, 0, number.high // 2, number.low // 2)
    return st.sampled_from(ends) | st.integers(number.low, number.high)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=4)))
    hidden = [draw(st.sampled_from(sorted(HIDDEN))) for _ in sizes[2:]]
    names = (*hidden, draw(st.sampled_from(sorted(ACTIVATIONS))))
    return Topology(sizes, names, tuple(draw(st.booleans()) for _ in names))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A network at any point of its formats, and what is done with it."""
    topology = draw(topologies())

    def many(number: Format, count: int) -> list[int]:
        return draw(st.lists(whole(number), min_size=count, max_size=count))

    steps = [
        (kind, many(ACTIVATION, topology.sizes[0]), many(ACTIVATION, topology.sizes[-1]))
        for kind in draw(
            st.lists(
                st.sampled_from(["forward", "train", "accumulate", "apply", "momentum"]),
                min_size=1,
                max_size=8,
            )
        )
    ]
    weights, gathered = (many(WEIGHT, topology.weight_count) for _ in range(2))
    return topology, weights, gathered, draw(whole(RATE)), draw(whole(MOMENTUM)), steps


def follow(course: Course, network: Mirror | Native) -> None:
    """Do all of it, with the network's own methods."""
    topology, weights, gathered, _, momentum, steps = course
    network.set_flat_weights(np.array(weights))
    changes = network.changes(momentum)
    flat = np.array(gathered)
    if isinstance(changes, Changes):
        ends = np.cumsum([rows * columns for rows, columns in topology.weight_shapes])[:-1]
        for layer, part in zip(changes.sums, np.split(flat, ends), strict=True):
            layer[:] = part.reshape(layer.shape)
    else:
        changes._upper[:], changes._lower[:] = flat >> 8, flat & 255
    for kind, given_inputs, given_targets in steps:
        inputs, targets = np.array([given_inputs]), np.array([given_targets])
        if kind == "forward":
            network.forward(inputs)
        elif kind == "apply":
            network.apply(changes)  # type: ignore[arg-type]
        elif kind == "train":
            network.train(inputs, targets)
        elif kind == "accumulate":
            network.accumulate(inputs, targets, changes)  # type: ignore[arg-type]
        else:
            network.train_momentum(inputs, targets, changes)  # type: ignore[arg-type]


def both(course: Course) -> tuple[Saturations, Saturations | None]:
    """The mirror's and the C's counts; their weights are equal too."""
    topology, rate, counter = course[0], course[3], SaturationCounter()
    mirror, native = Mirror(topology, 1, rate, counter), Native(topology, rate, counting=True)
    follow(course, mirror)
    follow(course, native)
    assert np.array_equal(mirror.flat_weights()[0], native.flat_weights())
    return counter.saturations, native.saturation


def test_the_c_counts_what_the_mirror_counts() -> None:
    met = dict.fromkeys(KINDS, 0)

    @settings(max_examples=250)
    @given(courses())
    def compare(course: Course) -> None:
        ours, theirs = both(course)
        assert ours == theirs
        for kind, count in ours.as_dict().items():
            met[kind] += count > 0

    compare()
    seldom = {kind: met[kind] for kind in OF_NETWORKS if met[kind] < 10}
    assert not seldom, "examples in which a kind saturates: too few to tell anything"


@pytest.mark.parametrize("seed", range(3))
def test_long_courses_of_larger_networks_count_alike(seed: int) -> None:
    rng = np.random.default_rng(seed)
    topology = Topology((7, 9, 8, 5), ("tanh", "leaky_relu", "softmax"))
    weights = rng.integers(WEIGHT.low, WEIGHT.high + 1, topology.weight_count).tolist()
    kinds = rng.choice(["train", "momentum", "accumulate", "apply"], 150)
    steps = [
        (
            str(kind),
            rng.integers(ACTIVATION.low, ACTIVATION.high + 1, 7).tolist(),
            rng.integers(NO_TARGET, ACTIVATION.high + 1, 5).tolist(),
        )
        for kind in kinds
    ]
    ours, theirs = both((topology, weights, [0] * len(weights), 40_000, 60_000, steps))
    assert ours == theirs
    assert ours.total > 1000


def test_many_small_deltas_that_add_up_count_alike() -> None:
    """254 of just below 2^-6, which the layer below takes as they are: 3.9 times the weight."""
    topology, one = Topology((1, 2, 254), ("linear", "linear")), 1 << WEIGHT.fraction
    weights = [0] * 4 + [0, 15 * one, one] * 254
    step = ("train", [0], [500] * 254)
    ours, theirs = both((topology, weights, [0] * len(weights), 0, 0, [step]))
    assert ours == theirs == Saturations(deltas=1)


def networks_of_each_thread() -> list[Native]:
    topology = Topology((3, 6, 2), ("tanh", "linear"))
    made = []
    for seed in (1, 2, 3):
        native = Native(topology, 9000, counting=True)
        rng = np.random.default_rng(seed)
        native.set_flat_weights(rng.integers(WEIGHT.low, WEIGHT.high, topology.weight_count))
        made.append(native)
    return made


def samples(seed: int) -> tuple[Integers, Integers]:
    rng = np.random.default_rng(seed)
    return rng.integers(-32768, 32768, (3000, 3)), rng.integers(-32767, 32768, (3000, 2))


def test_networks_in_other_threads_count_for_themselves() -> None:
    alone, together = networks_of_each_thread(), networks_of_each_thread()
    for native in alone:
        native.train(*samples(4))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda native: native.train(*samples(4)), together))
    assert [n.saturation for n in together] == [n.saturation for n in alone]
    assert len({n.saturation for n in alone}) == 3


def test_the_library_that_is_measured_counts_nothing() -> None:
    """`fixprop bench host`, and everything else that does not ask for counts."""
    _, plain = library()
    with pytest.raises(AttributeError, match="native_take_saturations"):
        _ = plain.native_take_saturations
    topology = Topology((2, 1), ("linear",))
    sample = np.array([[32767, 32767]]), np.array([[-32767]])
    work = Work(*sample, np.array([0]), np.full(3, WEIGHT.high), topology=topology)
    contestant = NativeContestant(work)
    contestant.reset()
    contestant.train(3)
    assert contestant._network._library is plain
    assert contestant._network.saturation is None


@pytest.mark.parametrize("name", sorted(path.name for path in LIBRARY.glob("*.c")))
def test_without_the_flag_no_line_of_c_counts(name: str) -> None:
    """So the chip pays nothing: the compiler sees no counter."""
    compiler = require_tool(os.environ.get("CC", "cc"), "gcc libc6-dev")

    def seen(*flags: str) -> Counter[bool]:
        command = [compiler, "-E", "-P", "-std=c11", f"-I{LIBRARY}", *flags, str(LIBRARY / name)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return Counter("fixprop_saturated." in line for line in text.splitlines())

    assert not seen()[True]
    if name in ("kernels.c", "network.c", "sigmoid.c"):
        assert seen(COUNTING)[True]
