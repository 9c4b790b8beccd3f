"""Refreshes requirements.lock: every dependency of pyproject.toml, pinned, with the hashes of all its files.

    python -m infra.local.lock [--upgrade]

One file for all supported Pythons and systems, without the address of any package index: pip's own settings say where
packages come from, the hashes say which ones they are. Needs `uv`; when there is none it is installed for this one run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = CHECKOUT / "requirements.lock"

HEADER = (
    "# Made by `make lock` from pyproject.toml: the runtime and its groups `embedded` and `dev`. Not edited by hand.\n"
)

COMPILE = (
    *("pip", "compile", "pyproject.toml", "--group", "embedded", "--group", "dev"),
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", "--quiet"),
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kinerja-") as directory:
        uv = shutil.which("uv") or install_uv(Path(directory))
        fresh = Path(directory) / "requirements.lock"
        if LOCK.exists():
            shutil.copy(LOCK, fresh)  # versions stay as they are unless they no longer fit
        command = [uv, *COMPILE, "--output-file", str(fresh), *sys.argv[1:]]
        code = subprocess.run(command, cwd=CHECKOUT, check=False, stdout=subprocess.DEVNULL).returncode
        if code != 0:
            sys.exit("requirements.lock is unchanged: uv could not resolve the dependencies.")
        LOCK.write_text(HEADER + fresh.read_text())


def install_uv(directory: Path) -> str:
    venv.create(directory / "uv", with_pip=True)
    subprocess.run([directory / "uv/bin/pip", "install", "--quiet", "uv"], check=True)
    return str(directory / "uv/bin/uv")


if __name__ == "__main__":
    main()
