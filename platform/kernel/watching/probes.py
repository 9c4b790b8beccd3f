"""Marks of somebody who tries the doors: decoys, scripts where uploads are, attack tools, payloads in an address.

Short lists of our own on purpose: they are there to see who is there, not to keep anybody out. What keeps an attack
out is that none of these addresses leads anywhere. Source: security note, 4.2.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

# Addresses that no page of ours has and that only somebody who looks for another system opens.
DECOYS: Final = frozenset(
    {
        "/wp-login.php",
        "/wp-admin/",
        "/xmlrpc.php",
        "/.env",
        "/.git/config",
        "/.git/head",
        "/phpmyadmin/",
        "/pma/",
        "/adminer.php",
        "/shell.php",
        "/alfa.php",
        "/c99.php",
        "/filemanager/",
        "/config.php.bak",
        "/backup.sql",
    }
)
DECOY_TREES: Final = ("/vendor/phpunit/", "/wp-content/", "/wp-includes/", "/phpmyadmin/", "/filemanager/")
_SCRIPT: Final = re.compile(r"\.(?:php[0-9]?|phtml|phar|jspx?|aspx?|ashx|cgi)(?:[./;?]|$)", re.IGNORECASE)
_UPLOADS: Final = re.compile(r"/(?:berkas|unggah\w*|files?|uploads?|media|static|dokumen|lampiran)/", re.IGNORECASE)
_TOOLS: Final = re.compile(
    r"sqlmap|nikto|wpscan|nuclei|masscan|zgrab|gobuster|dirbuster|ffuf|acunetix|openvas|w3af|whatweb", re.IGNORECASE
)
_PAYLOADS: Final = (
    ("traversal", re.compile(r"(?:\.\.[/\\]){2,}|[/\\]etc[/\\]passwd|win\.ini", re.IGNORECASE)),
    (
        "sql",
        re.compile(
            r"\bunion(?:\s|/\*.{0,20}\*/)+(?:all\s+|distinct\s+)?select\b|information_schema|\bor\b\s+\d+\s*=\s*\d+\s*--",
            re.IGNORECASE,
        ),
    ),
    ("script", re.compile(r"<\s*script\b|javascript:\s*\w+\s*\(", re.IGNORECASE)),
    ("template", re.compile(r"\$\{\s*jndi:|\{\{\s*\d+\s*\*\s*\d+\s*\}\}", re.IGNORECASE)),
)
# Without one of these no payload is in an address.
_SPECIAL: Final = re.compile(r"[%+<{'\\]|\.\.")
_LONGEST: Final = 2000


def is_decoy(path: str) -> bool:
    """Whether the address is one of the decoys, with or without a slash at its end."""
    lower = path.lower()
    return lower in DECOYS or f"{lower.rstrip('/')}/" in DECOYS or lower.startswith(DECOY_TREES)


def is_shell_probe(path: str) -> bool:
    """Whether a script is asked for in a place where uploads might lie."""
    return "." in path and bool(_UPLOADS.search(path)) and bool(_SCRIPT.search(path))


def tool_of(agent: str) -> str:
    """The attack tool that says its own name, in lower case; "" for none."""
    found = _TOOLS.search(agent[:300])
    return found[0].lower() if found else ""


def payload_of(path: str, query: str) -> str:
    """Which kind of payload stands in the address: traversal, sql, script, template; "" for none."""
    text = f"{path}?{query}"[:_LONGEST]
    if not _SPECIAL.search(text):
        return ""
    # Once more for what was encoded twice.
    plain = unquote_plus(unquote_plus(text))
    return next((kind for kind, pattern in _PAYLOADS if pattern.search(plain)), "")
