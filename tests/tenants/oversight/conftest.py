"""The OPDs of a pilot and their runs, for the tests of corrections."""

from tests.tenants.tpp.manado_month import bkpsdm
from tests.tenants.tpp.pilot import four_opds, run_of

__all__ = ["bkpsdm", "four_opds", "run_of"]
