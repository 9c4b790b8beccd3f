"""The form of a measure, drawn from the catalogue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from control.containment.catalogue import Kind, Words
from control.containment.errors import MeasureRefused
from control.containment.targets import Targets, listed
from control.regions.errors import ReasonMissing
from kernel import clock
from kernel.accounts.credentials import credentials
from kernel.accounts.offices import Office
from kernel.errors import DomainError
from kernel.ids import new_uid

HOURS: Final[tuple[tuple[int, Words], ...]] = (
    (1, _("1 jam")),
    (4, _("4 jam")),
    (24, _("24 jam")),
    (72, _("3 hari")),
    (168, _("7 hari")),
    (336, _("14 hari")),
)
_AT_ONCE: Final = 0
_UNTIL_LIFTED: Final = 0
_MINUTES: Final[tuple[tuple[int, Words], ...]] = (
    (_AT_ONCE, _("Semua sekaligus")),
    (15, _("Satu OPD setiap 15 menit")),
    (30, _("Satu OPD setiap 30 menit")),
    (60, _("Satu OPD setiap jam")),
)
_AREA: Final = {"rows": 3, "autocapitalize": "none", "spellcheck": "false"}


class MeasureForm(forms.Form):
    """Reason and end of every measure, and what its kind asks for besides. `key` makes a second sending harmless."""

    reason = forms.CharField(
        label=_("Alasan"),
        max_length=200,
        help_text=_("Dibaca pegawai wilayah, dan tercatat di jejak audit kedua sisi."),
    )
    hours = forms.TypedChoiceField(label=_("Berlaku selama"), coerce=int)
    opd = forms.ChoiceField(label=_("OPD"), required=False)
    logins = forms.CharField(
        label=_("NIP atau uid akun"),
        required=False,
        widget=forms.Textarea(attrs=_AREA),
        help_text=_("Satu per baris."),
    )
    networks = forms.CharField(
        label=_("Jaringan"),
        widget=forms.Textarea(attrs=_AREA),
        help_text=_("CIDR, satu per baris. Contoh: 203.0.113.0/24 atau 2001:db8:12::/48"),
    )
    credentials = forms.MultipleChoiceField(label=_("Kredensial"), widget=forms.CheckboxSelectMultiple, choices=())
    minutes_apart = forms.TypedChoiceField(label=_("Tahapan"), coerce=int, choices=_MINUTES, initial=_AT_ONCE)
    digests = forms.CharField(
        label=_("Sidik berkas (SHA-256)"),
        required=False,
        widget=forms.Textarea(attrs=_AREA),
        help_text=_("Satu per baris."),
    )
    incident = forms.UUIDField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_uid)

    @override
    def __init__(self, *args: Any, kind: Kind, offices: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in ("opd", "logins", "networks", "credentials", "minutes_apart", "digests"):
            if name not in kind.asks:
                del self.fields[name]
        ends = [(hours, words) for hours, words in HOURS if kind.longest is None or hours <= kind.longest]
        if kind.longest is None:
            ends.append((_UNTIL_LIFTED, _("Sampai dicabut")))
        hours = self.fields["hours"]
        hours.choices = ends  # type: ignore[attr-defined]
        hours.initial = kind.hours or _UNTIL_LIFTED
        if not kind.lifts:
            # It has happened once it is done; there is nothing that could end.
            hours.widget = forms.HiddenInput()
        if "opd" in kind.asks:
            self.fields["opd"].choices = [("", _("Semua OPD")), *((str(one.uid), one.name) for one in offices)]  # type: ignore[attr-defined]
        if "credentials" in kind.asks:
            self.fields["credentials"].choices = [(one.code, one.label) for one in credentials()]  # type: ignore[attr-defined]
        if "opd" in kind.asks:
            self.fields["logins"].help_text = _("Kosong: semua orang di jangkauan di atas. Satu per baris.")
        elif "digests" in kind.asks:
            self.fields["logins"].help_text = _("Semua berkas yang diunggah orang ini. Satu per baris.")
        elif "logins" in kind.asks:
            self.fields["logins"].required = True
        self.fields["reason"].error_messages["required"] = ReasonMissing().message()
        if "credentials" in kind.asks:
            self.fields["credentials"].error_messages["required"] = MeasureRefused("credentials").message()

    def targets(self) -> Targets:
        """Whom or what it concerns, as it was written."""
        said = self.cleaned_data
        return Targets(
            opd=said.get("opd", ""),
            logins=listed(said.get("logins", "")),
            networks=listed(said.get("networks", "")),
            credentials=tuple(said.get("credentials", ())),
            minutes_apart=said.get("minutes_apart") or _AT_ONCE,
            digests=listed(said.get("digests", "")),
        )

    def until(self) -> datetime | None:
        """Its end."""
        hours: int = self.cleaned_data["hours"]
        return None if hours == _UNTIL_LIFTED else clock.now() + timedelta(hours=hours)

    @property
    def said_key(self) -> UUID:
        """Of this form, however often it is sent."""
        key: UUID = self.cleaned_data["key"]
        return key

    def refuse(self, error: DomainError) -> None:
        """Say it beside the field that it is about."""
        field = error.field if isinstance(error, MeasureRefused) and error.field in self.fields else None
        self.add_error(field, error.message())
