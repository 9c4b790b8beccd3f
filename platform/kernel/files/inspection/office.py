"""Word, Excel and PowerPoint files: the parts they must have, and those that would run or fetch something.

Sources: ECMA-376 parts 1 and 2; security note 3.2, step 5. In 578 benign files of that note: 49 with hyperlinks, 14
with links to other workbooks, 35 with embedded documents.
"""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Final

# The types alone: defusedxml parses.
from xml.etree.ElementTree import Element, ParseError  # nosec B405

import olefile
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kernel.files.inspection import markup
from kernel.files.inspection.archives import Archive, Budget
from kernel.files.inspection.findings import Finding, quarantine, reject, review
from kernel.files.inspection.kinds import Kind
from kernel.files.inspection.limits import MAX_TEXT
from kernel.files.inspection.names import EXECUTABLE
from kernel.files.inspection.rules import match_rules

STRUCTURE: Final = "structure"
STEP: Final = "office"

_MAIN: Final = {
    Kind.DOCX: "wordprocessingml.document.main+xml",
    Kind.XLSX: "spreadsheetml.sheet.main+xml",
    Kind.PPTX: "presentationml.presentation.main+xml",
}
_SHOW: Final = "presentationml.slideshow.main+xml"
_KNOWN_ENDINGS: Final = """
xml rels vml png jpg jpeg jpe gif bmp dib tif tiff emf wmf emz wmz wdp jxr svg webp ico bin docx xlsx pptx odttf
fntdata ttf otf mp3 mp4 m4a m4v wav wma wmv avi mov mpg mpeg aac glb sigs psdsxs dat json pict pcz ole xlsb
"""
_KNOWN_PARTS: Final = frozenset(_KNOWN_ENDINGS.split())
_RUNS: Final = {
    "vbaproject": "macro",
    "wordvbadata": "macro",
    "xlmacrosheet": "macro",
    "xlintlmacrosheet": "macro",
    "macrosheet": "macro",
    "dialogsheet": "macro",
    "activexcontrol": "active_x",
    "activexcontrolbinary": "active_x",
    "control": "active_x",
    "afchunk": "embedded_page",
    "keymapcustomizations": "macro",
    "attachedtoolbars": "macro",
}
# What an Office program fetches by itself when the document is opened.
_FETCHED: Final = frozenset({"attachedtemplate", "oleobject", "frame", "subdocument", "package", "externaloleobject"})
_LINK_SCHEMES: Final = re.compile(
    r"\A\s*(?:javascript|vbscript|data|ms-[\w-]+|search-ms|search|mhtml|ldap|shell|res|mk|its|hcp)\s*:", re.IGNORECASE
)
_ELSEWHERE: Final = re.compile(r"\A\s*(?:\\\\|//|file:/{0,3}(?:\\\\|//)|file://[^/])", re.IGNORECASE)
# A part of XML begins with a mark, and says a coding in which a mark is a mark.
_CODING: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+))?")
_CODINGS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})
_PROGRAM: Final = re.compile(
    r"\.(?:exe|scr|bat|cmd|com|hta|js|jse|vbs|vbe|ps1|lnk|msi|jar|wsf|pif)(?:[?#].*)?\s*\Z", re.IGNORECASE
)
_REMOTE: Final = re.compile(r"\A\s*(?:(?:https?|mailto|ftp):|www\.)", re.IGNORECASE)
_FIELD: Final = re.compile(rb"<(?:\w+:)?(?:instrText|delInstrText)\b[^>]*>([^<]*)<")
_FIELD_SIMPLE: Final = re.compile(rb"<(?:\w+:)?fldSimple\b[^>]*?\binstr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DDE: Final = re.compile(r"DDEAUTO|DDE\s+[\"\\\w]", re.IGNORECASE)
_DIGITS: Final = re.compile(r"QUOTE((?:\s+\d{2,3}){4,})", re.IGNORECASE)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?(?:f|formula1?|definedName)\b[^>]*>([^<]+)<")
_FORMULA_DDE: Final = re.compile(r"[\w.]+\s*\|\s*[^!<>]{1,300}!")
# A field that shows what lies elsewhere: fetched when the fields are brought up to date.
_FIELD_FETCHES: Final = re.compile(
    r"\b(?:INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK\s+[\w.]+|RD)\s+[\"“”']*((?:https?:|ftp:|file:|\\\\|//)[^\s\"“”']*)",
    re.IGNORECASE,
)
# Before the address may stand the place in it, what to say beside it, the window; each with a word of its own.
_FIELD_LINK: Final = re.compile(
    r"\bHYPERLINK\s+(?:\\[lot]\s+(?:\"[^\"]*\"|[^\s\"]+)\s+|\\\w\s+)*[\"“”']*([^\s\"“”']+)", re.IGNORECASE
)
_FORMULA_LINK: Final = re.compile(r'\bHYPERLINK\(\s*"([^"]*)"', re.IGNORECASE)
_FORMULA_FETCHES: Final = re.compile(r"(?<![\w])(?:WEBSERVICE|IMAGE|RTD)\s*\(", re.IGNORECASE)
_FORMULA_CALL: Final = re.compile(r"(?<![\w.])(?:CALL|EXEC|REGISTER(?:\.ID)?|FOPEN|FWRITE|SHELL)\s*\(", re.IGNORECASE)
_ACTION: Final = re.compile(rb"ppaction://(program|macro|ole)", re.IGNORECASE)
_DOCTYPE: Final = re.compile(
    rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)", re.IGNORECASE
)
_SVG_RUNS: Final = re.compile(rb"<(?:\w+:)?(?:script|foreignObject)\b|\son\w+\s*=|javascript:", re.IGNORECASE)
_WORDS: Final = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]+)<|</(?:\w+:)?(?:p|tr|row|si)>")
# What a formula came to, where that is text.
_RESULTS: Final = re.compile(rb't="str"[^>]*>(?:<f\b[^>]*>[^<]*</f>)?<v>([^<]+)<')
_TITLES: Final = re.compile(
    rb"<(?:\w+:)?(?:title|subject|creator|description|keywords|lastModifiedBy|category|Company|Manager|HyperlinkBase|lpwstr)\b[^>]*>([^<]+)<"
)


def check_office(content: bytes, kind: Kind, budget: Budget | None = None) -> list[Finding]:
    """Everything about an Office file, with the documents inside of it. Raises Stop for what is not taken."""
    budget = budget or Budget()
    archive = Archive(content, budget)
    _check_skeleton(archive, kind)
    findings: list[Finding] = []
    for name in archive.parts:
        if name.lower().endswith(".rels"):
            findings += _check_relations(_parsed(archive.read(name), name))
    # Packed files inside of this one share its budget.
    for name in archive.parts:
        findings += _check_part(name, archive.read(name), kind, budget)
    return findings


def _parsed(content: bytes, name: str) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise reject(STRUCTURE, "xml", f"{name}: {type(error).__name__}") from error
    return root


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _check_skeleton(archive: Archive, kind: Kind) -> None:
    """The list of parts, the way to the main one, and that it is of the claimed kind."""
    if "[Content_Types].xml" not in archive.parts or "_rels/.rels" not in archive.parts:
        raise reject(STRUCTURE, "office_parts", "[Content_Types].xml")
    types = _parsed(archive.read("[Content_Types].xml"), "[Content_Types].xml")
    overrides: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for row in types:
        said = row.get("ContentType", "")
        lowered = said.lower()
        if "macroenabled" in lowered or "vbaproject" in lowered or "vbadata" in lowered:
            raise quarantine(STEP, "macro", said)
        if "activex" in lowered:
            raise quarantine(STEP, "active_x", said)
        if "macrosheet" in lowered or "dialogsheet" in lowered:
            raise quarantine(STEP, "macro", said)
        if lowered in (
            "text/html",
            "application/xhtml+xml",
            "message/rfc822",
            "application/rtf",
            "application/x-msdownload",
        ):
            raise quarantine(STEP, "embedded_page", said)
        if _local(row.tag) == "Override":
            overrides[row.get("PartName", "").lstrip("/").lower()] = said
        else:
            defaults[row.get("Extension", "").lower()] = said
    main = ""
    for relation in _parsed(archive.read("_rels/.rels"), "_rels/.rels"):
        if relation.get("Type", "").rpartition("/")[2].lower() == "officedocument":
            main = relation.get("Target", "").lstrip("/")
    known = {name.lower(): name for name in archive.parts}
    if main.lower() not in known:
        raise reject(STRUCTURE, "office_parts", main or "officeDocument")
    said = overrides.get(main.lower(), defaults.get(main.rpartition(".")[2].lower(), ""))
    if not said.endswith((_MAIN[kind], _SHOW) if kind is Kind.PPTX else _MAIN[kind]):
        raise reject(STRUCTURE, "office_kind", said)
    _parsed(archive.read(known[main.lower()]), main)


def _check_relations(root: Element) -> list[Finding]:
    findings: list[Finding] = []
    for relation in root:
        kind = relation.get("Type", "").rpartition("/")[2].lower()
        target = relation.get("Target", "")
        if kind in _RUNS:
            raise quarantine(STEP, _RUNS[kind], target)
        if kind in ("webextension", "webextensiontaskpanes", "extensibility"):
            findings.append(review(STEP, "unknown_part", f"{kind} {target}"))
        if relation.get("TargetMode", "").lower() != "external":
            if kind != "hyperlink" and ".." in target.replace("\\", "/").split("/") and target.count("..") > 6:
                raise reject(STEP, "relation_path", target)
            continue
        if kind in _FETCHED:
            raise quarantine(STEP, "fetches", f"{kind} {target}")
        if kind == "hyperlink":
            findings += _check_link(target)
        elif _LINK_SCHEMES.match(target):
            raise quarantine(STEP, "link_runs", target)
        elif kind.startswith(("externallink", "xl")):
            findings.append(review(STEP, "external_link", f"{kind} {target}"))
        else:
            findings.append(_fetched(target, kind))
    return findings


def _check_link(target: str) -> list[Finding]:
    """Of what somebody has to click, wherever it is written: in a relation, a field or a formula."""
    if _LINK_SCHEMES.match(target) or (_PROGRAM.search(target) and not _REMOTE.match(target)):
        raise quarantine(STEP, "link_runs", target)
    return [review(STEP, "link_elsewhere", target)] if _ELSEWHERE.match(target) else []


def _fetched(target: str, what: str = "field") -> Finding:
    """Of what is shown from elsewhere. An address of a network share tells it who opens the file: raises Stop."""
    if _ELSEWHERE.match(target):
        raise reject(STEP, "fetches", f"{what} {target}")
    return review(STEP, "external_link", f"{what} {target}")


def _check_part(name: str, content: bytes, kind: Kind, budget: Budget) -> list[Finding]:
    lowered = name.lower()
    last = lowered.rpartition("/")[2]
    ending = last.rpartition(".")[2] if "." in last else ""
    if "vbaproject" in last or "vbadata" in last or "/macrosheets/" in lowered or "/dialogsheets/" in lowered:
        raise quarantine(STEP, "macro", name)
    if "/activex/" in lowered:
        raise quarantine(STEP, "active_x", name)
    if ending in EXECUTABLE - {"xml", "bin", "ini", "svg", "xlsb"}:
        raise quarantine(STEP, "embedded_program", name)
    if content.startswith((b"MZ", b"\x7fELF")) and ending not in ("emf", "wmf"):
        raise quarantine(STEP, "embedded_program", name)
    signatures = match_rules(content)
    if ending in ("xml", "rels", "vml") or content[:5] == b"<?xml":
        # A manual may show a command; as words of a page it runs nowhere.
        seen = [review("rules", "signature", f"{rule} {name}") for rule in signatures]
        return seen + _check_markup_part(name, content, kind)
    if signatures:
        raise quarantine("rules", "signature", f"{signatures[0]} {name}")
    findings: list[Finding] = []
    if content.startswith(b"PK\x03\x04"):
        return _check_packed(name, content, budget)
    if content.startswith(olefile.MAGIC):
        return _check_ole(name, content)
    if ending == "svg":
        if _SVG_RUNS.search(content) or _DOCTYPE.search(content):
            raise quarantine(STEP, "embedded_page", name)
        return findings
    if markup.has_tight_tag(content) or content.startswith((b"<!DOC", b"<html", b"{\\rtf", b"%PDF-")):
        raise quarantine(STEP, "embedded_page", name)
    if ending not in _KNOWN_PARTS:
        findings.append(review(STEP, "unknown_part", name))
    return findings


def _check_packed(name: str, content: bytes, inside: Budget) -> list[Finding]:
    inside.go_deeper()
    for kind in (Kind.XLSX, Kind.DOCX, Kind.PPTX):
        if name.lower().endswith(f".{kind}"):
            found = check_office(content, kind, inside)
            inside.depth -= 1
            return found
    raise reject("archive", "archive_nested", name)


def _check_ole(name: str, content: bytes) -> list[Finding]:
    """An object of the older kind: programs packed inside, macros, and what a person had better look at."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as file:
            streams = {"/".join(path).lower() for path in file.listdir(streams=True, storages=True)}
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise reject(STEP, "damaged", name) from error
    if any("ole10native" in stream for stream in streams):
        raise quarantine(STEP, "embedded_program", name)
    if any(
        "vba" in stream.split("/") or "_vba_project" in stream or "macros" in stream.split("/") for stream in streams
    ):
        raise quarantine(STEP, "macro", name)
    return [review(STEP, "embedded_object", name)]


def _check_markup_part(name: str, content: bytes, kind: Kind) -> list[Finding]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:200]:
        # The searches below read UTF-8; Office writes nothing else.
        raise reject(STRUCTURE, "xml", f"{name}: UTF-16")
    said = _CODING.match(content)
    if content.strip() and (said is None or (said[1] or b"utf-8").lower() not in _CODINGS):
        raise reject(STRUCTURE, "xml", f"{name}: coding")
    # Sheets have tens of megabytes of XML: what is not in there at all is not searched for by patterns.
    lowered = content.lower()
    if b"<!doctype" in lowered or b"<!entity" in lowered:
        raise quarantine(STRUCTURE, "xml", f"{name}: DTD")
    if _may_hold_tag(lowered) and markup.has_tight_tag(content):
        raise quarantine("tags", "server_tag", name)
    if b"<script" in lowered:
        raise quarantine(STEP, "embedded_page", name)
    action = _ACTION.search(content) if b"ppaction://" in lowered else None
    if action is not None:
        raise quarantine(STEP, "action", action[0].decode("latin-1"))
    findings: list[Finding] = []
    fields = ""
    if b"instrtext" in lowered:
        fields = html.unescape(b"".join(_FIELD.findall(content)).decode("utf-8", "replace"))
    simple = ""
    if b"fldsimple" in lowered:
        found = b"\n".join(b"".join(pair) for pair in _FIELD_SIMPLE.findall(content))
        simple = html.unescape(found.decode("utf-8", "replace"))
    for text in (fields, simple):
        if _DDE.search(text):
            raise quarantine(STEP, "dde", name)
        for digits in _DIGITS.findall(text):
            spelt = "".join(chr(int(number)) for number in digits.split())
            raise quarantine(STEP, "dde", spelt)
        # A field writes each backslash twice.
        text = text.replace("\\\\", "\\")
        for target in _FIELD_LINK.findall(text):
            findings += _check_link(target)
        for target in _FIELD_FETCHES.findall(text):
            findings.append(_fetched(target))
    if b"ddelink" in lowered:
        raise quarantine(STEP, "dde", name)
    if kind is Kind.XLSX and (b"|" in content or b"&#" in content or b"(" in content):
        for raw in _FORMULA.findall(content):
            written = html.unescape(raw.decode("utf-8", "replace"))
            for target in _FORMULA_LINK.findall(written):
                findings += _check_link(target)
            formula = re.sub(r'"[^"]*"', '""', written)
            if _FORMULA_DDE.search(formula):
                raise quarantine(STEP, "dde", formula)
            if _FORMULA_CALL.search(formula):
                raise quarantine(STEP, "macro", formula)
            if _FORMULA_FETCHES.search(formula):
                findings.append(review(STEP, "external_link", formula))
        if name.lower().endswith("/connections.xml"):
            findings.append(review(STEP, "external_link", name))
    return findings


def _may_hold_tag(lowered: bytes) -> bool:
    # One `<?` is the declaration of XML itself.
    return lowered.count(b"<?") > 1 or any(mark in lowered for mark in (b"<%", b"<jsp:", b"<script", b"<!--#", b"<cf"))


def words_of(content: bytes) -> tuple[str, str]:
    """The text of the document, and what it says of itself (title, author, keywords). Only after `check_office`."""
    archive = Archive(content, Budget())
    text: list[str] = []
    titles: list[str] = []
    room = MAX_TEXT
    for name in sorted(archive.parts):
        lowered = name.lower()
        if lowered.startswith("docprops/") and lowered.endswith(".xml"):
            titles += [html.unescape(word.decode("utf-8", "replace")) for word in _TITLES.findall(archive.read(name))]
        elif lowered.endswith(".rels"):
            titles += [
                relation.get("Target", "")
                for relation in _parsed(archive.read(name), name)
                if relation.get("Type", "").lower().endswith("/hyperlink")
            ]
        elif _holds_words(lowered) and room > 0:
            content = archive.read(name)
            found = [*_WORDS.findall(content), *(_RESULTS.findall(content) if lowered.startswith("xl/") else ())]
            words = "".join(html.unescape(word.decode("utf-8", "replace")) or "\n" for word in found)[:room]
            room -= len(words)
            text.append(words)
    return "\n".join(text), "\n".join(titles)[:MAX_TEXT]


def _holds_words(name: str) -> bool:
    if not name.endswith(".xml"):
        return False
    if name.startswith("word/"):
        return not name.startswith(("word/theme/", "word/styles", "word/settings", "word/fonttable", "word/numbering"))
    return name.startswith(
        ("ppt/slides/", "ppt/notesslides/", "xl/sharedstrings", "xl/comments", "xl/worksheets/", "xl/drawings/")
    )
