"""Why an operator does not get into a region."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class EntryRefused(ReasonRefused):
    """No visit is opened."""

    status = 422
    code = "entry_refused"
    reasons = {
        "minutes": _("Pilih lama kunjungan antara 15 dan 60 menit."),
        "closed": _("Alamat wilayah ini sedang ditutup; tidak ada halaman yang dapat dilihat."),
        "runs": _("Anda masih punya kunjungan yang berjalan di wilayah ini. Akhiri dahulu."),
    }
