"""An absence that nobody explained in time costs its month; a letter that is approved after the lock pays it back.

Ani has class 7 and golongan III: a pagu of Rp2.970.000, of which discipline is 40 %. A day without reason costs ten of
its hundred points, a day of sickness two.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.models import DifferenceSlip, LateFact
from tenants.attendance.actions import DocumentIn, set_policy, submit_document
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun, Slip
from tests.cast import Person
from tests.tenants.arrears.closed import Difference
from tests.tenants.attendance.week import on
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.pilot import JULY, JUNE, RunOf, after, give_facts

ABSENT = date(2024, 6, 11)


@pytest.fixture
def june(manado_rules: StoredRuleSet, ani: Person, budi: Person, bkpsdm: User) -> None:
    """Ani was not there on a Tuesday; the region wants an absence explained within three working days."""
    asked: dict[str, Any] = {
        "corrections_per_month": None,
        "excuse_days": 3,
        "letter_from_days": {},
        "source": "Perwali 9/2024",
    }
    set_policy(valid_from=date(2024, 1, 1), values=asked, actor=bkpsdm)
    give_facts([ani.employee, budi.employee], [JUNE], bkpsdm, absent=[(ani.employee, ABSENT)])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_person_is_reminded_until_the_last_day_and_then_told_that_it_is_over(
    june: None, ani: Person, signed_in: Any
) -> None:
    client = signed_in(ani.user)
    with on(date(2024, 6, 14), "09:00"):
        assert "(surat paling lambat 14 Jun)" in text(client.get("/"))
        day = text(client.get("/kehadiran/?hari=2024-06-11"))
    assert "Hasil sementara" in day
    assert "Kirim surat paling lambat Jumat, 14 Juni 2024" in day
    with on(date(2024, 6, 15), "09:00"):
        home = text(client.get("/"))
        day = text(client.get("/kehadiran/?hari=2024-06-11"))
    assert "surat paling lambat" not in home
    assert "Hasil sementara" not in day
    assert "Surat untuk hari ini ditunggu sampai Jumat, 14 Juni 2024." in day


def test_a_letter_approved_after_the_lock_gives_back_what_the_absence_cost(
    june: None,
    ani: Person,
    budi: Person,
    bkpsdm: User,
    signed_in: Any,
    run_of: RunOf,
    difference: Difference,
    run_outbox: Callable[[], int],
) -> None:
    run_of(JUNE)
    slips = Slip.objects.filter(run__month=JUNE.first_day, run__kind=MonthRun.Kind.ORDINARY)
    # The whole would be 2.832.489; ten points of a hundred of 40 % of the pagu are 118.800.
    assert slips.get(employee=ani.employee).gross == 2_713_689
    with clock.at(after(JUNE)):
        lock_whole_month(JUNE, actor=bkpsdm)
    with on(date(2024, 7, 10), "09:00"):
        day = text(signed_in(ani.user).get("/kehadiran/?hari=2024-06-11"))
        assert "Selisih TPP bulan yang sudah dikunci dibayar kemudian." in day
        assert "Ajukan surat untuk hari ini" in day
        letter = submit_document(employee=ani.employee, draft=DocumentIn("S", "Sakit", ABSENT, ABSENT), actor=ani.user)
        request = ApprovalRequest.objects.get(document_uid=letter.uid)
        assert "Lewat batas hari untuk menjelaskan ketidakhadiran" in request.remarks
        assert not LateFact.objects.exists()
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
        run_outbox()
    assert LateFact.objects.get().employee == ani.employee
    difference(JUNE, JUNE, paid_in=JULY)
    (slip,) = DifferenceSlip.objects.all()
    assert (slip.employee, slip.of_month, slip.is_koreksi) == (ani.employee, JUNE.first_day, True)
    assert slip.reasons == [{"fact": "days", "date": "2024-06-11", "old": "tk", "new": "S"}]
    # Ten points are given back, two are taken: 95.040, less 5 % tax and 1 % contribution (950,40).
    assert (slip.gross, slip.tax, slip.contributions, slip.rounding) == (95_040, 4_752, 950, -1)
    assert slip.net == 89_337
