"""Forms of attendance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.web.forms import DateField, MonthField
from tenants.attendance.actions import DocumentIn
from tenants.attendance.models import AttendanceDocument

LONGEST = timedelta(days=366)


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


def read_nips(text: str) -> list[str]:
    """The NIPs of a text, one in each line, in the order given, each once. Raises ValidationError."""
    words = text.replace(",", "\n").replace(";", "\n").splitlines()
    nips = ["".join(character for character in word if character.isdigit()) for word in words if word.strip()]
    wrong = [word.strip() for word, nip in zip([w for w in words if w.strip()], nips, strict=True) if len(nip) != 18]
    if wrong:
        raise forms.ValidationError(
            _("NIP terdiri atas 18 angka. Periksa: %(wrong)s.") % {"wrong": ", ".join(wrong[:10])}
        )
    return list(dict.fromkeys(nips))


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
        return read_nips(str(self.cleaned_data["nips"]))


class ComputeForm(forms.Form):
    """Which month, and of whom."""

    month = MonthField(label=gettext_lazy("Bulan"))
    opd = forms.ChoiceField(label=gettext_lazy("OPD"), required=False)

    def __init__(self, *args: Any, opds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opd"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Semua OPD")), *opds]
