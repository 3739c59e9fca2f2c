"""scikit-learn's own checks hold: all of them, none exempted, none skipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from fixprop.toolchain import PROJECT_ROOT

# SCIPY_ARRAY_API is read when scipy is first imported, hence a process of its own: without it
# check_array_api_input would be skipped.
PROGRAM = """
import json
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_estimator,
)
from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor

for estimator in FixedPointMLPClassifier(), FixedPointMLPRegressor():
    check_dataframe_column_names_consistency(type(estimator).__name__, estimator)
    for check in check_estimator(estimator, on_fail=None, on_skip=None):
        kind = type(estimator).__name__
        print(json.dumps([kind, check["check_name"], check["status"], str(check["exception"])]))
"""
AMONG_THEM = {
    "check_classifier_data_not_an_array",
    "check_classifiers_train",
    "check_estimators_pickle",
    "check_fit_idempotent",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_regressor_multioutput",
    "check_regressors_train",
}


def test_every_check_of_scikit_learn_runs_and_passes() -> None:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT / "host"), *sys.path[1:]]),
        "PYTHONWARNINGS": "ignore",
        "SCIPY_ARRAY_API": "1",
    }
    command = [sys.executable, "-c", PROGRAM]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    checks = [json.loads(line) for line in run.stdout.splitlines()]
    assert [check for check in checks if check[2] != "passed"] == []
    assert {name for _, name, _, _ in checks} >= AMONG_THEM
    for kind in ("FixedPointMLPClassifier", "FixedPointMLPRegressor"):
        assert sum(check[0] == kind for check in checks) >= 50  # 55 and 53 in scikit-learn 1.9


def test_without_scikit_learn_one_line_says_how_to_get_it() -> None:
    program = "import sys; sys.modules['sklearn'] = None; import fixprop.estimators"
    environment = os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    last = run.stderr.splitlines()[-1]
    assert last.endswith(
        "MissingTool: the estimators need scikit-learn: pip install 'fixprop[estimators]'"
    )
