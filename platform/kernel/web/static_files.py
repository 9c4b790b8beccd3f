"""How static files are collected: without comments, compressed, under names with a hash of what is in them."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile, File
from typing_extensions import override
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Folders of modules of ours that import one another. Not those of packages: some name files that they do not ship.
WITH_IMPORTS: Final = ("assemblies", "kiosks", "places", "punches")
_IMPORTS: Any = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


# Written by us, with reasons beside the code: a tenth of what a phone would fetch.
_OURS: Final = ("kernel/css/", "kernel/js/", *(f"{folder}/" for folder in WITH_IMPORTS))
_STYLE_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


def without_comments(name: str, text: str) -> str:
    """A style sheet or script of ours without comments, empty lines and indentation.

    In a script only lines that are nothing but a comment go. One with a text over several lines stays as it is: there
    indentation may mean something.
    """
    if name.endswith(".css"):
        text = _STYLE_COMMENT.sub("", text)
    elif any(line.count("`") % 2 for line in text.splitlines()):
        return text
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not (name.endswith(".js") and line.startswith("//")))


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites what one of our modules imports from another, so that each of them can be kept for ever."""

    patterns = (*HashedFilesMixin.patterns, *((f"{folder}/*.js", _IMPORTS) for folder in WITH_IMPORTS))

    @override
    def _save(self, name: str, content: File[bytes]) -> str:
        if name.startswith(_OURS) and name.endswith((".css", ".js")):
            content.seek(0)
            content = ContentFile(without_comments(name, content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved
