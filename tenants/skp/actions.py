"""Bringing a month's ratings in: a job first shows what a sheet would do, a second one does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.actions import store_file
from kernel.files.models import StoredFile
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress, start, work
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.plain import read_rows
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.skp.models import MonthlyRating
from tenants.skp.permissions import IMPORT
from tenants.skp.rating_sheet import HEADINGS, REQUIRED, Rating, UnreadableRating, read_rating

KIND = "skp.import_ratings"
SHEET_TYPES = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
IMPORTED = declare_action("skp.ratings_imported", "Nilai SKP dimasukkan")


@dataclass(frozen=True, slots=True)
class Refused:
    """One row, or cell, that is not taken."""

    number: int
    subject: str
    column: str
    value: str
    message: str


@dataclass
class Reading:
    """What a sheet would do to the month."""

    added: list[MonthlyRating] = field(default_factory=list)
    changed: list[MonthlyRating] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    rows: int = 0


@transaction.atomic
def check_ratings(*, month: Month, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and start the job that only shows what would happen.

    Raises FileRefused, NotAllowed, closing.MonthClosed.
    """
    require(actor, IMPORT)
    closing.require_open(month.first_day)
    stored = store_file(upload=upload, purpose="import", owner=actor, allowed=SHEET_TYPES)
    return start(
        kind=KIND,
        title=_("Periksa nilai SKP %(month)s") % {"month": date_format(month.first_day, "F Y")},
        actor=actor,
        parameters={"month": str(month), "apply": False},
        file=stored,
    )


def checked_job(uid: UUID) -> Job:
    """A finished check that found something to write. Raises NotFound."""
    job = Job.objects.filter(uid=uid, kind=KIND, state=Job.State.DONE).select_related("file").first()
    if job is None or job.parameters.get("apply") or not job.result.get("writes"):
        raise NotFound("job")
    return job


@transaction.atomic
def apply_ratings(*, checked: UUID, actor: User) -> Job:
    """Start the job that writes what a finished check has shown. Raises NotFound, NotAllowed, closing.MonthClosed."""
    require(actor, IMPORT)
    job = checked_job(checked)
    month = Month.parse(job.parameters["month"])
    closing.require_open(month.first_day)
    return start(
        kind=KIND,
        title=_("Simpan nilai SKP %(month)s") % {"month": date_format(month.first_day, "F Y")},
        actor=actor,
        parameters={"month": str(month), "apply": True},
        file=job.file,
    )


@work(KIND)
def import_ratings(progress: Progress) -> None:
    """Read the job's sheet; with `apply` write the rows that are right. A second run finds everything unchanged."""
    job = progress.job
    if job.file is None:
        raise NotFound("file")
    month, apply = Month.parse(job.parameters["month"]), bool(job.parameters["apply"])
    with transaction.atomic():
        reading = read_sheet(job.file, month)
        if apply:
            write(reading, month, job.started_by or System(KIND))
    progress.forget_rows()
    progress.rows(
        [
            JobRow(
                message=item.message, row_number=item.number, subject=item.subject, column=item.column, value=item.value
            )
            for item in reading.refused
        ]
    )
    progress.advance(reading.rows, reading.rows)
    writes = len(reading.added) + len(reading.changed)
    if apply or not writes:
        links = [{"text": _("Lihat nilai SKP"), "url": f"{reverse('skp-ratings')}?bulan={month}"}]
    else:
        links = [{"text": _("Simpan yang benar"), "url": reverse("skp-apply", args=[job.uid])}]
    progress.result(
        facts=[
            [_("Baris dibaca"), reading.rows],
            [_("Nilai baru"), len(reading.added)],
            [_("Nilai diubah"), len(reading.changed)],
            [_("Tidak berubah"), reading.unchanged],
            [_("Tidak diterima"), len({item.number for item in reading.refused})],
        ],
        links=links,
        writes=writes,
    )


def read_sheet(stored: StoredFile, month: Month) -> Reading:
    """What the stored sheet would do to the month, in three statements for any number of rows. Raises SheetRefused."""
    with default_storage.open(stored.path, "rb") as file:
        rows = read_rows(file, headings=HEADINGS, required=REQUIRED)
    reading = Reading(rows=len(rows))
    taken: list[tuple[int, Rating]] = []
    seen: dict[str, int] = {}
    for row in rows:
        subject = row.cells.get("nip", "")
        try:
            rating = read_rating(row.cells, rounded=row.rounded)
        except UnreadableRating as error:
            reading.refused += [
                Refused(row.number, subject, HEADINGS[fault.column][0], fault.value, _words(fault.reason))
                for fault in error.faults
            ]
            continue
        if rating.nip in seen:
            message = _("NIP ini sudah ada di baris %(row)s. Sisakan satu baris saja.") % {"row": seen[rating.nip]}
            reading.refused.append(Refused(row.number, subject, HEADINGS["nip"][0], rating.nip, message))
            continue
        seen[rating.nip] = row.number
        taken.append((row.number, rating))
    # Of two people with one NIP the active one counts.
    in_service = Employee.objects.in_service(month.first_day, month.end).order_by("is_active")
    known = dict(in_service.filter(nip__in=list(seen)).values_list("nip", "pk"))
    stored_ratings = {
        rating.employee_id: rating
        for rating in MonthlyRating.objects.filter(month=month.first_day, employee_id__in=known.values())
    }
    for number, rating in taken:
        if rating.nip not in known:
            message = _(
                "Tidak ada pegawai yang bertugas bulan itu dengan NIP ini. Periksa NIP, atau masukkan pegawainya dulu."
            )
            reading.refused.append(Refused(number, rating.nip, HEADINGS["nip"][0], rating.nip, message))
            continue
        _compare(reading, rating, known[rating.nip], stored_ratings.get(known[rating.nip]), month)
    reading.refused.sort(key=lambda item: item.number)
    return reading


def _compare(reading: Reading, rating: Rating, employee_id: int, stands: MonthlyRating | None, month: Month) -> None:
    values = (rating.predikat, rating.skp_percent, rating.behaviour_sum)
    if stands is None:
        stands = MonthlyRating(employee_id=employee_id, month=month.first_day)
        reading.added.append(stands)
    elif (stands.predikat, stands.skp_percent, stands.behaviour_sum) == values:
        reading.unchanged += 1
        return
    else:
        reading.changed.append(stands)
    stands.predikat, stands.skp_percent, stands.behaviour_sum = values


def write(reading: Reading, month: Month, actor: Actor) -> None:
    """Store what was read and the audit. Call it inside a transaction. Raises closing.MonthClosed."""
    closing.require_open(month.first_day)
    for rating in (*reading.added, *reading.changed):
        rating.source = "lembar kerja"
        rating.recorded_at = clock.now()
    MonthlyRating.objects.bulk_create(reading.added)
    MonthlyRating.objects.bulk_update(
        reading.changed, ["predikat", "skp_percent", "behaviour_sum", "source", "recorded_at"]
    )
    if reading.added or reading.changed:
        record(
            IMPORTED,
            actor=actor,
            after={"month": str(month), "added": len(reading.added), "changed": len(reading.changed)},
        )


def _words(reason: str) -> str:
    return {
        "nip_number": _(
            "Sel NIP berisi angka sehingga digit terakhirnya hilang. Ubah format kolom menjadi Teks, "
            "lalu ketik ulang NIP."
        ),
        "nip_form": _("NIP harus 18 angka."),
        "predikat": _("Predikat tidak dikenal. Pakai Sangat Baik, Baik, Butuh Perbaikan, Kurang, atau Sangat Kurang."),
        "number": _("Isi dengan angka, misalnya 96,5."),
        "skp_range": _("Capaian SKP adalah persen, mulai dari 0."),
        "behaviour_range": _("Jumlah tujuh nilai perilaku adalah bilangan bulat 0 sampai 700."),
        "nothing": _("Baris ini tidak berisi nilai apa pun. Isi predikat, capaian SKP, atau jumlah perilaku."),
    }[reason]
