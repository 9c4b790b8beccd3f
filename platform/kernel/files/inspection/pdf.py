"""PDF: opened whole by qpdf, every object looked at for what would run, fetch or carry another file.

`/OpenAction` and `/AA` alone are no reason: 31 % of benign documents have the first (security note 3.1).
Source: ISO 32000-1, 12.6.4 (action types), 7.11.4 (embedded files).
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, Final

import pikepdf
import pypdfium2

from kernel.files.inspection.findings import Finding, quarantine, reject, review
from kernel.files.inspection.limits import MAX_AFTER_PDF_END, MAX_PAGES, MAX_TEXT

STRUCTURE: Final = "structure"
STEP: Final = "pdf"
_LINK_RUNS: Final = re.compile(rb"\A\s*(?:javascript|vbscript|data|file|ms-[\w-]+|search-ms|shell)\s*:", re.IGNORECASE)
_DEEPEST: Final = 40
_ACTIONS: Final = {
    "/JavaScript": ("script", reject),
    "/Launch": ("launch", quarantine),
    "/GoToE": ("embedded_file", reject),
    "/RichMediaExecute": ("media", reject),
}
_LOOKED_AT: Final = frozenset({"/GoToR", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound"})


def check_pdf(content: bytes) -> list[Finding]:
    """Everything about a PDF. Raises Stop for what is not taken."""
    _check_end(content)
    try:
        with pikepdf.open(BytesIO(content)) as document:
            if document.is_encrypted:
                raise reject(STEP, "locked")
            if not len(document.pages):
                raise reject(STRUCTURE, "damaged", "no page")
            return _check_objects(document)
    except pikepdf.PasswordError as error:
        raise reject(STEP, "locked") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, OSError) as error:
        raise reject(STRUCTURE, "damaged", type(error).__name__) from error


def _check_end(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0:
        return
    after = content[end + 5 :].strip(b"\0 \t\r\n\x1a")
    if len(after) > MAX_AFTER_PDF_END:
        raise reject("polyglot", "data_after_end", len(after))


def _check_objects(document: pikepdf.Pdf) -> list[Finding]:
    findings: dict[str, Finding] = {}
    for thing in document.objects:
        _look(thing, findings, 0)
    _look(document.trailer, findings, 0)
    return list(findings.values())


def _look(thing: Any, findings: dict[str, Finding], depth: int) -> None:
    """One object with the direct ones inside of it; indirect ones come by themselves."""
    if depth > _DEEPEST:
        raise reject(STRUCTURE, "damaged", "nested objects")
    if isinstance(thing, pikepdf.Array):
        for item in thing.as_list():
            if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect:
                _look(item, findings, depth + 1)
        return
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key, value in thing.items():
        if key == "/JS" or key == "/JavaScript":
            raise reject(STEP, "script")
        if key == "/EF" or (key == "/Type" and value == "/EmbeddedFile"):
            raise reject(STEP, "embedded_file")
        if key == "/RichMedia" or (key == "/Subtype" and value == "/RichMedia"):
            raise reject(STEP, "media")
        if key == "/XFA":
            findings.setdefault("form", review(STEP, "form"))
        if key in ("/S", "/Type") and isinstance(value, pikepdf.Name):
            _check_action(str(value), findings)
        if key == "/URI" and isinstance(value, pikepdf.String) and _LINK_RUNS.match(bytes(value)):
            raise reject(STEP, "link_runs", bytes(value)[:60].decode("latin-1"))
        if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect:
            _look(value, findings, depth + 1)


def _check_action(name: str, findings: dict[str, Finding]) -> None:
    if name in _ACTIONS:
        code, refuse = _ACTIONS[name]
        raise refuse(STEP, code)
    if name in _LOOKED_AT:
        findings.setdefault(name, review(STEP, "action", name))


def words_of(content: bytes) -> tuple[str, str]:
    """The text of the pages, and what the document says of itself with the addresses it links to."""
    document = pypdfium2.PdfDocument(content)
    text: list[str] = []
    room = MAX_TEXT
    try:
        titles = [value for value in document.get_metadata_dict().values() if value]
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            words = page.get_textpage().get_text_bounded()[:room]
            text.append(words)
            room -= len(words)
            if room <= 0:
                break
    finally:
        document.close()
    return "\n".join(text), "\n".join([*titles, *_addresses(content)])[:MAX_TEXT]


def _addresses(content: bytes) -> list[str]:
    found: list[str] = []
    with pikepdf.open(BytesIO(content)) as document:
        for page in list(document.pages)[:MAX_PAGES]:
            for note in page.get("/Annots", []):
                action = note.get("/A") if isinstance(note, pikepdf.Dictionary) else None
                if isinstance(action, pikepdf.Dictionary) and isinstance(action.get("/URI"), pikepdf.String):
                    found.append(str(action["/URI"]))
    return found
