"""The paper of releases: in the set when something that was held is paid, with reason, document and sum."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.holds.actions import hold_payment
from tenants.holds.models import OrderedHold
from tenants.organisation.models import Unit
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import make
from tenants.reports.papers.opd_month import OpdMonth
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.papers.standing import standing_of
from tenants.tpp.holding import release_slip
from tenants.tpp.models import Slip
from tests.tenants.payout.closing_steps import closer
from tests.tenants.payout.paying import lock, people_of
from tests.tenants.reports.paper_desk import rows_of_sheet
from tests.tenants.tpp.pilot import MAY, RunOf, after, give_facts, run_of, staffed
from tests.tenants.tpp.small_run import stored_rules

__all__ = ["run_of"]


@pytest.fixture(autouse=True)
def afterwards(manado: RegionState) -> Iterator[None]:
    with clock.at(after(MAY)):
        yield


@pytest.fixture
def opd(bkpsdm: User, run_of: RunOf) -> Unit:
    """Two of the OPD's three people are held by the inspectorate; May is computed and locked."""
    stored_rules()
    made, people = staffed(1, people=3)
    give_facts(people, [MAY], bkpsdm)
    for person in people_of(made)[:2]:
        hold_payment(
            employee=person,
            from_month=MAY,
            until_month=MAY.next,
            reason="Temuan terbuka",
            basis="LHP 12/2024",
            actor=closer("inspektorat"),
        )
    run_of(MAY)
    lock(made)
    return made


def papers(opd: Unit) -> OpdMonth:
    return standing_of(MAY, "ordinary", opd).opd_month


def test_what_is_released_behind_the_lock_stands_on_a_paper_of_its_own(opd: Unit) -> None:
    assert papers(opd).plan.paper("pelepasan-penahanan") is None
    held, _still, _paid = people_of(opd)
    slip = Slip.objects.get(employee=held)
    order = OrderedHold.objects.get(employee=held)
    release_slip(uid=slip.uid, node_id=order.node_id, reason="Selesai", document_number="ND 7", actor=closer("bkpsdm"))
    month = papers(opd)
    planned = month.plan.paper("pelepasan-penahanan")
    assert planned is not None
    assert month.parts_of(planned) == ("",)
    day = clock.today("Asia/Makassar")
    paper = make(month, planned, "", dressing_of(opd, day), dated=day, is_split=True)
    rows = rows_of_sheet(paper_xlsx(paper, made_at=None).read())
    (line,) = [row for row in rows if held.name in row]
    assert line[1:] == [
        held.name,
        held.nip,
        "Temuan terbuka",
        "Selesai",
        "ND 7",
        closer("bkpsdm").display_name,
        "3 Juni 2024",
        int(slip.net),
    ]
    assert next(row for row in rows if row[0] == "Jumlah")[-1] == int(slip.net)
