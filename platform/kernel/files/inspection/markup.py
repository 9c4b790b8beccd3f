"""Bytes that a server or a browser would run: server-side tags in three widths, markup, smuggled downloads.

Measured on 5,866 web shells and benign documents in the security note, fact 6. A tag counts only with readable text
behind it: three bytes alone also occur in packed data.
"""

from __future__ import annotations

import re
from typing import Final

from kernel.files.inspection.findings import Finding, Stop, Verdict, quarantine, review

STEP: Final = "tags"

_TIGHT: Final = re.compile(
    rb"""<\?php[\s(/"'$][^\x00]{0,200}?(?:[;$({`]|\?>)
    |<\?(?:=|\s)\s*@?(?:\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES)\b|`\s*\$|\$\w{2,40}\s*[=(\[]\s*[\w"'$@(]
        |(?:eval|assert|system|exec|passthru|shell_exec|popen|proc_open|base64_decode|include|require|phpinfo
        |file_put_contents|move_uploaded_file|echo|print|call_user_func|create_function)\b)
    |<%@\s*(?:page|import|include|language|webhandler|webservice|control|assembly)\b
    |<%[=!]?\s*(?:Runtime\b|request\b|response\b|session\.|out\.|eval\b|execute\b|createobject|new\s+ActiveXObject|String\s|Process)
    |<jsp:(?:scriptlet|declaration|expression|useBean|include|root)\b
    |<script\b[^>]{0,80}(?:runat\s*=\s*["']?server|language\s*=\s*["']?(?:php|vbscript|jscript\.encode))
    |<!--\#(?:exec|include)\s
    |<cf(?:execute|file|script|set)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_READABLE: Final = rb"[\x20-\x7e\r\n\t]{10}"
_MIDDLE: Final = re.compile(
    rb"<\?(?!xml|xpacket|mso|adobe)[=\s\w](?=" + _READABLE + rb")|<%[=!@\s](?=" + _READABLE + rb")"
)
_STREAM: Final = re.compile(rb"\bstream\r?\n.*?endstream", re.DOTALL)
_WIDE: Final = re.compile(rb"<\?(?!xml)|<%")

_MARKUP_START: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|\x00|<!--.{0,2000}?-->|<\?xml[^>]{0,200}\?>)*"
    rb"<\x00?(?:!\x00?d\x00?o\x00?c|h\x00?t\x00?m\x00?l|head|body|script|iframe|frameset|svg|object|embed|meta|link|style|title|table|div"
    rb"|img|form|base|a\s|b>|h[1-6]|p>|br|font|center|marquee|video|audio|math|template|xsl:|\w+:svg|!--)",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP: Final = re.compile(
    rb"<(?:script|svg|html|iframe|object|embed|body|foreignobject|meta\s+http-equiv)\b|<!doctype\s+html|javascript:"
    rb"|<[a-z]+[^>]{0,200}\son(?:error|load|click|mouseover|focus|begin|toggle)\s*=",
    re.IGNORECASE,
)
_SMUGGLING: Final = re.compile(
    rb"msSaveOrOpenBlob|createObjectURL\s*\(\s*(?:new\s+Blob|blob)|atob\s*\(\s*['\"][A-Za-z0-9+/=\s]{10240,}",
    re.IGNORECASE,
)
_SCRIPT_START: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:#!\s*/|@echo\s+off|powershell|<\?php|<%@|\{\\rtf|MZ|\x7fELF|WScript\.|Set\s+\w+\s*=\s*CreateObject"
    rb"|\[InternetShortcut\]|\[autorun\])",
    re.IGNORECASE,
)
# Browsers that sniff look at so many bytes.
_SNIFFED: Final = 1024


def has_tight_tag(content: bytes) -> bool:
    """Whether a server-side tag with code behind it stands in the bytes."""
    return _TIGHT.search(content) is not None


def check_tags(content: bytes, *, is_pdf: bool = False) -> list[Finding]:
    """Of a document's bytes as they are sent: the tight tag stops, the middle one asks for a look.

    The streams of a PDF may be packed into readable letters, where three of them mean nothing.
    """
    found = _TIGHT.search(content)
    if found is not None:
        raise quarantine(STEP, "server_tag", found[0][:40].decode("latin-1"))
    middle = _MIDDLE.search(_STREAM.sub(b"", content) if is_pdf else content)
    return [] if middle is None else [review(STEP, "server_tag_like", middle[0][:20].decode("latin-1"))]


def check_text_tags(content: bytes) -> None:
    """Of a text file, which has no reason to hold any tag or markup. Raises Stop."""
    check_tags(content)
    if _SMUGGLING.search(content):
        raise quarantine(STEP, "smuggling")
    if _MARKUP_START.search(content) or _MARKUP.search(content):
        raise quarantine(STEP, "markup")
    if _SCRIPT_START.search(content):
        raise quarantine(STEP, "script")
    if _WIDE.search(content):
        raise Stop(Finding(STEP, "server_tag_like", Verdict.REJECT))


def sniff_active(content: bytes) -> str:
    """What a browser or a shell would run the bytes as: `script`, `smuggling`, `markup`, or nothing."""
    if _TIGHT.search(content):
        return "server_tag"
    if _SMUGGLING.search(content):
        return "smuggling"
    if _SCRIPT_START.search(content[:4096]):
        return "script"
    if _MARKUP_START.search(content[:8192]) or _MARKUP.search(content):
        return "markup"
    return ""


def markup_at_beginning(content: bytes) -> bool:
    """Whether a browser that sniffs would take the file for a page."""
    return _MARKUP.search(content[:_SNIFFED]) is not None
