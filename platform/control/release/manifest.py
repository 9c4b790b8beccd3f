"""The manifest of a release: every file of the running tree with its SHA-256; the same tree is the same text.

The manifest lies beside the files that it lists, so whoever can change these can change it too: its own digest is
pinned from outside (`RELEASE_MANIFEST_SHA256`, an environment variable of the process).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# What runs, what is shown, what is served. Of the top itself the files alone: beside them lie data and environments.
TREES: Final = ("platform", "tenants", "api", "billing", "templates", "infra", "static-built")
NAME: Final = "release-manifest.txt"
_HEAD: Final = "kinerja-daerah release manifest 1"
_CHUNK: Final = 1 << 20


class ManifestUnreadable(Exception):
    """There is no manifest, it is not one, or it is not the one whose digest is pinned."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How the tree differs from the manifest, by paths relative to its top."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(slots=True)
class Reader:
    """Reads digests, each file's again only when the file system says that it was touched.

    Size, times and inode tell that; the time of the inode's change cannot be set back by whoever may write the file.
    `forget` makes the next look read every byte.
    """

    _known: dict[str, tuple[tuple[int, int, int, int], str]] = field(default_factory=dict)

    def forget(self) -> None:
        self._known.clear()

    def digest(self, path: Path, name: str) -> str:
        """The file's SHA-256, or of a link where it points to. Raises FileNotFoundError."""
        state = path.lstat()
        mark = (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
        known = self._known.get(name)
        if known is not None and known[0] == mark:
            return known[1]
        if path.is_symlink():
            found = hashlib.sha256(b"link:" + os.fsencode(os.readlink(path))).hexdigest()
        else:
            sha = hashlib.sha256()
            with path.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    sha.update(chunk)
            found = sha.hexdigest()
        self._known[name] = (mark, found)
        return found


def files_of(top: Path) -> Iterator[tuple[str, Path]]:
    """Every file that counts, by its path relative to the top."""
    for path in top.iterdir():
        if path.name != NAME and not path.name.startswith(".") and (path.is_symlink() or path.is_file()):
            yield path.name, path
    for tree in TREES:
        for directory, names, files in os.walk(top / tree):
            here = Path(directory)
            linked = [name for name in names if (here / name).is_symlink()]
            for name in (*files, *linked):
                path = here / name
                if not _is_compiled(path):
                    yield path.relative_to(top).as_posix(), path


def _is_compiled(path: Path) -> bool:
    """What Python itself puts beside a module that is there. Compiled code without its module is a file like others."""
    if path.suffix != ".pyc" or path.parent.name != "__pycache__":
        return False
    return (path.parent.parent / f"{path.name.partition('.')[0]}.py").is_file()


def digests_of(top: Path, reader: Reader | None = None) -> dict[str, str]:
    """The digest of every file that counts."""
    reader = reader or Reader()
    found = {}
    for name, path in files_of(top):
        try:
            found[name] = reader.digest(path, name)
        except FileNotFoundError:
            # Gone since it was listed.
            continue
    return found


def written(digests: Mapping[str, str]) -> bytes:
    """The manifest's text. A name with a line break in it would be two lines: it stands escaped."""
    lines = [_HEAD, *(f"{digest}  {_escaped(name)}" for name, digest in sorted(digests.items()))]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("\n", "\\n")


def read_manifest(path: Path, pinned: str) -> dict[str, str]:
    """The digests that the manifest lists. Raises ManifestUnreadable when it is not the pinned one ("": any)."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestUnreadable(f"{path.name}: {error.strerror}") from error
    if pinned and not hmac.compare_digest(hashlib.sha256(content).hexdigest(), pinned.strip().lower()):
        raise ManifestUnreadable(f"{path.name} is not the one that was released")
    head, *lines = content.decode("utf-8", "surrogateescape").splitlines()
    if head != _HEAD:
        raise ManifestUnreadable(f"{path.name} is no manifest")
    return {line[66:]: line[:64] for line in lines}


def drift(listed: Mapping[str, str], found: Mapping[str, str]) -> Drift:
    """How what was found differs from what is listed."""
    here = {_escaped(name): digest for name, digest in found.items()}
    return Drift(
        added=tuple(sorted(here.keys() - listed.keys())),
        changed=tuple(sorted(name for name in here.keys() & listed.keys() if here[name] != listed[name])),
        removed=tuple(sorted(listed.keys() - here.keys())),
    )
