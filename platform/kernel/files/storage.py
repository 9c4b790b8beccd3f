"""Where bytes lie: under the open side's own folder or prefix, outside of any web root.

Two stores. `default_storage` holds what may be handed out; `apart` holds what waits, is looked at or is kept for an
investigation, and no view reads from it. Both are folders, or both are buckets of an S3-compatible server.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.functional import cached_property
from storages.backends.s3 import S3Storage
from typing_extensions import override

from kernel.tenancy.context import scope_label


def apart() -> Storage:
    """The store that nothing is served from."""
    return storages["apart"]


class NoAddress:
    """A store whose files have no address of their own."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        """Raises: stored files are served through a permission check."""
        raise ValueError("stored files have no public address; they are served through a permission check")


class RegionStorage(NoAddress, FileSystemStorage):
    """A file system storage whose root follows the open side. Without a scope it raises; it gives no URL."""

    @cached_property
    @override
    def base_location(self) -> str:
        return self._root()

    @property
    @override
    def location(self) -> str:
        return str(Path(self._root()) / scope_label())

    @staticmethod
    def _root() -> str:
        return str(settings.FILES_DIR)


class ApartStorage(RegionStorage):
    """The same, in a root of its own."""

    @staticmethod
    @override
    def _root() -> str:
        return str(settings.FILES_APART_DIR or f"{settings.FILES_DIR}-apart")


class RegionObjects(NoAddress, S3Storage):  # type: ignore[misc]
    """A bucket in which each side has a prefix of its own. Without a scope it raises; it gives no URL."""

    @property
    def location(self) -> str:
        """The open side's prefix."""
        return scope_label()

    def get_default_settings(self) -> dict[str, Any]:
        """Those of the library; private, never overwritten, and the prefix is ours."""
        said: dict[str, Any] = super().get_default_settings()
        said.pop("location")
        return {**said, "default_acl": None, "file_overwrite": False, "querystring_auth": True}
