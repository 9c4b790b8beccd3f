"""Forms of the machines' pages."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.clock import ZONE_LABELS
from kernel.files.actions import MAX_BYTES
from kernel.files.errors import FileRefused
from kernel.sheets.plain import read_rows
from kernel.sheets.words import SheetRefused
from kernel.tenancy.context import current_region
from kernel.web.forms import DateField, FirstToLast
from tenants.machines.machine_log import plain_pin
from tenants.machines.models import MachineCommand
from tenants.machines.two_columns import pairs_of_text
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet

# A clock that stands a year ahead was set to the wrong year.
MOST_AHEAD_MINUTES: Final = 400 * 24 * 60


class MachineForm(forms.Form):
    """What a machine is called, where it stands, and the zone of its clock."""

    name = forms.CharField(
        label=gettext_lazy("Nama mesin"), max_length=80, help_text=gettext_lazy("Misalnya Lobi Dinas Pendidikan.")
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), help_text=gettext_lazy("Pegawai unit ini dan di bawahnya memakai mesin ini.")
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Zona waktu jam mesin"), required=False)

    def __init__(self, *args: Any, units: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        chosen = {
            "unit": [("", _("Pilih unit"))]
            + [(str(unit.uid), f"{unit.code} {unit.name}") for unit in units.order_by("code")],
            "time_zone": [("", _("Sama dengan daerah (%(zone)s)") % {"zone": current_region().zone_label})]
            + [(name, label) for name, label in ZONE_LABELS.items() if name != "Asia/Pontianak"],
        }
        for name, choices in chosen.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_unit(self) -> Unit:
        return self.units.get(uid=UUID(self.cleaned_data["unit"]))


class NewMachineForm(MachineForm):
    """A machine that has not spoken yet."""

    serial = forms.CharField(
        label=gettext_lazy("Nomor seri"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("Tertulis di label belakang mesin, dan di menu Info sistem."),
    )
    field_order = ["serial", "name", "unit", "time_zone"]

    def clean_serial(self) -> str:
        return str(self.cleaned_data["serial"]).strip().upper()


class CommandForm(forms.Form):
    """Something that a machine is to do; the buttons of its page send it."""

    kind = forms.ChoiceField(choices=MachineCommand.Kind.choices)


class AgainForm(FirstToLast):
    """The days whose log is sent again; without days everything."""

    first = DateField(label=gettext_lazy("Dari tanggal"), required=False)
    last = DateField(
        label=gettext_lazy("Sampai tanggal"), required=False, help_text=gettext_lazy("Kosongkan keduanya: semua log.")
    )

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if (values.get("first") is None) != (values.get("last") is None) and not self.errors:
            self.add_error("last", _("Isi kedua tanggal, atau kosongkan keduanya."))
        return values


class AheadForm(forms.Form):
    """By how much a machine's clock was ahead."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Jam mesin lebih cepat (menit)"),
        min_value=1,
        max_value=MOST_AHEAD_MINUTES,
        help_text=gettext_lazy("Bandingkan jam di layar mesin dengan jam yang benar."),
    )


class DropForm(forms.Form):
    """Why lines whose time was ahead are not counted."""

    reason = forms.CharField(label=gettext_lazy("Alasan tidak dihitung"), max_length=300)


class RetireForm(forms.Form):
    """Why a machine is not used any more."""

    reason = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)


class MachineLogForm(forms.Form):
    """A machine's log file."""

    device = forms.CharField(
        label=gettext_lazy("Nama mesin"),
        max_length=80,
        help_text=gettext_lazy("Nomor seri atau tempatnya; selalu sama untuk mesin yang sama."),
    )
    file = forms.FileField(
        label=gettext_lazy("Berkas log"),
        help_text=gettext_lazy("Berkas .dat dari USB, atau XLSX/CSV dengan judul PIN dan Waktu; sampai 20 MB."),
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
        """Pairs of an XLSX with the headings PIN and NIP, or of a CSV. It is not kept, so its size is asked here."""
        if (sheet.size or 0) > MAX_BYTES:
            self.add_error("sheet", FileRefused("too_large", MAX_BYTES).message())
            return []
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
