"""Packed files: opened only after their directory was found to be honest, unpacked only within limits."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from kernel.files.inspection.findings import quarantine, reject
from kernel.files.inspection.limits import (
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_UNCLAIMED,
    MAX_UNPACKED,
    RATIO_COUNTS_FROM,
)

STEP: Final = "archive"
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")


@dataclass(slots=True)
class Budget:
    """What a file and everything packed inside of it may unpack to, in all."""

    bytes_left: int = MAX_UNPACKED
    entries_left: int = MAX_ENTRIES
    depth: int = 0

    def go_deeper(self) -> None:
        """Raise Stop when packed files stand too deep inside of each other."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise reject(STEP, "archive_nested", self.depth)


class Archive:
    """A ZIP whose directory was checked. Parts are read one at a time, never beyond what they declare."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        self._budget = budget
        try:
            self._file = zipfile.ZipFile(BytesIO(content))
            infos = self._file.infolist()
        except (
            zipfile.BadZipFile,
            ValueError,
            OSError,
            NotImplementedError,
            struct.error,
            UnicodeDecodeError,
        ) as error:
            raise reject(STEP, "damaged", type(error).__name__) from error
        self._check_directory(content, infos)
        self.parts = {info.filename: info for info in infos if not info.is_dir()}

    def _check_directory(self, content: bytes, infos: list[zipfile.ZipInfo]) -> None:
        budget = self._budget
        budget.entries_left -= len(infos)
        if budget.entries_left < 0:
            raise reject(STEP, "archive_entries", len(infos))
        unpacked = sum(info.file_size for info in infos)
        budget.bytes_left -= unpacked
        if budget.bytes_left < 0:
            raise reject(STEP, "archive_size", unpacked)
        if unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * len(content):
            raise reject(STEP, "archive_ratio", unpacked // max(len(content), 1))
        seen: set[str] = set()
        for info in infos:
            self._check_entry(info)
            folded = info.filename.lower()
            if folded in seen:
                raise reject(STEP, "archive_twice", info.filename)
            seen.add(folded)
        self._check_layout(content, infos)

    @staticmethod
    def _check_entry(info: zipfile.ZipInfo) -> None:
        name = info.orig_filename
        steps = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in steps or "\\" in name or ":" in name or "\0" in name:
            raise quarantine(STEP, "archive_path", name)
        if any(ord(letter) < 32 for letter in name):
            raise quarantine(STEP, "archive_path", name)
        if info.flag_bits & 0x1:
            raise reject(STEP, "locked", name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise reject(STEP, "archive_method", info.compress_type)
        mode = info.external_attr >> 16
        if (
            info.create_system == 3
            and mode
            and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0)
        ):
            raise quarantine(STEP, "archive_link", name)
        if info.file_size > RATIO_COUNTS_FROM and info.file_size > 10 * MAX_RATIO * max(info.compress_size, 1):
            raise reject(STEP, "archive_ratio", name)

    def _check_layout(self, content: bytes, infos: list[zipfile.ZipInfo]) -> None:
        """Entries follow each other without overlap or hidden room, and say the same at both places."""
        end, unclaimed = 0, 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            start = info.header_offset
            if start < end:
                raise reject(STEP, "archive_overlap", info.filename)
            unclaimed += start - end
            if start + _LOCAL.size > len(content):
                raise reject(STEP, "damaged", info.filename)
            fields = _LOCAL.unpack_from(content, start)
            name_length, extra_length = fields[9], fields[10]
            name = content[start + _LOCAL.size : start + _LOCAL.size + name_length]
            told = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
            if fields[0] != b"PK\x03\x04" or name != told:
                raise reject(STEP, "archive_two_names", info.filename)
            end = start + _LOCAL.size + name_length + extra_length + info.compress_size
            if info.flag_bits & 0x8:
                # A record of sizes may follow the data: 12 to 24 bytes with or without its mark.
                end += 12 if content[end : end + 4] != b"PK\x07\x08" else 16
                end += 8 if content[end : end + 4] not in (b"PK\x03\x04", b"PK\x01\x02", b"PK\x06\x06") else 0
        directory = self._file.start_dir
        if end > directory + 8 or (infos and unclaimed + max(0, directory - end) > MAX_UNCLAIMED):
            raise reject("polyglot", "archive_hidden_data", unclaimed)
        if infos and min(info.header_offset for info in infos) != 0:
            raise reject("polyglot", "archive_hidden_data", "beginning")
        mark = content.rfind(b"PK\x05\x06")
        if mark < 0 or len(content) - mark - 22 > MAX_UNCLAIMED:
            raise reject("polyglot", "data_after_end", len(content) - mark)

    def read(self, name: str) -> bytes:
        """The part's bytes. Raises Stop when they are not what the directory says."""
        info = self.parts[name]
        try:
            with self._file.open(info) as part:
                content = part.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise reject(STEP, "damaged", f"{name}: {type(error).__name__}") from error
        if len(content) != info.file_size:
            raise reject(STEP, "archive_size", name)
        return content
