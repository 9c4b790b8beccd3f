"""Makes the virtual environment from requirements.lock, with nothing but a Python of 3.11 or newer.

    python3 infra/local/environment.py .venv

Run by the system's Python, before anything is installed: standard library only, and readable for an old Python, so that
it can say what is missing. A stamp in the environment makes the next start skip the installation.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from typing import IO

OLDEST = (3, 11)
KNOWN = ("python3.13", "python3.12", "python3.11", "python3.14", "python3")
CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOCK = os.path.join(CHECKOUT, "requirements.lock")
STAMP = "installed-from"

ASK = "import sys; print('%d.%d' % sys.version_info[:2]); import ensurepip, venv"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: environment.py DIRECTORY")
    directory = os.path.join(CHECKOUT, sys.argv[1])
    local = os.path.join(CHECKOUT, ".local")
    os.makedirs(os.path.join(local, "logs"), exist_ok=True)
    with open(os.path.join(local, "environment.lock"), "w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if is_current(directory):
            return
        install(directory, os.path.join(local, "logs", "environment.log"))


def is_current(directory: str) -> bool:
    """Was this environment made from the present lock, for this folder, and does its Python still run?"""
    try:
        with open(os.path.join(directory, STAMP), encoding="utf-8") as stamp:
            if stamp.read() != wanted_stamp():
                return False
    except OSError:
        return False
    return runs(os.path.join(directory, "bin", "python"))


def wanted_stamp() -> str:
    digest = hashlib.sha256(CHECKOUT.encode())
    for name in (LOCK, os.path.join(CHECKOUT, "pyproject.toml")):
        with open(name, "rb") as content:
            digest.update(content.read())
    return digest.hexdigest()


def install(directory: str, log_path: str) -> None:
    began = time.monotonic()
    python = os.path.join(directory, "bin", "python")
    with open(log_path, "w", encoding="utf-8") as log:
        if not runs(python):
            creator = find_python()
            say(f"Making the environment in {os.path.basename(directory)} (once; later starts skip this)")
            run([creator, "-m", "venv", "--clear", directory], log, log_path)
        with open(LOCK, encoding="utf-8") as lock:
            total = sum(1 for line in lock if line[:1].isalnum())
        say(f"Installing up to {total} packages from requirements.lock")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        run([*pip, "--require-hashes", "--requirement", LOCK], log, log_path)
        run([*pip, "--no-deps", "--no-build-isolation", "--editable", CHECKOUT], log, log_path)
    with open(os.path.join(directory, STAMP), "w", encoding="utf-8") as stamp:
        stamp.write(wanted_stamp())
    say(f"Environment ready after {time.monotonic() - began:.0f} s")


def run(command: list[str], log: IO[str], log_path: str) -> None:
    """Run it into the log with a sign of life every few seconds; on failure show what it said."""
    process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    began = last = time.monotonic()
    while True:
        try:
            code = process.wait(0.2)
            break
        except subprocess.TimeoutExpired:
            if time.monotonic() - last > 10:
                last = time.monotonic()
                say(f"  still installing, {last - began:.0f} s")
    if code != 0:
        with open(log_path, encoding="utf-8", errors="replace") as written:
            end = written.read().splitlines()[-15:]
        sys.exit("\n".join([f"The environment could not be made. The end of {log_path}:", *end]))


def runs(python: str) -> bool:
    """Does this interpreter start, and has it pip?"""
    if not os.path.exists(python):
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def find_python() -> str:
    """An interpreter that is new enough and can make environments: the running one, or another on the path."""
    complaint = ""
    for candidate in [sys.executable, *KNOWN]:
        path = shutil.which(candidate)
        if path is None:
            continue
        answer = subprocess.run([path, "-c", ASK], capture_output=True, text=True, check=False)
        version = answer.stdout.strip()
        if not version or tuple(int(part) for part in version.split(".")) < OLDEST:
            continue
        if answer.returncode == 0:
            return path
        complaint = (
            f"{path} (Python {version}) cannot make environments, its `venv` or `ensurepip` is missing: "
            "install it (on Debian and Ubuntu: apt install python3-venv), or give another one with PYTHON=."
        )
    sys.exit(complaint or "Python 3.11 or newer is needed and none was found: install one, or give it with PYTHON=.")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
