"""Orders that send many people: one request through its own chain, and places that count once it is approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.approvals.actions import decide, recall
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.approvals.undoing import undo_approvals
from tenants.attendance.actions import DocumentIn, withdraw_document
from tenants.attendance.errors import DaysTaken, PartOfOrder
from tenants.attendance.models import AttendanceDocument, DayResult, DutyOrder
from tenants.attendance.orders import submit_order
from tenants.places.fences import fences_of
from tests.cast import Office, Person, make_employee
from tests.tenants.approvals.ladder import make_ladder
from tests.tenants.attendance.week import MONDAY, documented, on
from tests.tenants.places.spots import make_spot

TUESDAY = MONDAY + timedelta(days=1)
DRAFT = DocumentIn("TL", "Pendataan di Bunaken", MONDAY, TUESDAY, letter_number="094/17")


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: Any) -> None:
    return None


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def decided(order: DutyOrder, verdict: str, by: Person) -> Any:
    request = ApprovalRequest.objects.get(document_uid=order.uid)
    return decide(request_uids=[request.uid], verdict=verdict, note="Sudah dilihat", actor=by.user)


def test_one_request_stands_for_all_and_counts_for_all(
    ani: Person, budi: Person, dedi: Person, office: Office, run_outbox: Callable[[], int]
) -> None:
    head = make_ladder(office).head
    with on(MONDAY + timedelta(days=3), "09:00"):
        people = [ani.employee, dedi.employee]
        order = submit_order(proposer=budi.employee, people=people, draft=DRAFT, actor=budi.user)
        request = ApprovalRequest.objects.get()
        assert (request.document_kind, request.owner, request.measure) == (
            "attendance_order",
            budi.employee,
            Decimal(2),
        )
        decided(order, "approved", head)
        run_outbox()
    assert set(DayResult.objects.values_list("presence", "document")) == {("dokumen", "TL")}
    assert DayResult.objects.count() == 4


def test_it_goes_by_a_chain_of_its_own_measured_by_how_many_are_sent(ani: Person, budi: Person, office: Office) -> None:
    ladder = make_ladder(office)
    lay_down_chain(
        document_kind="attendance_order",
        name="Surat tugas",
        valid_from=date(2024, 1, 1),
        steps=[
            StepInput(ChainStep.Approver.DIRECT_SUPERIOR),
            StepInput(ChainStep.Approver.KEPALA_OPD, measure_from=Decimal(5)),
        ],
    )
    with on(MONDAY, "09:00"):
        order = submit_order(proposer=budi.employee, people=[ani.employee], draft=DRAFT, actor=budi.user)
        decided(order, "approved", ladder.head)
    assert AttendanceDocument.objects.get().state == "approved"


@pytest.mark.parametrize("verdict", ["rejected", "returned"])
def test_a_refused_order_sends_nobody(ani: Person, budi: Person, office: Office, verdict: str) -> None:
    head = make_ladder(office).head
    with on(MONDAY, "09:00"):
        order = submit_order(proposer=budi.employee, people=[ani.employee], draft=DRAFT, actor=budi.user)
        decided(order, verdict, head)
    assert AttendanceDocument.objects.get().state == "rejected"


def test_places_count_from_the_approval_on_and_no_longer_when_it_is_taken_back(
    ani: Person, budi: Person, office: Office, with_role: Any
) -> None:
    head = make_ladder(office).head
    place = make_spot(with_role("bkpsdm"), "Pulau Bunaken")
    with on(MONDAY, "09:00"):
        order = submit_order(
            proposer=budi.employee, people=[ani.employee], draft=DRAFT, places=[place], actor=budi.user
        )
        assert not fences_of(ani.employee.pk, MONDAY)
        moment = decided(order, "approved", head).at
        assert [fence.place_id for fence in fences_of(ani.employee.pk, MONDAY)] == [place.pk]
        undo_approvals(decided_at=moment, actor=head.user)
        assert not fences_of(ani.employee.pk, MONDAY)
        request = ApprovalRequest.objects.get()
        decide(request_uids=[request.uid], verdict="approved", stages={request.uid: "1.1"}, actor=head.user)
        assert fences_of(ani.employee.pk, MONDAY)
        recall(request_uids=[request.uid], note="Batal berangkat", actor=head.user)
        assert not fences_of(ani.employee.pk, MONDAY)


def test_nobody_is_sent_when_one_of_them_has_another_letter(ani: Person, budi: Person, dedi: Person) -> None:
    documented(dedi.employee, "C", TUESDAY, TUESDAY + timedelta(days=1), label="Cuti")
    with on(MONDAY, "09:00"), pytest.raises(DaysTaken) as refused:
        submit_order(proposer=budi.employee, people=[ani.employee, dedi.employee], draft=DRAFT, actor=budi.user)
    assert refused.value.message().startswith("Dedi sudah memiliki surat Cuti")
    assert not DutyOrder.objects.exists()


def test_one_of_them_cannot_take_the_own_part_back(ani: Person, budi: Person, office: Office) -> None:
    make_ladder(office)
    with on(MONDAY, "09:00"):
        submit_order(proposer=budi.employee, people=[ani.employee], draft=DRAFT, actor=budi.user)
        with pytest.raises(PartOfOrder):
            withdraw_document(uid=AttendanceDocument.objects.get().uid, actor=ani.user)
    assert AttendanceDocument.objects.get().state == "submitted"


def test_a_superior_proposes_on_a_page_sees_all_names_and_takes_it_back(
    ani: Person, budi: Person, dedi: Person, office: Office, signed_in: Any
) -> None:
    make_ladder(office)
    order = {
        "subject": "Pendataan",
        "kind": "TL",
        "number": "094/17",
        "first": "2026-10-05",
        "last": "2026-10-06",
        "nips": ani.employee.nip,
    }
    with on(MONDAY, "09:00"):
        client = signed_in(budi.user)
        stranger = client.post("/surat/tugas/baru/", {**order, "nips": dedi.employee.nip})
        assert stranger.status_code == 422
        assert "Bukan pegawai yang dapat Anda tugaskan" in text(stranger)
        unreadable = client.post("/surat/tugas/baru/", {**order, "file": SimpleUploadedFile("surat.exe", b"MZ")})
        assert list(unreadable.context["form"].errors) == ["file"]
        assert client.post("/surat/tugas/baru/", order).status_code == 302
        made = DutyOrder.objects.get()
        page = text(client.get(f"/surat/tugas/{made.uid}/"))
        assert ani.employee.nip in page
        assert signed_in(dedi.user).get(f"/surat/tugas/{made.uid}/").status_code in (403, 404)
        assert signed_in(ani.user).get(f"/surat/tugas/{made.uid}/").status_code == 200
        assert client.post(f"/surat/tugas/{made.uid}/tarik/").status_code == 302
        assert client.post(f"/surat/tugas/{made.uid}/tarik/").status_code == 409
    assert AttendanceDocument.objects.get().state == "withdrawn"
    assert ApprovalRequest.objects.get().state == "withdrawn"


def test_who_decides_sees_the_errand_and_the_names(ani: Person, budi: Person, office: Office) -> None:
    make_ladder(office)
    people = [ani.employee, *(make_employee(f"P {number:02d}", office.staff) for number in range(12))]
    with on(MONDAY, "09:00"):
        order = submit_order(proposer=budi.employee, people=people, draft=DRAFT, actor=budi.user)
        details = handler_for("attendance_order").details([order.uid])[order.uid]
    facts = {str(name): str(value) for name, value in details.facts}
    assert facts["Keperluan"] == "Pendataan di Bunaken"
    assert facts["Pegawai"].startswith("Ani, P 00")
    assert facts["Pegawai"].endswith("dan 3 lainnya")
    assert details.whole == f"/surat/tugas/{order.uid}/"


def test_deciding_costs_the_same_for_few_and_for_many_people(ani: Person, budi: Person, office: Office) -> None:
    head = make_ladder(office).head

    def counted(number: int) -> int:
        people = [make_employee(f"P {number} {serial}", office.staff) for serial in range(number)]
        with on(MONDAY, "09:00"):
            order = submit_order(proposer=budi.employee, people=people, draft=DRAFT, actor=budi.user)
            with CaptureQueriesContext(connection) as statements:
                decided(order, "approved", head)
        return len(statements)

    counted(1)
    assert counted(2) == counted(20)
