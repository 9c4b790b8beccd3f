"""Forms of the console."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from control.onboarding.actions import FirstAdmin, NewRegion
from control.regions.models import Region


class NewRegionForm(forms.Form):
    """A government that joins, and its first administrator."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=Region.Kind.choices)
    name = forms.CharField(label=_("Nama resmi"), max_length=100, help_text=_("Contoh: Kota Manado"))
    short_name = forms.CharField(label=_("Nama pendek"), max_length=40, help_text=_("Contoh: Manado"))
    code = forms.RegexField(
        r"\A[a-z][a-z0-9]{2,29}\Z",
        label=_("Kode alamat"),
        help_text=_("Menjadi alamat situsnya. Huruf kecil dan angka, diawali huruf; tidak dapat diganti kemudian."),
        error_messages={"invalid": _("Pakai 3 sampai 30 huruf kecil atau angka, diawali huruf. Contoh: manado.")},
    )
    kemendagri_code = forms.RegexField(
        r"\A[0-9]{4}\Z",
        label=_("Kode wilayah Kemendagri"),
        required=False,
        help_text=_("Empat angka tanpa titik. Contoh: 7171"),
        error_messages={"invalid": _("Kode kabupaten/kota terdiri atas empat angka, tanpa titik.")},
    )
    time_zone = forms.ChoiceField(label=_("Zona waktu"), choices=Region.Zone.choices)
    admin_name = forms.CharField(label=_("Nama admin pertama (BKPSDM)"), max_length=200)
    admin_nip = forms.RegexField(
        r"\A[0-9]{18}\Z",
        label=_("NIP admin pertama"),
        error_messages={"invalid": _("NIP terdiri atas 18 angka.")},
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Region.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Kode ini sudah dipakai wilayah lain. Pilih kode lain."))
        return code

    def new_region(self) -> NewRegion:
        """The validated application."""
        names = ("code", "kind", "name", "short_name", "time_zone", "kemendagri_code")
        return NewRegion(**{name: self.cleaned_data[name] for name in names})

    def first_admin(self) -> FirstAdmin:
        return FirstAdmin(login=self.cleaned_data["admin_nip"], name=self.cleaned_data["admin_name"])

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") and cleaned.get("name"):
            prefix = dict(Region.Kind.choices)[cleaned["kind"]]
            if not str(cleaned["name"]).startswith(str(prefix)):
                self.add_error("name", _("Nama resmi diawali “%(kind)s”.") % {"kind": prefix})
        return cleaned


class NameForm(forms.Form):
    """Another host name of a region."""

    name = forms.CharField(
        label=_("Alamat lain"),
        max_length=253,
        help_text=_(
            "Nama host yang DNS dan sertifikatnya sudah mengarah ke platform ini. Contoh: absen.manadokota.go.id"
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}),
    )
