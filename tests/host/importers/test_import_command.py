"""fixprop import: from a file to a model file, or one line and nothing written."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fixprop import cli
from fixprop.fingerprint import arithmetic_fingerprint
from fixprop.model import Model, file, header
from fixprop.toolchain import PROJECT_ROOT

KERAS = PROJECT_ROOT / "tests" / "data" / "keras"


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """y = tanh(a + 2 b) in an .npz file."""
    path = tmp_path / "net.npz"
    np.savez(path, W0=np.array([[1.0], [2.0]]), b0=np.zeros(1), activations=np.array(["tanh"]))
    return path


def run(*arguments: object) -> int:
    return cli.run(["import", *map(str, arguments)])


def test_arrays_with_ranges(arrays: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, figures = arrays.with_name("m.json"), arrays.with_name("r.json")
    assert run(arrays, "--range", "-1:1", "--range", "0:2", "-o", output, "--json", figures) == 0
    model = Model.read(output)
    inputs = np.array([[0.5, 0.25], [-1.0, 2.0]])
    bound = json.loads(figures.read_text())["bound"][0]
    assert np.abs(model.predict(inputs)[:, 0] - np.tanh(inputs @ [1, 2])).max() <= bound < 0.005
    printed = capsys.readouterr().out
    assert "bound: for every input in its range; measured: on random inputs" in printed
    assert f"{output}: 2-1, tanh" in printed


def test_a_sample_in_a_table(arrays: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its columns give their names, by number or name, in the order wanted."""
    table = arrays.with_name("sample.csv")
    table.write_text("left,answer,right\n0.5,no,1\n0.7,yes,3\n-0.1,no,2\n")
    output = arrays.with_name("m.json")
    assert run(arrays, "--sample", table, "--columns", "right,0", "-o", output) == 0
    model = Model.read(output)
    assert [column.name for column in model.inputs] == ["right", "left"]
    assert [column.decimals for column in model.inputs] == [0, 1]
    assert "the sample's 3 rows" in capsys.readouterr().out


def test_a_keras_file_and_class_names(tmp_path: Path) -> None:
    output = tmp_path / "m.json"
    network, sample = KERAS / "flowers.keras", KERAS / "flowers.npz"
    assert run(network, "--sample", sample, "--classes", "a, b,c", "-o", output) == 0
    assert Model.read(output).classes == ("a", "b", "c")


def test_a_header_and_a_model_come_back_equal(arrays: Path) -> None:
    first, second, third = (arrays.with_name(name) for name in ("m.json", "m.h", "n.json"))
    assert run(arrays, "--range", "0:1", "-o", first) == 0
    second.write_text(header.text(Model.read(first)))
    assert run(second, "-o", third) == 0
    assert Model.read(third) == Model.read(first)


def test_a_model_of_another_arithmetic_is_taken_over(arrays: Path) -> None:
    path = arrays.with_name("m.json")
    assert run(arrays, "--range", "0:1", "-o", path) == 0
    old = json.loads(path.read_text()) | {"arithmetic": "00000001"}
    old["checksum"] = file.checksum(old)
    path.write_text(json.dumps(old))
    assert run(path, "-o", path.with_name("n.json")) == 0
    model = Model.read(path.with_name("n.json"))
    made = json.loads(path.with_name("n.json").read_text())["arithmetic"]
    assert made == f"{arithmetic_fingerprint(model.topology):08x}"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["NET"], 2, ["--sample", "--range"]),
        (["NET", "--range", "0-1"], 2, ["'0-1' is not LOW:HIGH"]),
        (["NET", "--range", "0:1", "--classes", "a,b,c"], 2, ["3 classes"]),
        (["NET", "--sample", "TABLE"], 2, ["3 columns", "2 inputs", "--columns"]),
        (["NET", "--sample", "TABLE", "--columns", "a,x"], 2, ['"x"', "a, b, c"]),
        (["PICKLE", "--range", "0:1"], 2, ["from_sklearn"]),
        (["TORCH", "--range", "0:1"], 2, [".pt", ".onnx, .keras"]),
        (["none.npz", "--range", "0:1"], 2, ["no network 'none.npz'"]),
        (["none.onnx", "--range", "0:1"], 2, ["no network 'none.onnx'"]),
        (["none.json"], 2, ["no network 'none.json'"]),
        (["TABLE", "--range", "0:1"], 2, [".csv"]),
    ],
)
def test_mistakes_get_one_line_and_nothing_is_written(
    arguments: list[str],
    status: int,
    words: list[str],
    arrays: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, output = arrays.with_name("t.csv"), arrays.with_name("out.json")
    table.write_text("a,b,c\n1,2,3\n2,3,4\n")
    pickle, torch = arrays.with_name("net.pkl"), arrays.with_name("net.pt")
    pickle.touch()
    torch.touch()
    places = {"NET": arrays, "TABLE": table, "PICKLE": pickle, "TORCH": torch}
    assert run(*(places.get(word, word) for word in arguments), "-o", output) == status
    line = capsys.readouterr().err
    assert line.startswith("fixprop: ")
    assert line.count("\n") == 1
    assert all(word in line for word in words)
    assert not output.exists()


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ({"W0": np.ones((2, 1)), "b0": np.zeros(1)}, "activations"),
        ({"W0": np.ones((2, 1)), "b0": np.zeros(2), "activations": ["tanh"]}, "shape"),
        ({"W0": np.ones((2, 1)), "b0": np.zeros(1), "activations": ["gelu"]}, "'gelu'"),
        ({"W0": np.ones((2, 1)), "b0": np.zeros(1), "activations": ["relu"] * 2}, "one each"),
        ({"W0": np.ones((2, 1)), "b0": [np.nan], "activations": ["tanh"]}, "NaN"),
        ({"W0": np.ones((2, 1)), "b1": np.zeros(1), "activations": ["tanh"]}, "W0, b0"),
        ({"W0": np.ones((2, 255)), "b0": np.zeros(255), "activations": ["tanh"]}, "255 wide"),
    ],
)
def test_arrays_that_are_no_network(
    held: dict[str, object], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = tmp_path / "net.npz", tmp_path / "m.json"
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in held.items():
            content = io.BytesIO()
            np.save(content, np.array(value))
            archive.writestr(f"{name}.npy", content.getvalue())
    assert run(path, "--range", "0:1", "-o", output) == 2
    assert words in capsys.readouterr().err
    assert not output.exists()
