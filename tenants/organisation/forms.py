"""Forms of the organisation pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.web.forms import DatedCorrection, DateField
from tenants.organisation.models import Position, PositionTerms, Unit


class UnitForm(forms.Form):
    """A unit; the category only for those who may classify."""

    name = forms.CharField(label=_("Nama unit"), max_length=200)
    category = forms.CharField(
        label=_("Kategori"),
        max_length=40,
        help_text=_(
            "Seperti disebut peraturan TPP, misalnya umum atau pegunungan. Perubahan berlaku segera, juga untuk bulan "
            "yang belum dihitung."
        ),
    )
    is_active = forms.BooleanField(label=_("Unit masih dipakai"), required=False)

    def __init__(self, *args: Any, may_classify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_classify:
            del self.fields["category"]

    @classmethod
    def initial_of(cls, unit: Unit) -> dict[str, Any]:
        return {"name": unit.name, "category": unit.category, "is_active": unit.is_active}


class PositionForm(forms.Form):
    """A position; kind, superior and office only for those who may classify."""

    title = forms.CharField(label=_("Nama jabatan"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Jenis jabatan"),
        choices=Position.Kind.choices,
        help_text=_("Perubahan berlaku segera, juga untuk hari yang sudah lewat."),
    )
    superior_code = forms.CharField(
        label=_("Kode jabatan atasan"),
        max_length=40,
        required=False,
        help_text=_(
            "Kode jabatan atasan langsung. Kosong hanya untuk pucuk pimpinan. Perubahan berlaku segera, juga untuk "
            "bulan yang belum dihitung."
        ),
    )
    office = forms.ChoiceField(
        label=_("Pejabat"),
        choices=[("", _("(bukan)")), *Position.Office.choices],
        required=False,
        help_text=_("Hanya bila rantai persetujuan menyebut jabatan ini. Kepala OPD: satu di tiap OPD."),
    )
    is_active = forms.BooleanField(label=_("Jabatan masih dipakai"), required=False)

    CLASSIFYING = ("kind", "superior_code", "office")

    def __init__(self, *args: Any, may_classify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_classify:
            for name in self.CLASSIFYING:
                del self.fields[name]

    @classmethod
    def initial_of(cls, position: Position) -> dict[str, Any]:
        return {
            "title": position.title,
            "kind": position.kind,
            "superior_code": "" if position.superior is None else position.superior.code,
            "office": position.office,
            "is_active": position.is_active,
        }

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "superior_code" in self.fields and "superior_code" in values:
            code = values.pop("superior_code")
            values["superior"] = Position.objects.active().filter(code=code).first() if code else None
            if code and values["superior"] is None:
                self.add_error("superior_code", _("Tidak ada jabatan aktif dengan kode ini."))
        return values


class TermsForm(forms.Form):
    """Class and category from a day on."""

    kelas = forms.IntegerField(label=_("Kelas jabatan"), min_value=1, max_value=17)
    category = forms.CharField(
        label=_("Kategori"), max_length=40, help_text=_("Seperti disebut peraturan TPP, misalnya umum.")
    )
    first = DateField(
        label=_("Berlaku mulai"), help_text=_("Bulan dibayar menurut kelas pada tanggal acuan peraturan TPP.")
    )
    letter_number = forms.CharField(label=_("Nomor SK"), max_length=100, required=False)


class TermsCorrectionForm(DatedCorrection, TermsForm):
    """A wrong record put right; the first one of a position may begin on no day."""

    @classmethod
    def initial_of(cls, terms: PositionTerms) -> dict[str, Any]:
        return {
            "kelas": terms.kelas,
            "category": terms.category,
            "first": terms.period.lower,
            "letter_number": terms.letter_number,
        }
