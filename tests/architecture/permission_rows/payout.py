"""Rows of tenants.payout."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.periods import Month
from tenants.arrears import sealing
from tenants.employees.models import Employee, Placement
from tenants.organisation.models import Unit
from tenants.payout.models import LockSignature, Parcel, ParcelStep, PaymentList, PaymentRow, Reopening
from tenants.payout.parcels.acting import take_step
from tenants.payout.parcels.steps import Step
from tenants.tpp.models import MonthLock, RunIssue
from tests.architecture.permission_table import Cast, region
from tests.tenants.arrears.small_difference import difference_of
from tests.tenants.payout.closing_steps import take_steps_before_lock
from tests.tenants.tpp.small_run import finished_run, lock_of, slip_in

READERS = "citra bkpsdm inspektorat"


def month(cast: Cast) -> dict[str, object]:
    return {"month": "2024-05"}


def locked_month(cast: Cast) -> dict[str, object]:
    lock_of(finished_run(), Unit.objects.opds()[0], cast.users["bkpsdm"])
    return month(cast)


def month_to_lock(cast: Cast) -> dict[str, object]:
    # Nobody held a post yet in that month, so nobody's facts have changed since the run.
    Placement.objects.update(period=DateRange(date(2025, 1, 1), None))
    opd, employee = Unit.objects.opds()[0], Employee.objects.all()[0]
    RunIssue.objects.create(
        run=finished_run(), employee=employee, opd=opd, kind="error", place="rules", reason="Belum dapat dihitung"
    )
    take_steps_before_lock(Month(2024, 5), opds=[opd])
    return month(cast)


def reason(cast: Cast) -> dict[str, object]:
    return {"alasan": "Dibayar bulan depan"}


def made_lock(cast: Cast) -> MonthLock:
    return lock_of(finished_run(), Unit.objects.opds()[0], cast.users["bkpsdm"])


def lock(cast: Cast) -> dict[str, object]:
    return {"uid": made_lock(cast).uid}


def lock_to_sign(cast: Cast) -> dict[str, object]:
    return {"kunci": str(made_lock(cast).uid), "instansi": "bkpsdm"}


def signature(cast: Cast) -> dict[str, object]:
    found = made_lock(cast)
    made = LockSignature.objects.create(lock=found, office="bkpsdm", signer=cast.users["bkpsdm"], digest=found.digest)
    return {"uid": made.uid}


def reopening(cast: Cast) -> dict[str, object]:
    return {
        "uid": Reopening.objects.create(
            lock=made_lock(cast), reason="Nilai tertukar", proposed_by=cast.users["inspektorat"]
        ).uid
    }


REOPENERS = "bkpsdm inspektorat"


def difference_run_of_ani(cast: Cast) -> dict[str, object]:
    made = difference_of(cast.ani.employee, cast.office.opd, cast.users["bkpsdm"])
    type(made.run).objects.filter(pk=made.run_id).update(digest=sealing.run_digest(made.run))
    take_steps_before_lock(Month.of(made.run.month), kind=made.run.kind, opds=[cast.office.opd])
    return {"uid": made.run.uid}


KIND = "ordinary"
SEERS = "ani budi citra operator_opd bkpsdm inspektorat kepala_daerah"


def month_and_kind(cast: Cast) -> dict[str, object]:
    return {**month(cast), "kind": KIND}


def parcel(cast: Cast) -> dict[str, object]:
    """The office's May, computed."""
    slip_in(finished_run(), cast.ani.employee, cast.office.opd)
    return {**month_and_kind(cast), "uid": cast.office.opd.uid}


def to_close(cast: Cast) -> dict[str, object]:
    return {**parcel(cast), "step": "closed_by_opd"}


def closed(cast: Cast) -> dict[str, object]:
    found = parcel(cast)
    operator = cast.users["operator_opd"]
    opd = cast.office.opd
    take_step(month=Month(2024, 5), kind=KIND, opd=opd, step=Step.CLOSED, actor=operator, note="Uji")
    return found


def to_check(cast: Cast) -> dict[str, object]:
    closed(cast)
    return month_and_kind(cast)


def check(cast: Cast) -> dict[str, object]:
    return {"langkah": "checked", "opd": [str(cast.office.opd.uid)]}


def payment_list(cast: Cast) -> PaymentList:
    run = finished_run()
    slip_in(run, cast.ani.employee, cast.office.opd)
    lock = lock_of(run, cast.office.opd, cast.users["bkpsdm"])
    made_for = Parcel.objects.create(month=run.month, kind=KIND, opd=cast.office.opd)
    ParcelStep.objects.create(
        parcel=made_for,
        number=1,
        kind="sp2d",
        by=cast.users["bkpsdm"],
        letter_number="SP2D/1",
        letter_date=date(2024, 6, 5),
        amount=1_000_000,
        lock=lock,
    )
    made = PaymentList.objects.create(
        parcel=made_for, lock=lock, number=1, digest="a" * 64, people=1, total=1_000_000, made_by=cast.users["bkpsdm"]
    )
    PaymentRow.objects.create(
        list=made,
        order=1,
        employee=cast.ani.employee,
        amount=1_000_000,
        bank_code="127",
        bank_name="Bank SulutGo",
        number="0012345678",
        holder="Ani",
        reference="T2405-1.01-1-1",
    )
    return made


def made_list(cast: Cast) -> dict[str, object]:
    return {"uid": payment_list(cast).uid}


def its_parcel(cast: Cast) -> dict[str, object]:
    return {"uid": payment_list(cast).parcel.uid}


def csv_of_month(cast: Cast) -> dict[str, object]:
    payment_list(cast)
    return {**month_and_kind(cast), "form": "csv"}


def proof(cast: Cast) -> dict[str, object]:
    return {"bukti": "Bukti transfer 1"}


def bank_answer(cast: Cast) -> dict[str, object]:
    return {"berkas": SimpleUploadedFile("hasil.csv", b"Referensi;Jumlah;Status\n")}


ROWS = [
    region("payout-board", "GET", "citra bkpsdm inspektorat kepala_daerah"),
    region("payout-deadlines", "GET", "bkpsdm"),
    region("payout-deadlines", "POST", "bkpsdm", ok=422),
    region("payout-own-opd", "GET", "ani budi citra operator_opd", ok=302),
    region("payout-parcel", "GET", SEERS, args=parcel),
    region("payout-step", "GET", "operator_opd", args=to_close),
    region("payout-step", "POST", "operator_opd", ok=302, args=to_close, data=reason),
    region("payout-return", "GET", "citra bkpsdm", args=closed),
    region("payout-return", "POST", "citra bkpsdm", ok=302, args=closed, data=reason),
    region("payout-undo", "POST", SEERS, ok=302, args=closed),
    region("payout-bulk", "GET", "bkpsdm", args=to_check, data=check),
    region("payout-bulk", "POST", "bkpsdm", ok=302, args=to_check, data=check),
    region("payout-list", "GET", "citra", args=made_list),
    region("payout-list-mark", "GET", "citra", args=made_list),
    region("payout-list-mark", "POST", "citra", ok=302, args=made_list, data=proof),
    region("payout-follow-up", "POST", "citra", ok=302, args=its_parcel),
    region("payout-bank-file", "GET", "citra", args=csv_of_month),
    region("payout-finance-file", "GET", "citra", args=csv_of_month),
    region("payout-bank-results", "GET", "citra"),
    region("payout-bank-results", "POST", "citra", ok=302, data=bank_answer),
    region("payout-sign", "GET", READERS),
    region("payout-sign", "POST", "bkpsdm", data=lock_to_sign, citra=404, inspektorat=404),
    region("payout-unsign", "POST", READERS, ok=302, args=signature),
    region("payout-lock", "GET", READERS, args=lock),
    region("payout-verify-lock", "GET", READERS, args=lock),
    region("payout-reopen", "GET", REOPENERS, args=lock),
    region("payout-reopen", "POST", REOPENERS, ok=302, args=lock, data=reason),
    region("payout-reopen-confirm", "POST", REOPENERS, ok=302, args=reopening),
    region("payout-reopen-withdraw", "POST", REOPENERS, ok=302, args=reopening),
    region("payout-locks", "GET", READERS),
    region("payout-month", "GET", READERS, args=month),
    region("payout-month", "POST", "bkpsdm", ok=302, args=month_to_lock, data=reason),
    region("payout-difference", "GET", READERS, args=difference_run_of_ani),
    region("payout-difference", "POST", "bkpsdm", ok=302, args=difference_run_of_ani),
    region("payout-verify", "GET", READERS, args=locked_month),
]
