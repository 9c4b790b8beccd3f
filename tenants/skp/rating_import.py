"""Bringing the ratings of a period in: a job first shows what a sheet would do, a second one does it.

A quarter's rating is that of each of its months. Those of closed months come out in a difference run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.files.models import StoredFile
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress, work
from kernel.permissions import require
from kernel.sheets.jobs import Link, checked_job, say_outcome, sheet_of, sheet_rows, start_apply, start_check
from kernel.sheets.words import TWO_FIGURES
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.skp.arrangement import require_kept
from tenants.skp.assessments import LATE
from tenants.skp.models import MonthlyRating, SkpSetting
from tenants.skp.permissions import IMPORT
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.rating_sheet import HEADINGS, OWN_COLUMNS, REQUIRED, Rating, UnreadableRating, read_rating
from tenants.skp.words import period_label

KIND = "skp.import_ratings"
# What stands as the source of a month's rating.
SOURCE = "lembar kerja"
IMPORTED = declare_action("skp.ratings_imported", "Nilai SKP dimasukkan")


@dataclass
class Reading:
    """What a sheet would do to the period: ratings by month, rows by number."""

    added: list[MonthlyRating] = field(default_factory=list)
    changed: list[MonthlyRating] = field(default_factory=list)
    unchanged: int = 0
    refused: list[JobRow] = field(default_factory=list)
    rows: int = 0
    # How many rows are new, or change something, in at least one month.
    new_rows: int = 0
    changed_rows: int = 0


@transaction.atomic
def check_ratings(*, period: RatingPeriod, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and start the job that only shows what would happen.

    Raises KeptElsewhere, FileRefused, NotAllowed.
    """
    require(actor, IMPORT)
    require_kept(period, SkpSetting.Source.BKN)
    stored = store_file(upload=upload, purpose="import", owner=actor, allowed=SHEET_TYPES)
    return start_check(
        kind=KIND,
        title=_("Periksa nilai SKP %(month)s") % {"month": period_label(period)},
        sheet=stored,
        actor=actor,
        parameters={"period": str(period)},
    )


@transaction.atomic
def apply_ratings(*, checked: UUID, actor: User) -> Job:
    """Start the job that writes what a finished check has shown.

    Raises NotFound, NotAllowed, KeptElsewhere.
    """
    require(actor, IMPORT)
    job = checked_job(KIND, checked)
    period = RatingPeriod.parse(job.parameters["period"])
    require_kept(period, SkpSetting.Source.BKN)
    title = _("Simpan nilai SKP %(month)s") % {"month": period_label(period)}
    return start_apply(checked=job, title=title, actor=actor)


def refused_sheet(uid: UUID) -> bytes:
    """The rows that a job did not take, as a sheet of the same columns with the reason beside each, to be mended and
    handed in again. Raises NotFound when the job refused nothing."""
    job = Job.objects.filter(uid=uid, kind=KIND, state=Job.State.DONE).select_related("file").first()
    if job is None or job.file is None or not job.error_rows:
        raise NotFound("job")
    reasons: dict[int, list[str]] = {}
    for number, column, message in job.rows.order_by("id").values_list("row_number", "column", "message"):
        if number is not None:
            reasons.setdefault(number, []).append(f"{column}: {message}")
    rows = [row for row in sheet_rows(job.file, headings=HEADINGS, required=REQUIRED) if row.number in reasons]
    used = [name for name in HEADINGS if name in OWN_COLUMNS or any(row.cells.get(name) for row in rows)]
    columns = [Column(HEADINGS[name][0], width=22) for name in used] + [Column(_("Keterangan"), width=80)]
    lines = [[*(row.written(name) for name in used), " ".join(reasons[row.number])] for row in rows]
    return workbook([Sheet("Nilai SKP", columns, lines)])


@work(KIND)
def import_ratings(progress: Progress) -> None:
    """Read the job's sheet; with `apply` write the rows that are right. A second run finds everything unchanged."""
    job = progress.job
    period = RatingPeriod.parse(job.parameters["period"])
    with transaction.atomic():
        reading = read_sheet(sheet_of(job), period)
        if job.parameters["apply"]:
            write(reading, period, job.started_by or System(KIND))
    say_outcome(
        progress,
        rows=reading.rows,
        refused=reading.refused,
        facts=[
            (_("Nilai baru"), reading.new_rows),
            (_("Nilai diubah"), reading.changed_rows),
            (_("Tidak berubah"), reading.unchanged),
        ],
        writes=len(reading.added) + len(reading.changed),
        look=Link(_("Lihat nilai SKP"), f"{reverse('skp-ratings')}?bulan={period.first}"),
        apply=Link(_("Simpan yang benar"), reverse("skp-apply", args=[job.uid])),
        mend=Link(_("Unduh baris yang ditolak"), reverse("skp-refused", args=[job.uid])),
    )


def read_sheet(stored: StoredFile, period: RatingPeriod) -> Reading:
    """What the stored sheet would do to the period, in four statements for any number of rows.

    Raises SheetRefused.
    """
    rows = sheet_rows(stored, headings=HEADINGS, required=REQUIRED)
    reading = Reading(rows=len(rows))
    taken: list[tuple[int, Rating]] = []
    seen: dict[str, int] = {}
    for row in rows:
        subject = row.cells.get("nip", "")
        try:
            rating = read_rating(row, period=period)
        except UnreadableRating as error:
            reading.refused += [
                _refused(row.number, subject, fault.column, fault.value, _words(fault.reason)) for fault in error.faults
            ]
            continue
        if rating.nip in seen:
            message = _("NIP ini sudah ada di baris %(row)s. Sisakan satu baris saja.") % {"row": seen[rating.nip]}
            reading.refused.append(_refused(row.number, subject, "nip", rating.nip, message))
            continue
        seen[rating.nip] = row.number
        taken.append((row.number, rating))
    months = [month.first_day for month in period.months]
    in_service = Employee.objects.in_service(period.first_day, period.end)
    known = in_service.filter(nip__in=list(seen)).keys_by_nip()
    stands = {
        (rating.employee_id, rating.month): rating
        for rating in MonthlyRating.objects.of_months(months).filter(employee_id__in=known.values())
    }
    for number, rating in taken:
        if rating.nip not in known:
            message = _(
                "Tidak ada pegawai yang bertugas bulan itu dengan NIP ini. Periksa NIP, atau masukkan pegawainya dulu."
            )
            reading.refused.append(_refused(number, rating.nip, "nip", rating.nip, message))
            continue
        _compare(reading, rating, known[rating.nip], months, stands)
    reading.refused.sort(key=lambda note: note.row_number or 0)
    return reading


def _refused(number: int, subject: str, column: str, value: str, message: str) -> JobRow:
    return JobRow(row_number=number, subject=subject, column=HEADINGS[column][0], value=value, message=message)


def _compare(
    reading: Reading,
    rating: Rating,
    employee_id: int,
    months: Sequence[date],
    stands: Mapping[tuple[int, date], MonthlyRating],
) -> None:
    values = (rating.predikat, rating.skp_percent, rating.behaviour_sum)
    added = changed = 0
    for month in months:
        known = stands.get((employee_id, month))
        if known is None:
            known = MonthlyRating(employee_id=employee_id, month=month)
            reading.added.append(known)
            added += 1
        elif (known.predikat, known.skp_percent, known.behaviour_sum) == values:
            continue
        else:
            reading.changed.append(known)
            changed += 1
        known.predikat, known.skp_percent, known.behaviour_sum = values
    if changed:
        reading.changed_rows += 1
    elif added:
        reading.new_rows += 1
    else:
        reading.unchanged += 1


def write(reading: Reading, period: RatingPeriod, actor: Actor) -> None:
    """Store what was read and the audit. Call it inside a transaction. Raises KeptElsewhere."""
    require_kept(period, SkpSetting.Source.BKN)
    spans = [(rating.employee_id, rating.month, rating.month) for rating in (*reading.added, *reading.changed)]
    closing.note_late(spans, LATE)
    for rating in (*reading.added, *reading.changed):
        rating.source = SOURCE
        rating.recorded_at = clock.now()
    MonthlyRating.objects.bulk_create(reading.added, batch_size=2000)
    MonthlyRating.objects.bulk_update(
        reading.changed, ["predikat", "skp_percent", "behaviour_sum", "source", "recorded_at"], batch_size=500
    )
    if reading.added or reading.changed:
        record(
            IMPORTED,
            actor=actor,
            after={"period": str(period), "added": len(reading.added), "changed": len(reading.changed)},
        )


def _words(reason: str) -> str:
    return {
        "nip_number": _(
            "Sel NIP berisi angka sehingga digit terakhirnya hilang. Ubah format kolom menjadi Teks, "
            "lalu ketik ulang NIP."
        ),
        "nip_form": _("NIP harus 18 angka."),
        "predikat": _("Predikat tidak dikenal. Pakai Sangat Baik, Baik, Butuh Perbaikan, Kurang, atau Sangat Kurang."),
        "expectation": _("Isi dengan Di atas ekspektasi, Sesuai ekspektasi, atau Di bawah ekspektasi."),
        "matrix": _("Predikat tidak sesuai dengan hasil kerja dan perilaku kerjanya menurut PermenPANRB 6/2022."),
        "other_period": _("Baris ini untuk periode lain. Pilih periode yang sama dengan isinya."),
        "number": _("Isi dengan angka, misalnya 96,5."),
        "two_figures": str(TWO_FIGURES),
        "skp_range": _("Capaian SKP adalah persen, mulai dari 0."),
        "behaviour_range": _("Jumlah tujuh nilai perilaku adalah bilangan bulat 0 sampai 700."),
        "nothing": _("Baris ini tidak berisi nilai apa pun. Isi predikat, capaian SKP, atau jumlah perilaku."),
    }[reason]
