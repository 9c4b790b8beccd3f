"""What the bank answers, as a sheet: rows become paid or failed; what does not fit is told beside the row.

The same sheet twice changes nothing. A payment that comes back later (`retur`) makes a paid row a failed one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.figures import NotAFigure
from kernel.files.access import reader
from kernel.files.actions import open_clean, store_sheet
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job, JobRow
from kernel.permissions import require, user_may
from kernel.sheets.plain import SheetRow, read_rows
from kernel.web.templatetags.kd import rupiah
from tenants.payout.models import Parcel, PaymentRow
from tenants.payout.payments.lists import ordered
from tenants.payout.permissions import ORDER_PAYMENT

RESULTS: Final = "payout.bank_results"
PURPOSE: Final = "payout.bank_results"
HEADINGS: Final = {
    "reference": ("Referensi", "No. referensi", "Reference", "Reference number"),
    "number": ("Nomor rekening", "No. rekening", "Rekening", "Account", "Account number"),
    "amount": ("Jumlah", "Nominal", "Amount"),
    "status": ("Status", "Hasil", "Result"),
    "message": ("Keterangan", "Pesan", "Message", "Remark"),
}
REQUIRED: Final = ("reference", "amount", "status")
_PAID: Final = frozenset({"dibayar", "berhasil", "sukses", "success", "succeeded", "paid", "ok", "00"})
_FAILED: Final = frozenset({"gagal", "ditolak", "failed", "rejected", "error"})
_RETURNED: Final = frozenset({"retur", "dikembalikan", "returned"})

SETTLED = declare_action("payout.payments_settled", "Hasil bank dimasukkan")


@reader(PURPOSE, is_sensitive=True)
def may_read_results(user: User, stored: StoredFile) -> bool:
    return user_may(user, ORDER_PAYMENT)


@transaction.atomic
def start_results(*, upload: File[bytes], actor: User) -> Job:
    """Keep the bank's sheet and read it in the background. Raises NotAllowed and FileRefused."""
    require(actor, ORDER_PAYMENT)
    stored = store_sheet(upload=upload, purpose=PURPOSE, owner=actor)
    return work.start(kind=RESULTS, title=_("Hasil bank %(name)s") % {"name": stored.name}, actor=actor, file=stored)


@work.work(RESULTS)
def settle_from_sheet(progress: work.Progress) -> None:
    """Read the job's sheet, settle the rows that fit, say beside the others why they do not."""
    job = progress.job
    if job.file is None or job.started_by is None:
        raise LookupError("a bank's answer has a file and somebody who brought it")
    with open_clean(job.file) as file:
        rows = read_rows(file, headings=HEADINGS, required=REQUIRED, takes_csv=True)
    progress.advance(0, len(rows), _("Membaca lembar"))
    with transaction.atomic():
        outcome = _settle(rows, job.started_by)
        progress.forget_rows()
        progress.rows(outcome.notes)
    progress.result(
        facts=[
            [_("Dibayar"), outcome.counts["paid"]],
            [_("Gagal"), outcome.counts["failed"]],
            [_("Sudah tercatat sebelumnya"), outcome.counts["same"]],
            [_("Tidak cocok"), outcome.counts["wrong"]],
        ],
        links=[{"text": _("Buka posisi pembayaran"), "url": reverse("payout-board")}],
    )
    progress.advance(len(rows), len(rows))


class _Outcome:
    """What the sheet came to: counts by what became of its rows, and what is to be said beside them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.notes: list[JobRow] = []
        self.changed: dict[int, tuple[PaymentRow, str]] = {}

    def refuse(self, row: SheetRow, column: str, message: str, fix_url: str = "") -> None:
        self.counts["wrong"] += 1
        self.notes.append(
            JobRow(
                message=message,
                row_number=row.number,
                subject=row.cells["reference"],
                column=HEADINGS[column][0],
                value="" if column == "number" else row.cells.get(column, ""),
                fix_url=fix_url,
            )
        )


def _settle(rows: Sequence[SheetRow], actor: User) -> _Outcome:
    outcome = _Outcome()
    references = {row.cells["reference"] for row in rows}
    named = PaymentRow.objects.filter(reference__in=references).select_related("list")
    # Whoever changes a parcel's payments holds its row; in one order, so that two sheets wait for each other.
    parcels = set(named.values_list("list__parcel_id", flat=True))
    list(Parcel.objects.filter(pk__in=parcels).order_by("pk").select_for_update().values_list("pk"))
    known = {row.reference: row for row in named.select_related("employee")}
    paying = ordered(parcels)
    said: dict[str, set[str | None]] = {}
    for row in rows:
        said.setdefault(row.cells["reference"], set()).add(_state(row.cells["status"]))
    seen: set[str] = set()
    for row in rows:
        reference = row.cells["reference"]
        if len(said[reference]) > 1:
            outcome.refuse(row, "status", _("Lembar ini menyebut dua hasil untuk referensi ini."))
            continue
        if reference in seen:
            outcome.refuse(row, "reference", _("Referensi ini sudah ada di baris lain."))
            continue
        seen.add(reference)
        _weigh(row, known, paying, outcome)
    _write(outcome, actor)
    return outcome


def _weigh(row: SheetRow, known: Mapping[str, PaymentRow], paying: set[tuple[int, int]], outcome: _Outcome) -> None:
    payment = known.get(row.cells["reference"])
    state = _state(row.cells["status"])
    if payment is None:
        outcome.refuse(row, "reference", _("Referensi ini tidak ada di daftar pembayaran mana pun."))
    elif state is None:
        outcome.refuse(row, "status", _("Isi Berhasil, Gagal, atau Retur."))
    elif problem := _problem(row, payment, paying):
        outcome.refuse(row, *problem, reverse("payout-list", args=[payment.list.uid]))
    elif payment.state == _settled(state):
        outcome.counts["same"] += 1
    elif payment.state == PaymentRow.State.PAID and state != "returned":
        outcome.refuse(row, "status", _("Sudah tercatat dibayar. Tulis Retur bila uangnya kembali."))
    elif payment.state in (PaymentRow.State.FAILED, PaymentRow.State.NO_ACCOUNT):
        outcome.refuse(row, "status", _("Sudah tercatat gagal; pembayaran ulangnya punya referensi baru."))
    else:
        payment.state = _settled(state)
        outcome.counts[payment.state] += 1
        outcome.changed[payment.pk] = (payment, row.cells.get("message", "")[:200])


def _problem(row: SheetRow, payment: PaymentRow, paying: set[tuple[int, int]]) -> tuple[str, str] | None:
    """Why the row cannot be what was listed: the column, and the sentence."""
    if payment.state == PaymentRow.State.VOID:
        return "reference", _("Pembayaran ini sudah dibatalkan.")
    if (payment.list.parcel_id, payment.list.lock_id) not in paying:
        return "reference", _("SP2D OPD ini belum dicatat. Catat dulu, lalu unggah lagi.")
    number = "".join(row.cells.get("number", "").split())
    if number and number != payment.number:
        return "number", _("Nomor rekening berbeda dengan yang didaftarkan.")
    try:
        amount = row.rupiah("amount")
    except NotAFigure:
        return "amount", _("Isi jumlah rupiah, misalnya 4000000.")
    if amount != payment.amount:
        return "amount", _("Jumlahnya berbeda dengan yang didaftarkan: %(amount)s.") % {
            "amount": rupiah(payment.amount)
        }
    return None


def _settled(state: str) -> PaymentRow.State:
    return PaymentRow.State.PAID if state == "paid" else PaymentRow.State.FAILED


def _state(text: str) -> str | None:
    word = text.casefold().strip()
    for state, words in (("paid", _PAID), ("failed", _FAILED), ("returned", _RETURNED)):
        if word in words:
            return state
    return None


def _write(outcome: _Outcome, actor: User) -> None:
    moment = clock.now()
    payments = [payment for payment, _message in outcome.changed.values()]
    for payment, message in outcome.changed.values():
        payment.settled_at = moment
        payment.failure = message if payment.state == PaymentRow.State.FAILED else ""
    PaymentRow.objects.bulk_update(payments, ["state", "settled_at", "failure"], batch_size=500)
    by_list: dict[int, tuple[object, Counter[str]]] = {}
    for payment in payments:
        by_list.setdefault(payment.list_id, (payment.list, Counter()))[1][payment.state] += 1
    record_many(
        SETTLED,
        actor=actor,
        deeds=[Deed(made, after=dict(counts)) for made, counts in by_list.values()],  # type: ignore[arg-type]
    )
