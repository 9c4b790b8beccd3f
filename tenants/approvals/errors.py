"""Why a document cannot be handed in or decided."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError, ReasonRefused


class NoChain(DomainError):
    """No chain of this kind of document is in force on the day."""

    code = "no_chain"
    words = _("Rantai persetujuan untuk tanggal %(day)s belum ada. Hubungi BKPSDM.")

    def __init__(self, document_kind: str, day: date) -> None:
        self.document_kind = document_kind
        self.day = day
        super().__init__(document_kind)


class AlreadyWaiting(DomainError):
    """The document is already on its way."""

    code = "already_waiting"
    words = _("Sudah diajukan dan sedang menunggu keputusan.")


class AlreadyApproved(DomainError):
    """The document of the region was approved as it is now; there is nothing to hand in."""

    code = "already_approved"
    words = _("Dokumen ini sudah disetujui dan belum berubah sejak itu.")


class ReasonRequired(DomainError):
    """A document is returned or refused only with a reason."""

    status = 422
    code = "reason_required"
    words = _("Tulis alasannya, supaya pegawai tahu apa yang perlu diperbaiki.")


class OwnDocument(DomainError):
    """Nobody decides on what is their own."""

    status = 403
    code = "own_document"
    words = _("Dokumen sendiri tidak dapat Anda putuskan. Atasan Anda yang memutuskan.")


class AlreadyDecided(DomainError):
    """Somebody else was first, or the owner took it back. `told` says who did what and when, one sentence each."""

    code = "already_decided"

    def __init__(self, told: tuple[str, ...]) -> None:
        self.told = told
        super().__init__("; ".join(told))

    @override
    def message(self) -> str:
        return gettext("Keputusan Anda tidak disimpan. %(told)s") % {"told": " ".join(self.told)}


class ChangedSinceSeen(DomainError):
    """The document is another than the one that the approver looked at."""

    status = 412
    code = "changed_since_seen"
    words = _("Dokumen ini sudah diubah sesudah Anda membukanya. Keputusan Anda tidak disimpan; lihat isinya lagi.")


class NoLongerYours(DomainError):
    """The approver has left the post by which they decided: the document now waits for somebody else."""

    status = 403
    code = "no_longer_yours"
    words = _("Anda tidak lagi memutuskan dokumen ini. Dokumen sudah diteruskan kepada pejabat yang sekarang.")


class NotRecallable(DomainError):
    """Only the latest approval, by the one who gave it, can be taken back, and only where the document allows it."""

    code = "not_recallable"
    words = _("Persetujuan ini tidak dapat ditarik kembali.")


class DocumentsOutOfStep(Exception):
    """A document is not in the state that its request says. A mistake of ours: nothing is written."""


class ChainRefused(ReasonRefused):
    """A chain version that would change the past, or whose steps do not fit its kind. `level` is the step it is
    about."""

    status = 422
    code = "chain_refused"
    reasons = {
        "past": _("Rantai baru berlaku paling cepat hari ini. Yang sudah diajukan tetap mengikuti rantai lama."),
        "taken": _("Sudah ada rantai yang berlaku mulai tanggal itu. Pilih tanggal lain."),
        "conditions_only": _(
            "Sekurang-kurangnya satu tingkat harus tanpa syarat, supaya setiap dokumen diputuskan orang."
        ),
        "no_measure": _("Dokumen jenis ini tidak memiliki ukuran untuk dibandingkan. Kosongkan batasnya."),
        "never_counts": _("Dokumen daerah tidak pernah berlaku tanpa keputusan. Pilih yang lain."),
        "nothing_to_end": _("Tidak ada rantai yang dapat diakhiri pada tanggal itu."),
        "needed": _("Dokumen jenis ini selalu memerlukan rantai. Buat versi baru sebagai gantinya."),
        "not_by_position": _("Dokumen daerah tidak dibedakan menurut jenis jabatan."),
        "empty": _("Isi sekurang-kurangnya satu tingkat."),
    }

    def __init__(self, reason: str, level: int | None = None) -> None:
        self.level = level
        super().__init__(reason)


class DelegationRefused(ReasonRefused):
    """Why an authority cannot be delegated so."""

    status = 422
    code = "delegation_refused"
    reasons = {
        "self": _("Pilih orang lain. Wewenang tidak didelegasikan kepada diri sendiri."),
        "account": _("%(name)s belum dapat memutuskan, karena akunnya belum aktif. Pilih orang lain."),
        "reversed": _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai."),
        "past": _("Delegasi berlaku paling cepat hari ini."),
        "long": _("Delegasi paling lama satu tahun. Perpanjang nanti bila masih perlu."),
        "kind": _("Jenis dokumen itu tidak dikenal."),
        "twice": _("Sudah ada delegasi kepada %(name)s pada tanggal itu. Tarik dahulu yang lama."),
    }

    def __init__(self, reason: str, name: str = "") -> None:
        self.name = name
        super().__init__(reason)


class UndoTooLate(DomainError):
    """An approval is undone in one go only within minutes; later it is recalled with a reason."""

    code = "undo_too_late"
    words = _("Sudah lewat 10 menit. Buka dokumennya di Riwayat, lalu tarik kembali dengan alasan.")


class CorrectionWaits(DomainError):
    """One correction of the superior at a time."""

    code = "correction_waits"
    words = _("Pembetulan atasan Anda masih menunggu keputusan. Tarik dahulu bila ingin mengganti usulannya.")


class AlreadySuperior(DomainError):
    """Who was named stands there already."""

    status = 422
    code = "already_superior"
    words = _("%(name)s sudah tercatat sebagai atasan Anda.")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)
