"""Locked months and difference runs, for the tests of this folder."""

from tests.tenants.arrears.closed import closed_months, difference
from tests.tenants.tpp.manado_month import bkpsdm
from tests.tenants.tpp.pilot import four_opds, run_of

__all__ = ["bkpsdm", "closed_months", "difference", "four_opds", "run_of"]
