"""The account that embedded PostgreSQL runs under when the starter is root.

PostgreSQL refuses to run as root. As root it runs as `nobody`, which every system has, so that no account has to be
made; what `nobody` cannot reach (a checkout under a closed home) is kept in `/var/tmp` instead.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.local.processes import RunAs

OPEN_TO_ALL = Path("/var/tmp")  # noqa: S108 - names below it are checked for their owner before use


@dataclass(frozen=True)
class Account:
    """Who runs the server: `None` numbers mean the present user."""

    uid: int | None = None
    gid: int | None = None

    @property
    def run_as(self) -> RunAs:
        """Keyword arguments for `subprocess`."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, directory: Path) -> None:
        """Give `directory` and all in it to this account."""
        if self.uid is None or self.gid is None:
            return
        os.chown(directory, self.uid, self.gid)
        for folder, folders, files in os.walk(directory):
            for name in (*folders, *files):
                os.chown(os.path.join(folder, name), self.uid, self.gid, follow_symlinks=False)

    def reaches(self, path: Path) -> bool:
        """May this account enter the directory (or run the program) at `path`?"""
        if self.uid is None:
            return os.access(path, os.X_OK)
        asked = subprocess.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], check=False, cwd="/", **self.run_as)
        return asked.returncode == 0


def server_account() -> Account:
    """The present user, or `nobody` when that is root."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable_directory(wanted: Path, account: Account) -> Path:
    """`wanted`, created if it is missing, or a directory of the same meaning that `account` can reach.

    In the second case `wanted` becomes a link to it, so that one place still tells where everything is.
    """
    if wanted.is_symlink():
        target = Path(os.readlink(wanted))
        if target.parent == OPEN_TO_ALL:
            _private_directory(target)
            return target
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.is_dir() or account.reaches(wanted.parent):
        wanted.mkdir(exist_ok=True)
        if account.reaches(wanted):
            return wanted
    target = OPEN_TO_ALL / f"kinerja-{_short_name(wanted)}"
    _private_directory(target)
    if wanted.is_dir():
        wanted.rmdir()
    wanted.symlink_to(target)
    return target


def remove_directory(wanted: Path) -> None:
    """Remove what `reachable_directory` gave, wherever it was."""
    if wanted.is_symlink():
        shutil.rmtree(os.readlink(wanted), ignore_errors=True)
        wanted.unlink()
    else:
        shutil.rmtree(wanted, ignore_errors=True)


def reachable_programs(root: Path, parts: tuple[str, ...], program: str, account: Account) -> Path:
    """`root`, or a directory with copies of its `parts` that `account` can read, judged by one `program` below it."""
    if account.reaches(root / program):
        return root
    facts = (root / program).stat()
    copy = OPEN_TO_ALL / f"kinerja-programs-{_short_name(root, str(facts.st_mtime_ns), str(facts.st_size))}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir=OPEN_TO_ALL, prefix="kinerja-programs-"))
        for part in parts:
            if (root / part).exists():
                unneeded = shutil.ignore_patterns("*.a", "include", "__pycache__")
                shutil.copytree(root / part, fresh / part, symlinks=True, ignore=unneeded)
        for folder, folders, files in os.walk(fresh):
            for name in ("", *folders, *files):
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            fresh.rename(copy)
        except OSError:
            shutil.rmtree(fresh)  # another start was first
    _refuse_strangers_directory(copy)
    return copy


def _private_directory(path: Path) -> None:
    path.mkdir(mode=0o711, exist_ok=True)
    _refuse_strangers_directory(path)


def _refuse_strangers_directory(path: Path) -> None:
    facts = path.lstat()
    if path.is_symlink() or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise PermissionError(f"{path} belongs to somebody else or can be written by others; remove it first")


def _short_name(path: Path, *more: str) -> str:
    return hashlib.sha256("\0".join((str(path.absolute()), *more)).encode()).hexdigest()[:12]
