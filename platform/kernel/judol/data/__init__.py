"""The detector's own data: terms and shapes as YAML."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


def content(name: str) -> bytes:
    """The bytes of one file of this folder."""
    return files(__name__).joinpath(name).read_bytes()


@cache
def read(name: str) -> dict[str, Any]:
    """One file of this folder, parsed."""
    parsed: dict[str, Any] = yaml.safe_load(content(name))
    return parsed


def digest(*names: str) -> str:
    """Eight hex digits over the content of files of this folder."""
    return hashlib.sha256(b"\0".join(content(name) for name in names)).hexdigest()[:8]
