"""Forms of leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.web.forms import DateField
from tenants.attendance.forms import DaysForm, NipsField
from tenants.employees.models import Employee
from tenants.leave.checking import LeaveAsk
from tenants.leave.models import STOPS, LeaveKind


class LeaveForm(DaysForm):
    """A leave that somebody asks for. `kinds` are code and words, `colleagues` who may stand in."""

    # How long it may be says its kind.
    longest = None
    field_order = ["kind", "first", "last", "reason", "address", "phone", "substitute", "travel_days", "file"]

    kind = forms.ChoiceField(label=gettext_lazy("Jenis cuti"), widget=forms.RadioSelect)
    last = DateField(label=gettext_lazy("Tanggal selesai"), help_text=gettext_lazy("Hari terakhir cuti."))
    reason = forms.CharField(label=gettext_lazy("Alasan"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
    address = forms.CharField(label=gettext_lazy("Alamat selama cuti"), max_length=300, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telepon selama cuti"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    substitute = forms.ChoiceField(
        label=gettext_lazy("Pengganti"),
        required=False,
        help_text=gettext_lazy("Rekan di unit yang sama yang menerima tugas Anda."),
    )
    travel_days = forms.IntegerField(
        label=gettext_lazy("Hari perjalanan di akhir cuti"),
        min_value=0,
        max_value=60,
        required=False,
        help_text=gettext_lazy("Hari kalender untuk tempat yang sulit dijangkau; tidak mengurangi saldo."),
    )
    file = forms.FileField(
        label=gettext_lazy("Surat keterangan"),
        required=False,
        help_text=gettext_lazy("PDF, JPG atau PNG, sampai 5 MB. Wajib untuk sakit, melahirkan dan alasan penting."),
    )

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[tuple[str, str]],
        colleagues: Sequence[Employee],
        takes_way: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(colleague.uid): colleague for colleague in colleagues}
        kind, substitute = self.fields["kind"], self.fields["substitute"]
        if isinstance(kind, forms.ChoiceField) and isinstance(substitute, forms.ChoiceField):
            kind.choices = list(kinds)
            substitute.choices = [("", "–"), *((uid, one.name) for uid, one in self.colleagues.items())]
        if not takes_way:
            del self.fields["travel_days"]

    def ask(self) -> LeaveAsk:
        """The leave as the action takes it; call it on a valid form."""
        values = self.cleaned_data
        return LeaveAsk(
            kind=values["kind"],
            first=values["first"],
            last=values["last"],
            reason=values["reason"],
            address=values["address"],
            phone=values["phone"],
            substitute=self.colleagues.get(values["substitute"]),
            travel_days=values.get("travel_days") or 0,
            letter_number=values.get("letter_number", ""),
            has_letter=values["file"] is not None,
        )


class RecordLeaveForm(LeaveForm):
    """A leave that was decided on paper, for one or many people."""

    nips = NipsField()
    letter_number = forms.CharField(label=gettext_lazy("Nomor surat cuti"), max_length=100)
    field_order = ["nips", "kind", "first", "last", "letter_number", "reason", "travel_days", "file"]

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, kinds=kinds, colleagues=(), takes_way=True, **kwargs)
        self.fields["reason"].required = False
        for name in ("address", "phone", "substitute"):
            del self.fields[name]

    @override
    def ask(self) -> LeaveAsk:
        self.cleaned_data |= {"address": "", "phone": "", "substitute": ""}
        return super().ask()


class OpeningForm(forms.Form):
    """Opening balances as a sheet."""

    year = forms.IntegerField(label=gettext_lazy("Tahun N"), min_value=2015, max_value=2999)
    file = forms.FileField(
        label=gettext_lazy("Lembar XLSX"),
        help_text=gettext_lazy("Kolom NIP, Sisa N-2, Sisa N-1, Sisa N. Satu baris salah, tidak ada yang ditulis."),
    )


class StartForm(forms.Form):
    """From which year on the ledger is kept."""

    year = forms.IntegerField(
        label=gettext_lazy("Tahun pertama"),
        min_value=2015,
        max_value=2999,
        help_text=gettext_lazy("Sejak 1 Januari tahun itu cuti tahunan memotong saldo."),
    )


class CorrectionForm(forms.Form):
    """Days more or fewer in a year of one person."""

    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2015, max_value=2999)
    days = forms.IntegerField(
        label=gettext_lazy("Hari kerja"),
        min_value=-24,
        max_value=24,
        help_text=gettext_lazy("Misalnya 2 untuk menambah, -2 untuk mengurangi."),
    )
    reason = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)

    def clean_days(self) -> int:
        days = int(self.cleaned_data["days"])
        if days == 0:
            raise forms.ValidationError(_("Isi jumlah yang bukan nol."))
        return days


class KindForm(forms.Form):
    """What a kind of leave gives from a day on."""

    valid_from = DateField(label=gettext_lazy("Berlaku sejak"))
    name = forms.CharField(label=gettext_lazy("Nama"), max_length=100)
    document_kind = forms.ChoiceField(
        label=gettext_lazy("Kode surat menurut aturan TPP"),
        help_text=gettext_lazy("Menentukan apakah hari cuti ini memotong TPP."),
    )
    counts = forms.ChoiceField(label=gettext_lazy("Dihitung dalam"), choices=LeaveKind.Counts.choices)
    yearly_days = forms.IntegerField(label=gettext_lazy("Hak setahun (hari)"), min_value=0, max_value=60)
    carry_most = forms.IntegerField(label=gettext_lazy("Sisa yang dibawa, paling banyak"), min_value=0, max_value=60)
    carry_most_unused = forms.IntegerField(
        label=gettext_lazy("Bila dua tahun tidak diambil, paling banyak"), min_value=0, max_value=60
    )
    travel_most = forms.IntegerField(
        label=gettext_lazy("Tambahan hari perjalanan, paling banyak"),
        min_value=0,
        max_value=60,
        help_text=gettext_lazy("Untuk tempat yang sulit dijangkau; 0 bila daerah tidak memberinya."),
    )
    most_days = forms.IntegerField(label=gettext_lazy("Paling lama (hari)"), min_value=1, max_value=400, required=False)
    most_months = forms.IntegerField(
        label=gettext_lazy("Paling lama (bulan)"), min_value=1, max_value=60, required=False
    )
    extension_months = forms.IntegerField(label=gettext_lazy("Perpanjangan (bulan)"), min_value=0, max_value=60)
    most_times = forms.IntegerField(
        label=gettext_lazy("Paling banyak (kali)"), min_value=1, max_value=50, required=False
    )
    min_service_months = forms.IntegerField(
        label=gettext_lazy("Masa kerja paling sedikit (bulan)"), min_value=0, max_value=480
    )
    letter_from_days = forms.IntegerField(
        label=gettext_lazy("Wajib surat mulai (hari)"), min_value=1, max_value=60, required=False
    )
    plain_most_days = forms.IntegerField(
        label=gettext_lazy("Cukup surat biasa sampai (hari)"),
        min_value=1,
        max_value=400,
        required=False,
        help_text=gettext_lazy("Lebih lama dari itu pegawai mengajukan cutinya. Kosong: tanpa batas."),
    )
    stops_service = forms.ChoiceField(
        label=gettext_lazy("Menghentikan TPP sebagai"),
        choices=[("", gettext_lazy("Tidak menghentikan")), *STOPS],
        required=False,
        help_text=gettext_lazy("Tercatat sendiri saat cuti disetujui dan dicabut bersama cutinya."),
    )
    instead_of_yearly = forms.BooleanField(
        label=gettext_lazy("Menggantikan cuti tahunan pada tahun itu"), required=False
    )
    is_offered = forms.BooleanField(label=gettext_lazy("Dapat diajukan"), required=False)
    source = forms.CharField(label=gettext_lazy("Dasar"), max_length=300)
    is_confirmed = forms.BooleanField(label=gettext_lazy("Sudah dicocokkan dengan naskah peraturan"), required=False)

    def __init__(self, *args: Any, kind: LeaveKind, codes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["document_kind"]
        if isinstance(choice, forms.ChoiceField):
            known = codes if kind.document_kind in codes else {kind.document_kind: kind.document_kind, **codes}
            choice.choices = [(code, f"{code}: {words}" if code != words else code) for code, words in known.items()]
        self.fields["valid_from"].initial = kind.valid_from
        for name in self.fields:
            if name != "valid_from":
                self.fields[name].initial = getattr(kind, name)
        if kind.yearly_days is None:
            for name in ("yearly_days", "carry_most", "carry_most_unused"):
                del self.fields[name]
        else:
            for name in ("plain_most_days", "stops_service"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What the row says; call it on a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "valid_from"}
