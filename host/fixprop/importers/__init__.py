"""Networks trained elsewhere, brought into the chip's formats, with a bound on what that costs.

imported = from_sklearn(estimator, sample)
imported.model.write(Path("model.json"))
print(imported.report)
"""

from fixprop.importers.arrays import from_arrays, from_npz
from fixprop.importers.imported import Imported, LayerReport, Report
from fixprop.importers.keras_file import from_keras
from fixprop.importers.onnx_file import from_onnx
from fixprop.importers.scikit import from_sklearn

__all__ = [
    "Imported",
    "LayerReport",
    "Report",
    "from_arrays",
    "from_keras",
    "from_npz",
    "from_onnx",
    "from_sklearn",
]
