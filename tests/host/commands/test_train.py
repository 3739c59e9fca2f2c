"""fixprop train: files written whole and alike each time; every mistake one line, nothing written."""

import json
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from fixprop import cli
from fixprop.commands import train as train_module
from fixprop.commands.train import train
from fixprop.errors import FixpropError
from fixprop.model import Model

SOFTMAX = ("--output-activation", "softmax")
ROWS = np.random.default_rng(4).uniform(-1, 1, (40, 2)).round(3)
LINES = ["x,y,side", *(f"{x},{y},{'left' if x < y else 'right'}" for x, y in ROWS)]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text("\n".join(LINES) + "\n")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(train, arguments)


def test_a_model_is_written_and_its_figures_printed() -> None:
    result = run("data.csv", "--target", "side", "-o", "side.json", "--epochs", "30")
    assert result.exit_code == 0, result.output
    model = Model.read(Path("side.json"))
    assert model.classes == ("left", "right")
    assert model.topology.sizes == (2, 8, 1)
    assert model.provenance["data_rows"] == 40
    for words in ("fixed point", "float64", "accuracy, validation", "saturated weights: 0 of 33"):
        assert words in result.output
    assert "30 of 30 epochs of 32 steps" in result.output


def test_the_same_command_writes_the_same_bytes() -> None:
    for name in ("a", "b"):
        files = "-o", f"{name}.json", "--json", f"{name}.txt", "--plot", f"{name}.png"
        result = run("data.csv", "--target", "side", "--epochs", "3", *files)
        assert result.exit_code == 0
        assert result.stdout.endswith(f"model: {name}.json\nplot: {name}.png\n")
        assert result.stderr == f"figures: {name}.txt\n"
    for ending in (".json", ".txt", ".png"):
        assert Path(f"a{ending}").read_bytes() == Path(f"b{ending}").read_bytes()
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")


def test_a_plot_takes_the_name_of_any_table() -> None:
    Path("data.csv").rename("c$__$x.csv")
    result = run("c$__$x.csv", "--target", "side", "--epochs", "2", "--plot", "c.svg")
    assert result.exit_code == 0, result.output
    assert Path("c.svg").read_text().rstrip().endswith("</svg>")
    assert sorted(path.name for path in Path().iterdir()) == ["c$__$x.csv", "c.svg", "model.json"]


def test_a_plot_that_cannot_be_written_costs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_plot(*_: object) -> None:
        raise FixpropError("no plot")

    monkeypatch.setattr(train_module, "plot", no_plot)
    result = run("data.csv", "--target", "side", "--epochs", "2", "--plot", "a.png")
    assert str(result.exception) == "no plot"
    assert Model.read(Path("model.json")).classes == ("left", "right")


def test_the_figures_are_json_with_a_loss_for_each_epoch() -> None:
    run("data.csv", "--target", "x", "--without", "side", "--epochs", "3", "--json", "x.txt")
    figures = json.loads(Path("x.txt").read_text())
    assert len(figures["losses"]["fixed point"]["validation"]) == 4
    assert figures["rows"] == {"training": 32, "validation": 8}
    assert figures["provenance"]["targets"] == "x"


@pytest.mark.parametrize(
    "options",
    [
        ["--float64"],
        ["--no-compare", "--validation", "0", "--hidden", "0"],
        ["--class-weight", "balanced", "--schedule", "cosine", "--momentum", "0.5"],
        ["--class-weight", "left=2", "--batch", "4", "--initial", "he", "--hidden", "4,3"],
        ["--activation", "tanh,relu", "--hidden", "4,3", "--patience", "2", *SOFTMAX],
        ["--inputs", "1,0", "--rate", "0.5", "--engine", "mirror"],
    ],
)
def test_options_go_together(options: list[str]) -> None:
    result = run("data.csv", "--target", "side", "--epochs", "4", *options)
    assert result.exit_code == 0, result.output
    assert Model.read(Path("model.json")).provenance["data"] == "data.csv"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["nothing.csv", "--target", "x"], 2, "no table 'nothing.csv': name a .csv"),
        (["data.csv", "--target", "sid"], 2, 'did you mean "side"'),
        (["data.csv", "--target", "x"], 2, 'row 1 (line 2), column "side": "'),
        (["data.csv", "--target", "side", "--hidden", "200"], 1, "bytes too large to learn"),
        (["data.csv", "--target", "side", "-o", "model.h"], 2, "must end in .json"),
        (["data.csv", "--target", "side", "--output", "softmax"], 2, "is --output-activation"),
        (["data.csv", "--target", "side", "--json", "data.csv"], 2, "both --json and DATA"),
        (
            ["data.csv", "--target", "side", "-o", "a.json", "--json", "./a.json"],
            2,
            "'a.json' cannot be both --output and --json",
        ),
        (["data.csv", "--target", "side", "--plot", "a.xyz"], 2, "its name must end in"),
        (["data.csv", "--target", "side", "--class-weight", "up=2"], 2, 'no class "up"'),
        (["data.csv", "--target", "side", "--no-header"], 2, 'has no column "side"'),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    arguments: list[str], status: int, words: str
) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, FixpropError)
    assert result.exception.exit_status == status
    assert words in str(result.exception)
    assert "\n" not in str(result.exception)
    assert [path.name for path in Path().iterdir()] == ["data.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--hidden", "a,b"],
        ["--hidden", "8,,3"],
        ["--class-weight", "left"],
        ["--epochs", "0"],
        ["--patience", "0"],
        ["--schedule", "up"],
        ["--seed", "-1"],
    ],
)
def test_misused_options_are_usage_errors(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError) as error:
        train.main(["data.csv", "--target", "side", *arguments], standalone_mode=False)
    assert arguments[0] in error.value.format_message()
    assert not Path("model.json").exists()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--rate", "99", "learning rate 99: UQ3.13 holds 0.00012207 to 7.99988"),
        ("--rate", "nan", "learning rate nan: UQ3.13 holds"),
        ("--rate", "0", "learning rate 0: UQ3.13 holds"),
        ("--momentum", "2", "momentum 2: UQ0.16 holds 0 to 0.999985"),
        ("--validation", "1", "validation 1: must be 0 to 0.9 of the rows"),
        ("--hidden", "500", "layer of 500 neurons: must be 1 to 254, or 0 alone for no hidden"),
        ("--hidden", "8,0", "layer of 0 neurons: must be 1 to 254, or 0 alone for no hidden"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--float64"]], ids=["fixed", "float64"])
def test_a_number_out_of_range_names_its_option_and_the_way_out(
    option: str, value: str, words: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["train", "data.csv", "--target", "side", *more, option, value]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"fixprop: Invalid value for '{option}': {words}")
    assert said.endswith("; see: fixprop train --help\n")
    assert [path.name for path in Path().iterdir()] == ["data.csv"]


@pytest.mark.parametrize("column", [0, 2])
def test_a_bad_cell_is_named_by_row_and_column(column: int) -> None:
    cells = LINES[17].split(",")
    cells[column] = "" if column else "abc"
    Path("data.csv").write_text("\n".join([*LINES[:17], ",".join(cells), *LINES[18:]]))
    result = run("data.csv", "--target", "side")
    named = '"abc" is not a number' if column == 0 else "has no value"
    assert "data.csv, row 17 (line 18), column" in str(result.exception)
    assert named in str(result.exception)


def test_arrays_are_trained_on_alike() -> None:
    side = (ROWS[:, 0] < ROWS[:, 1]).astype(int)
    np.savez("data.npz", inputs=ROWS, targets=side)
    np.save("data.npy", np.column_stack([ROWS, side]))
    for name, target in (("data.npz", []), ("data.npy", ["--target", "-1"])):
        result = run(name, *target, "--classify", "--epochs", "5", "-o", f"{name}.json")
        assert result.exit_code == 0, result.output
    models = [Model.read(Path(name)) for name in ("data.npz.json", "data.npy.json")]
    assert np.array_equal(models[0].weights, models[1].weights)
