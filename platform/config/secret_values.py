"""Secrets come from the environment or from files that it names, and from nowhere else."""

from __future__ import annotations

import os
from pathlib import Path


def secret(name: str, default: str = "") -> str:
    """The value of the variable `name`, or what stands in the file that `<name>_FILE` names, without its last newline.

    Container platforms hand secrets over as files. Both named, or a file that cannot be read: RuntimeError, so that
    nothing starts with a secret that is not the one meant.
    """
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if file is None:
        return default if value is None else value
    if value:
        raise RuntimeError(f"{name} and {name}_FILE are both set")
    try:
        return Path(file).read_text().rstrip("\r\n")
    except OSError as error:
        raise RuntimeError(f"{name}_FILE names no readable file: {type(error).__name__}") from error
