"""The printed month of Manado and the OPDs of a pilot, for the tests of this folder."""

from tests.tenants.tpp.manado_month import bkpsdm, cases, month_run, run_month
from tests.tenants.tpp.pilot import four_opds, run_of

__all__ = ["bkpsdm", "cases", "four_opds", "month_run", "run_month", "run_of"]
