"""How static files are collected: compressed, under names with a hash of what is in them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Folders of modules of ours that import one another. Not those of packages: some name files that they do not ship.
WITH_IMPORTS: Final = ("assemblies", "kiosks", "places", "punches")
_IMPORTS: Any = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites what one of our modules imports from another, so that each of them can be kept for ever."""

    patterns = (*HashedFilesMixin.patterns, *((f"{folder}/*.js", _IMPORTS) for folder in WITH_IMPORTS))
