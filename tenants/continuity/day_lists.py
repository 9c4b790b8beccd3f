"""The lists of a day as PDF: a row for each person on duty, with a code to scan when the list comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

import typst
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from kernel.clock import zone
from kernel.date_words import day_words, weekday_words
from kernel.papers.qr import qr_svg
from kernel.tenancy.context import current_region
from tenants.continuity.expected import Expected
from tenants.continuity.keys import row_code


@lru_cache(maxsize=1)
def template() -> bytes:
    """The list's template."""
    return (files("tenants.continuity") / "day_list.typ").read_bytes()


def day_list(*, office: str, day: date | None, rows: Sequence[Expected], made_at: datetime, password: str) -> bytes:
    """The encrypted PDF (AES-256) of a day, or of a day that is written in by hand when None.

    The password opens it; there is no second one, so whoever can read it can print it.
    """
    region = current_region()
    local = made_at.astimezone(zone(region.time_zone))
    content = {
        "title": _("Daftar hadir cadangan"),
        "office": office,
        "region": region.name,
        "day": weekday_words(day) if day is not None else _("Hari, tanggal: ______________________________"),
        "help": _(
            "Dipakai bila sistem tidak dapat diakses. Tulis jam masuk dan pulang, atau kode surat di kolom Keterangan, "
            "lalu paraf. Setelah sistem pulih, pindahkan ke lembar isian absen dan masukkan dengan surat pengantar."
        ),
        "heads": [
            _("No."),
            _("Kode"),
            _("Nama dan NIP"),
            _("Jam kerja"),
            _("Masuk"),
            _("Pulang"),
            _("Keterangan"),
            _("Paraf"),
        ],
        "rows": [
            {
                "qr": qr_svg(row_code(row.nip, day)),
                "name": row.name,
                "nip": row.nip,
                "unit": row.unit if row.unit != office else "",
                "shift": shift_words(row, region.time_zone),
            }
            for row in rows
        ],
        "signer": _("Yang memeriksa daftar ini,"),
        "footer": _("Dibuat %(date)s pukul %(time)s %(zone)s. Rahasia: memuat data pegawai.")
        % {"date": day_words(local.date()), "time": f"{local:%H.%M}", "zone": region.zone_label},
    }
    plain = typst.compile(
        template(),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=made_at.replace(microsecond=0),
        sys_inputs={"list": json.dumps(content, ensure_ascii=False)},
        pdf_tags=False,
    )
    return _encrypted(plain, password)


def shift_words(row: Expected, zone_name: str) -> str:
    """The hours of the day as people write them: `07.30–16.00`."""
    local = zone(zone_name)
    return ", ".join(f"{begin.astimezone(local):%H.%M}–{end.astimezone(local):%H.%M}" for begin, end in row.shifts)


def _encrypted(plain: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(plain)))
    writer.encrypt(password, algorithm="AES-256")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()
