"""Forms of attendance, and reading a punch that a page sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.ids import new_uid
from kernel.sheets.plain import read_rows
from kernel.sheets.words import SheetRefused
from kernel.web.forms import DateField, MonthField
from tenants.attendance.actions import DocumentIn
from tenants.attendance.machine_log import plain_pin
from tenants.attendance.models import AttendanceDocument
from tenants.attendance.punching import PunchIn
from tenants.attendance.two_columns import pairs_of_text

LONGEST = timedelta(days=366)


def punch_from_post(post: Mapping[str, str], device: str) -> PunchIn:
    """The punch that the page sent. Only the kind must be right; an unreadable place or time is just not there.

    Raises ValueError for a kind that is neither in nor out.
    """
    kind = post.get("kind", "")
    if kind not in ("in", "out"):
        raise ValueError(kind)
    accuracy = _decimal(post.get("accuracy", ""))
    return PunchIn(
        uid=_uid(post.get("uid", "")),
        kind=kind,
        captured_at=_instant(post.get("captured_at", "")),
        sent_at=_instant(post.get("sent_at", "")),
        latitude=_decimal(post.get("latitude", "")),
        longitude=_decimal(post.get("longitude", "")),
        accuracy_m=None if accuracy is None else int(min(accuracy, Decimal(1_000_000))),
        place_error=post.get("place_error", "")[:40],
        device=device[:80],
    )


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # Without a readable id the punch is still a punch; only its repetition cannot be recognised.
        return new_uid()


def _instant(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text[:24]) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


class DocumentForm(forms.Form):
    """A document that an employee hands in. `kinds` maps code to label."""

    kind = forms.ChoiceField(label=gettext_lazy("Jenis surat"))
    covers = forms.ChoiceField(
        label=gettext_lazy("Mencakup"),
        choices=[
            (AttendanceDocument.Covers.DAY, gettext_lazy("Sehari penuh")),
            (AttendanceDocument.Covers.IN, gettext_lazy("Absen masuk saja")),
            (AttendanceDocument.Covers.OUT, gettext_lazy("Absen pulang saja")),
        ],
        initial=AttendanceDocument.Covers.DAY,
    )
    first = DateField(label=gettext_lazy("Tanggal mulai"))
    last = DateField(label=gettext_lazy("Tanggal selesai"), help_text=gettext_lazy("Hari terakhir yang dicakup."))
    letter_number = forms.CharField(label=gettext_lazy("Nomor surat"), max_length=100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Keterangan"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False
    )
    file = forms.FileField(
        label=gettext_lazy("Berkas surat"), required=False, help_text=gettext_lazy("PDF, JPG atau PNG, sampai 5 MB.")
    )

    def __init__(self, *args: Any, kinds: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = dict(kinds)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(self.kinds.items())

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", _("Tanggal selesai mendahului tanggal mulai."))
            elif last - first > LONGEST:
                self.add_error("last", _("Satu surat mencakup paling lama satu tahun."))
            elif values.get("covers") != AttendanceDocument.Covers.DAY and first != last:
                self.add_error("covers", _("Surat untuk satu absen berlaku satu hari saja."))
        return values

    def draft(self) -> DocumentIn:
        """The document as the action takes it; call it on a valid form."""
        values = self.cleaned_data
        return DocumentIn(
            kind=values["kind"],
            label=self.kinds[values["kind"]],
            first=values["first"],
            last=values["last"],
            covers=values["covers"],
            letter_number=values["letter_number"],
            reason=values["reason"],
        )


class RecordForm(DocumentForm):
    """A letter for many people at once."""

    nips = forms.CharField(
        label=gettext_lazy("NIP pegawai"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("Satu NIP per baris; boleh disalin dari lembar kerja."),
    )
    field_order = ["nips", "kind", "covers", "first", "last", "letter_number", "reason", "file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letter_number"].required = True

    def clean_nips(self) -> list[str]:
        """The NIPs in the order given, each once."""
        words = str(self.cleaned_data["nips"]).replace(",", "\n").replace(";", "\n").splitlines()
        nips = ["".join(character for character in word if character.isdigit()) for word in words if word.strip()]
        wrong = [
            word.strip() for word, nip in zip([w for w in words if w.strip()], nips, strict=True) if len(nip) != 18
        ]
        if wrong:
            raise forms.ValidationError(
                _("NIP terdiri atas 18 angka. Periksa: %(wrong)s.") % {"wrong": ", ".join(wrong[:10])}
            )
        return list(dict.fromkeys(nips))


class MachineLogForm(forms.Form):
    """A machine's log file."""

    device = forms.CharField(
        label=gettext_lazy("Nama mesin"),
        max_length=80,
        help_text=gettext_lazy("Nomor seri atau tempatnya; selalu sama untuk mesin yang sama."),
    )
    file = forms.FileField(
        label=gettext_lazy("Berkas log"), help_text=gettext_lazy("Berkas .dat dari USB mesin, sampai 20 MB.")
    )

    def clean_device(self) -> str:
        return " ".join(str(self.cleaned_data["device"]).split())


class PinsForm(forms.Form):
    """Whom a machine means by its PINs, pasted or as a sheet."""

    device = forms.CharField(label=gettext_lazy("Nama mesin"), max_length=80)
    pasted = forms.CharField(
        label=gettext_lazy("PIN dan NIP"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        required=False,
        help_text=gettext_lazy("Satu pasang per baris: PIN lalu NIP. Boleh disalin dari lembar kerja."),
    )
    sheet = forms.FileField(
        label=gettext_lazy("Atau berkas XLSX/CSV"),
        required=False,
        help_text=gettext_lazy("Dengan judul kolom PIN dan NIP."),
    )

    def clean_device(self) -> str:
        return " ".join(str(self.cleaned_data["device"]).split())

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        pairs = pairs_of_text(str(values.get("pasted", "")))
        sheet = values.get("sheet")
        if sheet is not None:
            pairs += self._of_sheet(sheet)
        if not pairs and not self.errors:
            self.add_error("pasted", _("Isi paling sedikit satu pasang PIN dan NIP."))
        pins: dict[str, str] = {}
        for row, pin, nip in pairs:
            key, digits = plain_pin(pin), "".join(character for character in nip if character.isdigit())
            if not pin.isalnum() or len(pin) > 20 or len(digits) != 18:
                self.add_error(
                    "pasted",
                    _("Baris %(row)s: isi PIN, lalu NIP 18 angka. Tertulis: %(text)s.")
                    % {"row": row, "text": f"{pin} {nip}".strip()[:60]},
                )
            elif pins.setdefault(key, digits) != digits:
                self.add_error("pasted", _("Baris %(row)s: PIN %(pin)s dipakai dua NIP.") % {"row": row, "pin": pin})
        values["pins"] = pins
        return values

    def _of_sheet(self, sheet: UploadedFile[bytes]) -> list[tuple[int, str, str]]:
        """Pairs of an XLSX with the headings PIN and NIP, or of a CSV."""
        if str(sheet.name).lower().endswith(".csv"):
            return pairs_of_text(sheet.read().decode("utf-8-sig", errors="replace"))
        try:
            rows = read_rows(sheet, headings={"pin": ["PIN", "No. PIN", "ID mesin"], "nip": ["NIP"]})
        except SheetRefused as error:
            self.add_error("sheet", error.message())
            return []
        rounded = [row.number for row in rows if row.rounded]
        if rounded:
            self.add_error(
                "sheet",
                _("NIP di baris %(rows)s kehilangan angka terakhirnya. Ubah kolom NIP menjadi teks, lalu isi ulang.")
                % {"rows": ", ".join(str(number) for number in rounded[:10])},
            )
        return [(row.number, row.cells.get("pin", ""), row.cells.get("nip", "")) for row in rows if not row.rounded]


class ComputeForm(forms.Form):
    """Which month, and of whom."""

    month = MonthField(label=gettext_lazy("Bulan"))
    opd = forms.ChoiceField(label=gettext_lazy("OPD"), required=False)

    def __init__(self, *args: Any, opds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Semua OPD")), *opds]
