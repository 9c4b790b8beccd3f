"""Where bytes lie: under the open region's own folder, outside of any web root."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property
from typing_extensions import override

from kernel.tenancy.context import scope_label


class RegionStorage(FileSystemStorage):
    """A file system storage whose root follows the open region. Without a scope it raises; it gives no URL."""

    @cached_property
    @override
    def base_location(self) -> str:
        return str(settings.FILES_DIR)

    @property
    @override
    def location(self) -> str:
        return str(Path(settings.FILES_DIR) / scope_label())

    @override
    def url(self, name: str | None) -> str:
        raise ValueError("stored files have no public address; they are served through a permission check")
