"""Somebody's data: tables in CSV, NPY, NPZ and Parquet files."""

from fixprop.data.read import read_table
from fixprop.data.table import Table

__all__ = ["Table", "read_table"]
