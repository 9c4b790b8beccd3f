"""What the desk refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class NoWay(DomainError):
    """The state cannot follow the present one."""

    code = "no_way"
    words = _("Dari keadaan “%(present)s” insiden tidak dapat menjadi “%(wanted)s”. Muat ulang halaman ini.")

    def __init__(self, present: str, wanted: str) -> None:
        self.present = present
        self.wanted = wanted
        super().__init__(f"{present} {wanted}")


class ReasonMissing(DomainError):
    """A step back, or one that ends a duty, is explained."""

    status = 422
    code = "reason_missing"
    words = _("Tuliskan alasannya; ia dibaca orang lain pada linimasa.")


class NotReadyToClose(ReasonRefused):
    """What is still open before an incident may be closed."""

    code = "not_ready_to_close"
    reasons = {
        "lessons": _("Selesaikan dahulu tugas pelajaran dari insiden."),
        "notices": _("Masih ada pemberitahuan yang belum dikirim. Catat bukti kirimnya, atau nyatakan tidak perlu."),
        "owner": _("Tetapkan dahulu penanggung jawab insiden."),
    }


class OpenOneExists(DomainError):
    """Another open incident has the same region and key: the two are merged, not opened side by side."""

    code = "open_one_exists"
    words = _("Insiden %(number)s tentang hal yang sama masih terbuka. Gabungkan ke insiden itu.")

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(number)


class IsClosed(DomainError):
    """Nothing is changed on a closed incident."""

    code = "incident_closed"
    words = _("Insiden ini sudah ditutup. Buka lagi sebelum mengubahnya.")


class CannotMerge(ReasonRefused):
    """Why two incidents do not become one."""

    status = 422
    code = "cannot_merge"
    reasons = {
        "same": _("Insiden tidak dapat digabungkan dengan dirinya sendiri."),
        "merged": _("Insiden itu sudah digabungkan ke insiden lain."),
        "unknown": _("Nomor insiden tidak ditemukan. Contoh: INS-2026-0001."),
    }


class SettledAlready(DomainError):
    """A notice that was sent, or declared unnecessary, before."""

    code = "settled_already"
    words = _("Pemberitahuan ini sudah diselesaikan. Muat ulang halaman ini.")


class ProofMissing(DomainError):
    """Sending is proven by a file or a receipt number."""

    status = 422
    code = "proof_missing"
    words = _("Lampirkan bukti kirim, atau tuliskan nomor tanda terimanya.")


class SealBroken(DomainError):
    """Stored bytes of a piece of evidence have another digest than was registered."""

    code = "seal_broken"
    words = _("Isi bukti “%(name)s” tidak lagi sama dengan sidik yang tercatat. Berkas ini tidak diberikan.")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)
