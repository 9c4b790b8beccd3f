"""Why a document cannot be handed in or decided."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class NoChain(DomainError):
    """No chain of this kind of document is in force on the day."""

    code = "no_chain"

    def __init__(self, document_kind: str, day: date) -> None:
        self.document_kind = document_kind
        self.day = day
        super().__init__(document_kind)

    @override
    def message(self) -> str:
        return _("Rantai persetujuan untuk tanggal %(day)s belum ada. Hubungi BKPSDM.") % {
            "day": date_format(self.day, "j F Y")
        }


class AlreadyWaiting(DomainError):
    """The document is already on its way."""

    code = "already_waiting"

    @override
    def message(self) -> str:
        return _("Sudah diajukan dan sedang menunggu keputusan.")


class ReasonRequired(DomainError):
    """A document is returned or refused only with a reason."""

    status = 422
    code = "reason_required"

    @override
    def message(self) -> str:
        return _("Tulis alasannya, supaya pegawai tahu apa yang perlu diperbaiki.")


class OwnDocument(DomainError):
    """Nobody decides on what is their own."""

    status = 403
    code = "own_document"

    @override
    def message(self) -> str:
        return _("Dokumen sendiri tidak dapat Anda putuskan. Atasan Anda yang memutuskan.")


class NotRecallable(DomainError):
    """Only the latest approval, by the one who gave it, can be taken back, and only where the document allows it."""

    code = "not_recallable"

    @override
    def message(self) -> str:
        return _("Persetujuan ini tidak dapat ditarik kembali.")


class DocumentsOutOfStep(Exception):
    """A document is not in the state that its request says. A mistake of ours: nothing is written."""


class ChainRefused(DomainError):
    """A chain version that would change the past, or that has no step."""

    status = 422
    code = "chain_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    @override
    def message(self) -> str:
        if self.reason == "past":
            return _("Rantai baru berlaku paling cepat hari ini. Yang sudah diajukan tetap mengikuti rantai lama.")
        if self.reason == "taken":
            return _("Sudah ada rantai yang berlaku mulai tanggal itu. Pilih tanggal lain.")
        return _("Isi sekurang-kurangnya satu tingkat.")
