"""What cannot be done with a sheet, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, MonthRefused


class NoRulesForSheet(MonthRefused):
    """No rule set is in force, so nobody knows which columns a sheet has."""

    status = 409
    code = "no_rules_for_sheet"
    words = _("Belum ada aturan yang berlaku untuk %(month)s, jadi lembarnya belum dapat disusun.")


class OwnSheet(DomainError):
    """Who brought the sheet in does not confirm it."""

    status = 403
    code = "own_sheet"
    words = _("Lembar ini Anda masukkan sendiri. Konfirmasinya harus oleh orang lain.")


class SheetDecided(DomainError):
    """The sheet does not wait any more."""

    status = 409
    code = "sheet_decided"
    words = _("Lembar ini sudah dikonfirmasi atau ditarik. Muat ulang halaman ini.")
