"""What columns are called, for the reviewer and for somebody whose text was refused."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_REASON, _NOTE, _NAME, _NUMBER = _("Alasan"), _("Catatan"), _("Nama"), _("Nomor surat")

COLUMN_WORDS: Final[dict[str, str | Promise]] = {
    **dict.fromkeys(
        [
            *("reason", "cancel_reason", "end_reason", "removal_reason", "undo_reason", "failure"),
            *("undone_why", "withdrawn_why", "withdrawn_because", "reopened_because"),
        ],
        _REASON,
    ),
    **dict.fromkeys(["note", "decision_note", "remedy_note", "what", "feedback", "text"], _NOTE),
    **dict.fromkeys(["name", "display_name", "label", "holder", "bank_name"], _NAME),
    **dict.fromkeys(["letter_number", "disposition_number", "document_number", "number"], _NUMBER),
    **dict.fromkeys(["source", "basis", "reference", "regulation", "compared_with"], _("Dasar atau sumber")),
    **dict.fromkeys(["title", "subject", "about"], _("Judul atau perihal")),
    **dict.fromkeys(["description", "statement", "evidence", "conclusion", "part"], _("Uraian")),
    **dict.fromkeys(["place", "address"], _("Tempat atau alamat")),
    **dict.fromkeys(["government", "office", "rank"], _("Instansi atau pangkat")),
    **dict.fromkeys(["unit", "output_unit", "target"], _("Satuan atau sasaran")),
}


def words_for(column: str) -> str:
    """What a column is called; its own name where nobody has said."""
    return str(COLUMN_WORDS.get(column, column))
