"""A form field for a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from tenants.employees.models import Employee


class NipField(forms.CharField):
    """A NIP, with or without blanks in it; the cleaned value is the active employee, or any with `also_left`."""

    default_error_messages = {"unknown": _("Tidak ada pegawai aktif dengan NIP ini.")}

    def __init__(self, *, also_left: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("NIP"))
        super().__init__(max_length=25, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)
        self.also_left = also_left

    @override
    def clean(self, value: Any) -> Employee:
        nip = "".join(super().clean(value).split())
        people = Employee.objects.all() if self.also_left else Employee.objects.active()
        # Of two people with one NIP the active one counts.
        found = people.filter(nip=nip).order_by("-is_active", "pk").first()
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found
