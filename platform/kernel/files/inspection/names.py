"""File names: what may be one, and what hides in one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from kernel.files.inspection.findings import reject
from kernel.files.inspection.limits import MAX_NAME

STEP: Final = "name"

# What a server or a desktop would run. As any part of a name but its first it is a second extension.
_EXECUTABLE_NAMES: Final = """
php php2 php3 php4 php5 php6 php7 php8 pht phtm phtml phps phar inc module jsp jspx jspf jsw jsv jhtml war jar
class ear asp aspx asa asax ascx ashx asmx cer cdx config cshtml vbhtml soap svc cgi fcgi pl pm py pyc pyo rb
rhtml erb lua sh bash zsh ksh csh cfm cfml cfc exe scr bat cmd msi msp mst dll sys cpl drv ocx pif gadget vb vbe
vbs js jse mjs ws wsf wsh wsc sct hta ps1 psm1 psd1 ps1xml psc1 reg lnk url inf chm hlp application appref xll
xlam xla ppam ppa wll docm dotm xlsm xltm pptm potm ppsm sldm xlsb html htm xhtml xht shtml shtm stm mht mhtml
svg svgz xml xsl xslt swf htaccess htpasswd ini iso img vhd vhdx apk app dmg deb rpm bin elf so
"""
EXECUTABLE: Final = frozenset(_EXECUTABLE_NAMES.split())
# Within a name some of them are ordinary: abbreviations, hours, degrees ("PT Maju Inc. 2026", "jam 3.PM", "M.App.Sc").
_ORDINARY_NAMES: Final = (
    "inc module class config ini app application reg inf bin so elf iso img url xml svc soap pm vb ws"
)
_ORDINARY_INSIDE: Final = frozenset(_ORDINARY_NAMES.split())
LEGACY_OFFICE: Final = frozenset({"doc", "xls", "ppt", "dot", "xlt", "pps", "pot"})
# Invisible letters that change how a name reads; joiners inside of emoji stay.
_HIDDEN: Final = re.compile("[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SPLIT: Final = re.compile(r"[.;:]|%00|%2e", re.IGNORECASE)


def plain_name(name: str) -> str:
    """The name as it is compared: wide and styled letters folded, without outer blanks."""
    return unicodedata.normalize("NFKC", name).strip()


def extension(name: str) -> str:
    """The last part of the name in lower case, without the dot."""
    head, dot, last = plain_name(name).rpartition(".")
    return last.lower() if dot and head else ""


def check_name(name: str) -> None:
    """Raise Stop for a name that hides something. The extension itself is judged with the kind."""
    if not name.strip() or len(name) > MAX_NAME or len(name.encode("utf-8", "replace")) > 255:
        raise reject(STEP, "name_length", len(name))
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name):
        raise reject(STEP, "name_control", ascii(name))
    if _HIDDEN.search(name):
        raise reject(STEP, "name_hidden_letters", ascii(name))
    plain = plain_name(name)
    if any(mark in plain for mark in "/\\\0") or plain in (".", ".."):
        raise reject(STEP, "name_path", name)
    if "<" in plain or ">" in plain:
        raise reject(STEP, "name_markup", name)
    if plain.startswith("."):
        raise reject(STEP, "name_dotfile", name)
    hit = next((part for part in _SPLIT.split(plain)[1:-1] if _is_program(part.strip())), None)
    if hit is not None:
        raise reject(STEP, "name_double_extension", hit)
    last = extension(name)
    if last in EXECUTABLE:
        raise reject(STEP, "name_executable", last)


def _is_program(part: str) -> bool:
    lowered = part.lower()
    # A degree is written with one capital: "Siti, M.Pl.".
    is_degree = len(part) == 2 and part == part.capitalize()
    return lowered in EXECUTABLE and lowered not in _ORDINARY_INSIDE and not is_degree
