"""Rows of tenants.tryout."""

from __future__ import annotations

from kernel.periods import Month
from tenants.tpp.models import MonthFacts
from tenants.tryout.actions import start_try_out
from tenants.tryout.models import TryOut, TryOutMonth, TryOutPerson
from tenants.tryout.summing import summary_of
from tests.architecture.permission_table import Cast, region
from tests.tenants.tpp.small_run import finished_run, slip_in

READERS = "citra bkpsdm inspektorat kepala_daerah"
MAY = Month(2024, 5)


def month_and_rules(cast: Cast) -> dict[str, object]:
    run = finished_run()
    return {"aturan": str(run.rule_set.uid), "bulan": ["2024-05"]}


def going(cast: Cast) -> dict[str, object]:
    rules = finished_run().rule_set
    return {"uid": start_try_out(rule_set=rules.uid, months=[MAY], actor=cast.users["bkpsdm"]).uid}


def finished(cast: Cast) -> dict[str, object]:
    """A finished try-out with Ani in it."""
    run = finished_run()
    slip = slip_in(run, cast.ani.employee, cast.office.opd)
    MonthFacts.objects.create(
        run=run, employee=cast.ani.employee, opd=cast.office.opd, heading={}, text="{}", digest="x"
    )
    tryout = TryOut.objects.create(
        rule_set=run.rule_set,
        title=str(run.rule_set),
        text=run.rule_set.text,
        digest=run.rule_set.digest,
        months_key="2024-05",
        state=TryOut.State.DONE,
        finished_at=run.finished_at,
    )
    month = TryOutMonth.objects.create(tryout=tryout, month=MAY.first_day, run=run)
    TryOutPerson.objects.create(
        month=month,
        employee=cast.ani.employee,
        opd=cast.office.opd,
        kelas=7,
        status=TryOutPerson.Status.ERROR,
        old_gross=slip.gross,
        old_net=slip.net,
        reason="Belum ada nilai SKP.",
    )
    tryout.summary = summary_of([month])
    tryout.save()
    return {"uid": tryout.uid}


def person_in(cast: Cast) -> dict[str, object]:
    return finished(cast) | {"employee": cast.ani.employee.uid}


ROWS = [
    region("tryout-list", "GET", READERS),
    region("tryout-start", "POST", "bkpsdm", ok=302, data=month_and_rules),
    region("tryout-result", "GET", READERS, args=finished),
    region("tryout-stop", "POST", "bkpsdm", ok=302, args=going),
    region("tryout-remove", "POST", "bkpsdm", ok=302, args=finished),
    region("tryout-people", "GET", READERS, args=finished),
    region("tryout-person", "GET", READERS, args=person_in),
    region("tryout-sheet", "GET", READERS, args=finished),
    region("tryout-paper", "GET", READERS, args=finished),
]
