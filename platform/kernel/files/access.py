"""Who may have a stored file's bytes: decided by the app that asked for the file, one reader for each purpose."""

from collections.abc import Callable
from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.errors import FileWithheld
from kernel.files.models import StoredFile
from kernel.measures import refuse_exports
from kernel.watching import emit, names
from kernel.watching.clients import is_first

Reader = Callable[[User, StoredFile], bool]
_readers: dict[str, Reader] = {}
_exports: set[str] = set()
_sensitive: set[str] = set()


def reader(purpose: str, *, is_export: bool = False, is_sensitive: bool = False) -> Callable[[Reader], Reader]:
    """Decorator: this function says who may read files stored for this purpose. One function for each purpose.

    `is_export`: the platform makes them from what it knows, and an operator can close that (`Measure.EXPORTS_OFF`).
    `is_sensitive`: they show somebody's health, face or family; who opens another person's is a security event.
    """

    def register(function: Reader) -> Reader:
        if is_export:
            _exports.add(purpose)
        if is_sensitive:
            _sensitive.add(purpose)
        known = _readers.setdefault(purpose, function)
        if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"two readers for files of purpose {purpose!r}")
        return function

    return register


def may_read(user: User, stored: StoredFile) -> bool:
    """Whether the file is for this person, once it is clean. A purpose without a reader is nobody's."""
    decide = _readers.get(stored.purpose)
    return decide is not None and decide(user, stored)


def file_to_read(user: User, uid: UUID) -> StoredFile:
    """The file, for somebody who may read it. Raises NotFound for a stranger as for an unknown uid, FileWithheld when
    it is not clean, ExportsOff for what the platform made while that is closed."""
    stored = StoredFile.objects.filter(uid=uid).first()
    if stored is None or not may_read(user, stored):
        raise NotFound("file")
    if not stored.is_clean:
        raise FileWithheld(stored)
    if stored.purpose in _exports:
        emit(names.EXPORT_REQUESTED, subject=str(stored.uid), purpose=stored.purpose, bytes=stored.size)
        refuse_exports()
    elif stored.purpose in _sensitive and stored.owner_id != user.pk and is_first(("read", user.uid, uid)):
        emit(names.SENSITIVE_READ, subject=str(stored.uid), purpose=stored.purpose, count=1)
    return stored
