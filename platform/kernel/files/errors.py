"""Why a file is not taken, or not handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError
from kernel.files import words
from kernel.files.inspection.kinds import DOCUMENTS, Kind
from kernel.files.models import StoredFile


class FileRefused(DomainError):
    """`reason` is empty, too_large, off, too_many, known_bad or the code of the finding that decided."""

    status = 422
    code = "file_refused"

    def __init__(
        self,
        reason: str,
        max_bytes: int = 0,
        *,
        finding: Mapping[str, str] | None = None,
        allowed: frozenset[Kind] = DOCUMENTS,
        said: str = "",
    ) -> None:
        self.reason = reason
        self.max_bytes = max_bytes
        self.finding = finding or {"code": reason, "verdict": "reject"}
        self.allowed = allowed
        self.said = said
        super().__init__(reason)

    @classmethod
    def like(cls, refused: FileRefused) -> Self:
        """The same refusal, told apart by the class."""
        return cls(
            refused.reason, refused.max_bytes, finding=refused.finding, allowed=refused.allowed, said=refused.said
        )

    @override
    def message(self) -> str:
        if self.reason == "too_large":
            return _("Berkas lebih besar dari %(size)s MB. Perkecil lalu kirim lagi.") % {
                "size": self.max_bytes // (1024 * 1024)
            }
        if self.reason == "off":
            return _("Unggahan sedang ditutup di wilayah ini: %(reason)s") % {"reason": self.said}
        return words.why_refused(self.finding, self.allowed)


class FileWithheld(DomainError):
    """The file is there, but it is not handed out: it waits, somebody looks at it, or it was refused."""

    status = 409
    code = "file_withheld"

    def __init__(self, stored: StoredFile) -> None:
        self.stored = stored
        super().__init__(stored.scan)

    @override
    def message(self) -> str:
        return words.state_words(self.stored)


class NotUnderReview(DomainError):
    """Somebody else has decided about the file, or it is dangerous and can only be refused."""

    code = "not_under_review"

    @override
    def message(self) -> str:
        return _("Berkas ini tidak lagi menunggu keputusan itu. Muat ulang daftarnya.")
