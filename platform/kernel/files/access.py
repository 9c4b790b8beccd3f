"""Who may have a stored file's bytes: decided by the app that asked for the file, one reader for each purpose."""

from collections.abc import Callable
from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.models import StoredFile

Reader = Callable[[User, StoredFile], bool]
_readers: dict[str, Reader] = {}


def reader(purpose: str) -> Callable[[Reader], Reader]:
    """Decorator: this function says who may read files stored for this purpose. One function for each purpose."""

    def register(function: Reader) -> Reader:
        known = _readers.setdefault(purpose, function)
        if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"two readers for files of purpose {purpose!r}")
        return function

    return register


def may_read(user: User, stored: StoredFile) -> bool:
    """Whether the person may have the bytes. A purpose without a reader is nobody's, a refused file too."""
    decide = _readers.get(stored.purpose)
    if decide is None:
        return False
    if stored.scan == StoredFile.Scan.REFUSED:
        return False
    return decide(user, stored)


def file_to_read(user: User, uid: UUID) -> StoredFile:
    """The file, for somebody who may read it. Raises NotFound for a stranger as for an unknown uid."""
    stored = StoredFile.objects.filter(uid=uid).first()
    if stored is None or not may_read(user, stored):
        raise NotFound("file")
    return stored
