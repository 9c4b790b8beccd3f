"""Why operations refuse."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class RolloutRunning(DomainError):
    """Another process is changing schemas."""

    code = "rollout_running"

    @override
    def message(self) -> str:
        return _("Perubahan skema sedang dijalankan proses lain. Tunggu sampai selesai, lalu ulangi.")
