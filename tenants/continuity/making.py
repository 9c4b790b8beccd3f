"""Making kits: each night for each OPD, and at once when somebody asks."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.date_words import day_words
from kernel.files.actions import discard, store_made
from kernel.periods import Month
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from tenants.attendance.prints import days_between
from tenants.continuity.day_lists import day_list
from tenants.continuity.errors import NobodyInOpd
from tenants.continuity.expected import Expected, expected_days
from tenants.continuity.filling import encrypted, sheet_to_fill
from tenants.continuity.keys import password_of
from tenants.continuity.models import ContinuityKit, KitKey
from tenants.organisation.models import Unit
from tenants.rules.loading import rules_on

PURPOSE: Final = "continuity_kit"
MADE = declare_action("continuity.kit_made", "Paket cadangan dibuat")
# Lists are printed for so many days ahead, and one without a date for all that come after.
LISTED_DAYS: Final = 7
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Content:
    """An archive's bytes, with how many people and days it lists."""

    archive: bytes
    people: int
    days: int


def key_version(opd: Unit) -> int:
    """The version of the OPD's password that is in use."""
    return KitKey.objects.filter(opd=opd).values_list("version", flat=True).first() or 1


def kit_content(opd: Unit, on: date, version: int) -> Content:
    """The archive for the day: lists of the days ahead, sheets of this month and the next. Raises NobodyInOpd."""
    password = password_of(opd.uid, version)
    month = Month.of(on)
    days = days_between(month.first_day, max(month.next.end, on + timedelta(days=LISTED_DAYS)))
    expected = expected_days(opd, days)
    listed = [day for day in days_between(on, on + timedelta(days=LISTED_DAYS)) if expected[day]]
    everybody = _everybody(expected)
    if not everybody:
        raise NobodyInOpd
    made_at = clock.now()
    zone = current_region().time_zone
    target = BytesIO()
    # Encrypted bytes do not shrink.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("BACA-SAYA.txt", _instructions(opd, on))
        for day in listed:
            archive.writestr(
                f"daftar-hadir-{day}.pdf",
                day_list(office=opd.name, day=day, rows=expected[day], made_at=made_at, password=password),
            )
        archive.writestr(
            "daftar-hadir-tanpa-tanggal.pdf",
            day_list(office=opd.name, day=None, rows=everybody, made_at=made_at, password=password),
        )
        for each in (month, month.next):
            rows = [row for day in each.days() for row in expected[day]]
            sheet = sheet_to_fill(rows, rules=rules_on(each.first_day), zone_name=zone)
            archive.writestr(f"isian-absen-{each}.xlsx", encrypted(sheet, password))
    return Content(target.getvalue(), len(everybody), len(listed))


def _everybody(expected: dict[date, list[Expected]]) -> list[Expected]:
    """Who is on duty on any of the days, once, without hours."""
    found = {
        row.employee_id: Expected(row.employee_id, row.nip, row.name, row.unit, day, ())
        for day, rows in expected.items()
        for row in rows
    }
    return sorted(found.values(), key=lambda row: (row.unit, row.name, row.nip))


def make_kit(*, opd: Unit, actor: Actor, on: date | None = None) -> ContinuityKit:
    """Make the OPD's kit for the day (today when None) and put it in the place of an earlier one of that day.

    Raises NobodyInOpd.
    """
    day = here.today() if on is None else on
    version = key_version(opd)
    content = kit_content(opd, day, version)
    with transaction.atomic():
        former = ContinuityKit.objects.select_for_update(of=("self",)).filter(opd=opd, made_for=day).first()
        stored = store_made(
            content=ContentFile(content.archive, name=f"paket-cadangan-{opd.code}-{day}.zip"),
            purpose=PURPOSE,
            owner=None,
            kind="application/zip",
        )
        if former is not None:
            _remove(former)
        kit = ContinuityKit.objects.create(
            opd=opd, made_for=day, file=stored, people=content.people, days=content.days, key_version=version
        )
        record(MADE, actor=actor, subject=kit, after={"opd": opd.code, "for": day, "sha256": stored.sha256})
    return kit


def forget_old_kits() -> int:
    """Throw away the kits that are older than a week; gives how many. A kit can be made again at any time."""
    old = ContinuityKit.objects.filter(made_for__lt=here.today() - KEPT).select_related("file")
    with transaction.atomic():
        for kit in old:
            _remove(kit)
    return len(old)


def _remove(kit: ContinuityKit) -> None:
    file = kit.file
    kit.delete()
    discard(file)


def _instructions(opd: Unit, on: date) -> str:
    return _(
        "PAKET CADANGAN ABSEN\n"
        "%(opd)s, %(region)s\n"
        "Dibuat untuk %(day)s\n\n"
        "Semua berkas meminta kata sandi paket OPD ini (halaman Paket cadangan; catat dan simpan di tempat aman).\n\n"
        "1. Sistem tidak dapat dibuka: cetak daftar-hadir untuk hari itu. Bila tanggalnya tidak ada, pakai\n"
        "   daftar-hadir-tanpa-tanggal.\n"
        "2. Pegawai menulis jam masuk dan pulang lalu paraf. Absen di aplikasi HP tetap tersimpan di HP dan\n"
        "   terkirim sendiri setelah sistem pulih; daftar ini untuk yang tidak dapat memakainya.\n"
        "3. Pindahkan daftar ke isian-absen bulan itu: jam di kolom Masuk dan Pulang, H bila hadir sesuai jam\n"
        "   kerja, kode surat bila tidak masuk. Baris yang kosong dilewati.\n"
        "4. Setelah sistem pulih: halaman Paket cadangan, Masukkan isian absen, dengan surat pengantar. Yang salah\n"
        "   disebut baris per baris. BKPSDM menyetujui, lalu kehadiran dan TPP dihitung darinya.\n"
    ) % {"opd": opd.name, "region": current_region().name, "day": day_words(on)}
