"""A try-out as XLSX: the sums, every person-month, and who could not be computed. Rows are streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel import clock
from kernel.date_words import month_words
from kernel.tenancy.context import current_region
from kernel.watching import note_rows
from kernel.web.templatetags.kd import waktu
from tenants.tryout.models import TryOut, TryOutPerson
from tenants.tryout.summing import Summary, Sums

Row = Sequence[Any]


@override("id")
def workbook(tryout: TryOut, summary: Summary) -> BytesIO:
    """The workbook in Bahasa Indonesia. The memory does not grow with the region."""
    target = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        pen = _Pen(book)
        _summary_sheet(pen, tryout, summary)
        pen.sheet(
            _("Per OPD"),
            (_("OPD"), _("Pegawai"), _("Lama"), _("Baru"), _("Selisih")),
            ((row.name, row.people, *_three(row.sums)) for row in summary.opds),
            widths=(40, 10, 18, 18, 18),
        )
        pen.sheet(
            _("Per kelas"),
            (_("Kelas"), _("Pegawai"), _("Rata-rata lama"), _("Rata-rata baru"), _("Selisih")),
            ((row.kelas, row.people, *_three(row.sums)) for row in summary.classes),
            widths=(10, 10, 18, 18, 18),
        )
        pen.sheet(
            _("Per ketentuan"),
            (_("Ketentuan"), _("Lama"), _("Baru"), _("Selisih")),
            ((row.label, *_three(row.sums)) for row in summary.nodes),
            widths=(50, 18, 18, 18),
        )
        people = (
            TryOutPerson.objects.filter(month__tryout=tryout)
            .select_related("month", "employee", "opd")
            .order_by("month__month", "opd__code", "employee__name", "id")
        )
        pen.sheet(
            _("Pegawai"),
            (
                _("Bulan"),
                _("NIP"),
                _("Nama"),
                _("OPD"),
                _("Kelas"),
                _("Keadaan"),
                _("Bruto lama"),
                _("Bruto baru"),
                _("Bersih lama"),
                _("Bersih baru"),
                _("Selisih"),
                _("Alasan tidak dapat dihitung"),
            ),
            _counted(_person(row) for row in people.iterator(chunk_size=1000)),
            widths=(16, 21, 30, 30, 7, 18, 16, 16, 16, 16, 16, 50),
        )
    target.seek(0)
    return target


def _counted(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        note_rows(1)
        yield row


def _person(row: TryOutPerson) -> Row:
    return (
        month_words(row.month.month),
        row.employee.nip,
        row.employee.name,
        row.opd.name,
        row.kelas,
        row.get_status_display(),
        row.old_gross,
        row.new_gross,
        row.old_net,
        row.new_net,
        None if row.new_net is None else row.difference,
        row.reason or None,
    )


def _summary_sheet(pen: _Pen, tryout: TryOut, summary: Summary) -> None:
    rows: list[Row] = [
        (_("Daerah"), current_region().name),
        (_("Naskah"), tryout.title),
        (_("Dibuat"), waktu(clock.now())),
        (_("Sidik naskah"), tryout.digest),
        (_("Bersih lama"), summary.sums.old),
        (_("Bersih baru"), summary.sums.new),
        (_("Selisih"), summary.sums.difference),
        (_("Pegawai naik"), summary.heads.gain),
        (_("Pegawai turun"), summary.heads.loss),
        (_("Pegawai tetap"), summary.heads.same),
        (_("Pegawai baru terhitung"), summary.heads.new),
        (_("Baris tidak dapat dihitung"), summary.error_rows),
        (_("Bersih lama baris itu, tidak masuk jumlah"), summary.error_net),
        (_("Pegawai tanpa fakta beku"), summary.without_facts),
        *((_("Catatan"), words) for words in summary.unseen),
        (),
        (_("Bulan"), _("Lama"), _("Baru"), _("Selisih"), _("Naik"), _("Turun"), _("Tetap"), _("Tidak terhitung")),
        *(
            (
                month_words(month.month),
                *_three(month.sums),
                month.heads.gain,
                month.heads.loss,
                month.heads.same,
                month.heads.error,
            )
            for month in summary.months
        ),
        (),
        (_("Alasan tidak dapat dihitung"), _("Baris")),
        *((reason.words, reason.count) for reason in summary.reasons),
    ]
    title = _("Uji coba aturan TPP: bukan dasar pembayaran")
    pen.sheet(_("Ringkasan"), (title,), rows, widths=(46, 20, 18, 18, 10, 10, 10, 16))


def _three(sums: Sums) -> tuple[Decimal, Decimal, Decimal]:
    return sums.old, sums.new, sums.difference


class _Pen:
    """Writes sheets of one book, each cell by its kind."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        self.money = book.add_format({"num_format": "#,##0"})

    def sheet(self, name: str, titles: Row, rows: Any, *, widths: Sequence[int]) -> None:
        sheet = self.book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title, self.head)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                self._write(sheet, line, place, value)

    def _write(self, sheet: Any, line: int, place: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, Decimal):
            # A cell holds a double: whole rupiah are exact in it up to 15 digits.
            sheet.write_number(line, place, value, self.money)
        elif isinstance(value, int):
            sheet.write_number(line, place, value)
        else:
            sheet.write_string(line, place, str(value))
