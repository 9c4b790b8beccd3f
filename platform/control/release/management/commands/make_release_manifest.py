"""`manage.py make_release_manifest`: list every file of this tree with its digest."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from typing_extensions import override

from control.release.manifest import NAME, digests_of, written
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    """To be run once when an image is built, behind `collectstatic`; no database is needed."""

    help = "Write the release manifest and print the digest that is to be pinned (RELEASE_MANIFEST_SHA256)."
    requires_system_checks = ()

    @override
    def run(self, **options: Any) -> str | None:
        digests = digests_of(settings.BASE_DIR)
        content = written(digests)
        (settings.BASE_DIR / NAME).write_bytes(content)
        self.stderr.write(f"{len(digests)} files in {NAME}")
        return hashlib.sha256(content).hexdigest()
