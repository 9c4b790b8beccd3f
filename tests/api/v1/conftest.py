"""The printed month of Manado, for the tests of slips."""

from tests.tenants.tpp.manado_month import bkpsdm, cases, month_run, run_month

__all__ = ["bkpsdm", "cases", "month_run", "run_month"]
