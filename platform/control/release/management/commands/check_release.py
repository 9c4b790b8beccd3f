"""`manage.py check_release`: how the files of this tree differ from the manifest of its release."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from typing_extensions import override

from control.release.manifest import NAME, ManifestUnreadable, digests_of, drift, read_manifest
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    """Ends with 1 when anything differs. Needs no database and says nothing to anybody else."""

    help = "Compare this tree with its release manifest."
    requires_system_checks = ()

    @override
    def run(self, **options: Any) -> str | None:
        try:
            listed = read_manifest(settings.BASE_DIR / NAME, settings.RELEASE_MANIFEST_SHA256)
        except ManifestUnreadable as error:
            raise CommandError(str(error)) from error
        found = drift(listed, digests_of(settings.BASE_DIR))
        for word, paths in (("added", found.added), ("changed", found.changed), ("removed", found.removed)):
            for path in paths:
                self.stdout.write(f"{word} {path}")
        if found:
            sys.exit(1)
        return f"{len(listed)} files as released"
