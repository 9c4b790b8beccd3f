"""What can be in the way of changing a detection."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ChangedMeanwhile(DomainError):
    """Somebody else changed it since the page was opened."""

    code = "detection_changed_meanwhile"
    words = _("“%(title)s” diubah orang lain sejak halaman ini dibuka. Muat ulang, lalu ulangi perubahan Anda.")

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(title)


class NoFormerVersion(DomainError):
    """There is nothing to go back to."""

    code = "detection_without_former_version"
    words = _("“%(title)s” masih versi pertamanya.")

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(title)
