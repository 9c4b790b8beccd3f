"""Why a visit does not begin."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class VisitRefused(ReasonRefused):
    """The link cannot be used, or the visit is over."""

    status = 403
    code = "visit_refused"
    reasons = {
        "link": _("Tautan masuk ini sudah dipakai atau lewat satu menit. Buat tautan baru dari konsol operator."),
        "over": _("Kunjungan ini sudah berakhir. Buka kunjungan baru dari konsol operator bila masih perlu."),
    }
