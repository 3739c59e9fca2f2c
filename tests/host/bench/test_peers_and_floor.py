"""The two yardsticks: other libraries' cycles, and the cycles counted in the assembly."""

from __future__ import annotations

import pytest

from fixprop.bench import floor, peers
from fixprop.bench.tasks import networks
from fixprop.sim.program import LIBRARY


def test_the_best_peers_are_those_of_the_record() -> None:
    best = [peers.best_training(sizes) for sizes in peers.NETWORKS]
    assert best == [24050, 24111, 68458, 55122, 67384, 131029]
    best = [peers.best_inference(sizes) for sizes in peers.NETWORKS]
    assert best == [6685, 6830, 12272, 10559, 11954, 19181]


def test_the_bars_are_a_tenth_and_a_quarter() -> None:
    bars = [peers.training_bar(sizes) for sizes in peers.NETWORKS]
    assert bars == [2405, 2411, 6845, 5512, 6738, 13102]
    bars = [peers.inference_bar(sizes) for sizes in peers.NETWORKS]
    assert bars == [1671, 1707, 3068, 2639, 2988, 4795]


def test_single_figures_of_the_record() -> None:
    assert peers.TRAINING["ArduinoANN (float)"][5] == (152608, 136549)
    assert peers.TRAINING["AIfES 2.2.0 (float)"][5] is None
    assert peers.TRAINING["libuneural (Q16.16)"][3] == (157092, 111412)
    assert peers.INFERENCE["best with float"][0] == 13208
    assert peers.LARGEST_2_H_1["GiorgosXou 4.1.9"] == 82


def test_every_peer_has_a_figure_for_every_network() -> None:
    for row in (*peers.TRAINING.values(), *peers.INFERENCE.values()):
        assert len(row) == len(peers.NETWORKS)


def test_a_task_for_every_network_of_the_record() -> None:
    assert tuple(task.topology.sizes for task in networks()) == peers.NETWORKS


@pytest.mark.parametrize(
    ("file", "counted"),
    [
        (
            "avr_sigmoid.S",
            f"{floor.FORWARD_NEURON} cycles a neuron, {floor.FORWARD_INPUT} an input of it and "
            f"{floor.TURN} for each two",
        ),
        ("avr_train.S", f"{floor.OUTPUT_DELTA} cycles a neuron with sigmoid"),
        (
            "avr_hidden.S",
            f"{floor.HIDDEN_DELTA} cycles an input with sigmoid and {floor.HIDDEN_FACTOR} a neuron",
        ),
        ("avr_update.S", f"{floor.UPDATE_NEURON} cycles a neuron, bias included"),
        ("avr_update.S", f"and {floor.UPDATE_INPUT} if coarse"),
    ],
)
def test_the_floor_is_what_the_assembly_counts(file: str, counted: str) -> None:
    assert counted in (LIBRARY / file).read_text()


def test_the_floor_of_2_3_1_by_hand() -> None:
    # 3 neurons of 2 inputs, 1 of 3: 3 * (61 + 66 + 3) + (61 + 99 + 6)
    assert floor.inference_floor((2, 3, 1)) == 556
    # + 85 + 3 * (101 + 38) + 3 * (90 + 78 + 3) + (90 + 117 + 6)
    assert floor.training_floor((2, 3, 1)) == 556 + 85 + 417 + 513 + 213
