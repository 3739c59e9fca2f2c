"""scikit-learn estimators that learn in fixed point, to the bit as a board does."""

from fixprop.errors import MissingTool

try:
    from fixprop.estimators.classifier import FixedPointMLPClassifier
    from fixprop.estimators.regressor import FixedPointMLPRegressor
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] != "sklearn":
        raise
    raise MissingTool(
        "the estimators need scikit-learn: pip install 'fixprop[estimators]'"
    ) from error

__all__ = ["FixedPointMLPClassifier", "FixedPointMLPRegressor"]
