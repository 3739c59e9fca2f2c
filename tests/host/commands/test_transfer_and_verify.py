"""fixprop verify, push and pull: what they print, what they write, how they end."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from fixprop.board import ports
from fixprop.board.port import Port
from fixprop.commands import pull as pull_module
from fixprop.commands import push as push_module
from fixprop.commands.pull import pull
from fixprop.commands.push import push
from fixprop.commands.verify import verify
from fixprop.errors import FixpropError, UsageError
from fixprop.model import Model
from fixprop.network import Topology
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.learner import MirrorLearner, weights_crc
from fixprop.verify import compare, places


def run(command: click.Command, *arguments: str | Path) -> Result:
    """The command's end, with what it returns as exit status, as the command line takes it."""
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


def model(tmp_path: Path, topology: Topology = TOPOLOGY) -> Path:
    rng = np.random.default_rng(2)
    weights = rng.integers(-(1 << 23), 1 << 23, topology.weight_count)
    path = tmp_path / "wanted.json"
    Model.of_network(topology, weights).write(path)
    return path


def test_verify_says_identical_and_how_much_was_compared(tmp_path: Path) -> None:
    path = tmp_path / "verify.json"
    result = run(verify, "--port", "native://", "--steps", "30", "--json", path)
    assert result.return_value == 0
    assert result.stdout == (
        "identical: mirror, native, native://: 30 steps; 180 outputs, 60 checksums of all weights "
        "and 134 single weights compared with the mirror\n"
    )
    facts = json.loads(path.read_text())
    assert facts["identical"] is True
    assert (facts["steps"], facts["outputs"], facts["weights"]) == (30, 180, 134)
    assert facts["places"] == ["mirror", "native", "native://"]


def test_verify_ends_with_1_and_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(places.NativePlace):
        def train(self, inputs: np.ndarray, targets: np.ndarray) -> places.Told:
            told = super().train(inputs, targets)
            return told._replace(outputs=told.outputs + 1)

    monkeypatch.setattr(compare, "NativePlace", Wrong)
    path = tmp_path / "verify.json"
    result = run(verify, "--port", "native://", "--steps", "30", "--json", path)
    assert result.return_value == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith("differs: step 1: output 0 (layer 2, neuron 0) is ")
    facts = json.loads(path.read_text())
    assert facts["identical"] is False
    assert facts["differences"][0]["place"] == "native"


def test_verify_tells_its_verdict_before_a_file_that_cannot_be_written() -> None:
    result = run(verify, "--port", "native://", "--steps", "3", "--json", "/dev/full")
    assert isinstance(result.exception, FixpropError)
    assert "identical: mirror, native, native://: 3 steps" in result.stdout


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Port:
    """One board that stays between the commands."""
    board = ports.open_port("native://")
    for module in (push_module, pull_module):
        monkeypatch.setattr(module, "open_port", lambda url: board)
    return board


def test_a_pushed_model_is_pulled_again(board: Port, tmp_path: Path) -> None:
    wanted, got = model(tmp_path), tmp_path / "new" / "got.json"
    pushed = run(push, wanted, "--port", "native://")
    assert pushed.exception is None
    assert f"native://: 67 weights of {wanted} set and read back, identical" in pushed.output
    pulled = run(pull, "-o", got, "--port", "native://")
    assert pulled.exception is None
    assert "67 weights of native://, weights set by a host" in pulled.output
    ours, theirs = Model.read(wanted), Model.read(got)
    assert theirs.topology == TOPOLOGY
    assert np.array_equal(ours.weights, theirs.weights)
    assert theirs.provenance["weights_source"] == "host"
    assert theirs.provenance["pulled_from"] == "native://"


def test_push_can_store_the_weights(board: Port, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    result = run(push, model(tmp_path), "--save", "--json", figures)
    assert "; stored in slot 0, save number 1" in result.stdout
    told = json.loads(figures.read_text())
    assert (told["weights"], told["slot"], told["save_number"]) == (67, 0, 1)
    assert told["weights_crc"] == weights_crc(Model.read(tmp_path / "wanted.json").weights)


def test_push_to_a_simulated_board_says_that_it_is_gone(tmp_path: Path) -> None:
    result = run(push, model(tmp_path), "--port", "native://")
    assert result.stdout.endswith("; this simulated board is gone now\n")


def test_a_board_that_has_just_started_has_the_weights_of_its_seed(tmp_path: Path) -> None:
    path = tmp_path / "got.json"
    figures = tmp_path / "figures.json"
    result = run(pull, "-o", path, "--port", "native://", "--json", figures)
    told = json.loads(figures.read_text())
    assert (told["weights"], told["steps"], told["weights_source"]) == (67, 0, "initial")
    assert told["weights_crc"] == weights_crc(Model.read(path).weights)
    assert "initial weights of its seed, 0 training steps" in result.stdout
    assert np.array_equal(Model.read(path).weights, MirrorLearner(1).weights())


def test_a_model_of_another_network_is_refused(board: Port, tmp_path: Path) -> None:
    other = Topology((4, 9, 3), ("tanh", "linear"))
    result = run(push, model(tmp_path, other))
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith("the model is 4-9-3 (tanh, linear), the board's")
    assert "\n" not in str(result.exception)


def test_a_model_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = run(push, tmp_path / "none.json")
    assert isinstance(result.exception, UsageError)
    assert "none.json" in str(result.exception)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [(verify, ["--steps", "0"]), (verify, ["--seed", "x"]), (pull, []), (push, [])],
    ids=["steps", "seed", "output", "model"],
)
def test_misuse_is_told_by_click(command: click.Command, arguments: list[str]) -> None:
    assert isinstance(run(command, *arguments).exception, click.UsageError)


@pytest.mark.parametrize("command", [verify, push, pull], ids=lambda c: str(c.name))
def test_help_has_an_example(command: click.Command) -> None:
    assert f"Example:  fixprop {command.name}" in CliRunner().invoke(command, ["--help"]).output
