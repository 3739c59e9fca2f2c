"""A trained network with everything that its use needs: file, C header, scaling of its columns."""

from fixprop.model.column import Column
from fixprop.model.model import Model

__all__ = ["Column", "Model"]
