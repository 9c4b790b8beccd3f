"""Why operations refuse."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class RolloutRunning(DomainError):
    """Another process is changing schemas."""

    code = "rollout_running"
    words = _("Perubahan skema sedang dijalankan proses lain. Tunggu sampai selesai, lalu ulangi.")
