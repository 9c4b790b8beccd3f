"""Field types that say no where the framework guesses."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from typing_extensions import override

from kernel.periods import Month


class InstantField(serializers.DateTimeField):
    """RFC 3339 with an offset. A time without one is refused: it could mean three zones here."""

    default_error_messages = {"naive": _("Waktu harus menyebut selisih zona, misalnya 2026-11-23T07:25:00+08:00.")}

    @override
    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str):
            try:
                parsed = parse_datetime(value)
            except ValueError:
                parsed = None
            if parsed is not None and parsed.tzinfo is None:
                self.fail("naive")
        return super().to_internal_value(value)


class MonthField(serializers.CharField):
    """A month as `2026-10`."""

    default_error_messages = {"month": _("Tulis bulan sebagai tahun-bulan, misalnya 2026-10.")}

    @override
    def to_internal_value(self, data: Any) -> Any:
        try:
            return Month.parse(super().to_internal_value(data))
        except ValueError:
            self.fail("month")

    @override
    def to_representation(self, value: Any) -> str:
        return str(value)
