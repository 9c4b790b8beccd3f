"""Everything that must hold besides the tests. Runs all of it, says how long each part took, and what failed."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import sbom
from infra.local.services import CHECKOUT, throwaway_services

CODE = ("platform", "tenants", "api", "billing", "infra", "tests", "manage.py")
SCHEMA = Path("api/v1/schema.yaml")

# As on a server behind TLS. None of it is secret: nothing but the checks reads it.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "only-for-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "WATCHING_KEY": "only-for-the-deployment-check-9876543210",
    "FILES_LINK_KEYS": "1:only-for-the-deployment-check-abcdefghijklmnopqr",
    "BASE_DOMAIN": "kinerja.example",
    "AUDIT_SEAL_KEY_FILE": "/run/secrets/audit-seal.pem",
}


@dataclass(frozen=True)
class Check:
    """A named command, or a function that returns what is wrong."""

    name: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    compare: Callable[[Mapping[str, str]], str] | None = None


def schema_drift(environment: Mapping[str, str]) -> str:
    """How the committed API schema differs from the one that the code gives; "" when it does not."""
    with tempfile.TemporaryDirectory(prefix="kinerja-") as directory:
        fresh = Path(directory) / "schema.yaml"
        command = ("manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
        made = subprocess.run(
            [sys.executable, *command], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            return made.stdout + made.stderr
        committed = (CHECKOUT / SCHEMA).read_text().splitlines() if (CHECKOUT / SCHEMA).exists() else []
        difference = difflib.unified_diff(
            committed, fresh.read_text().splitlines(), "committed", "generated", lineterm=""
        )
        lines = list(difference)[:60]
        if lines:
            lines.append(f"Write it anew: make schema, and commit {SCHEMA}")
        return "\n".join(lines)


def sbom_problems(environment: Mapping[str, str]) -> str:
    """What speaks against the bill of materials that this environment gives; "" when nothing does."""
    return "\n".join(sbom.wrong(sbom.described()))


def tool(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).parent / name)


CHECKS = (
    Check("lint", (tool("ruff"), "check", ".")),
    Check("format", (tool("ruff"), "format", "--check", ".")),
    Check("layers", (tool("lint-imports"),)),
    # Ruff's S rules ask the same of each line, with a reason where one is let through; this is the second look.
    Check("bandit", (tool("bandit"), "--quiet", "--recursive", "--configfile", "pyproject.toml", *CODE)),
    Check("types", (tool("mypy"), *CODE)),
    Check("missing migrations", (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")),
    Check(
        "deployment settings",
        (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        environment=PRODUCTION,
    ),
    Check("API schema", compare=schema_drift),
    Check("bill of materials", compare=sbom_problems),
)


def main() -> None:
    failed = []
    with throwaway_services() as urls:
        environment = os.environ | urls.environment | {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
        for check in CHECKS:
            began = time.monotonic()
            print(f"{check.name} ...", end="", flush=True)
            said = run(check, environment)
            print(f" {'failed' if said else 'ok'}, {time.monotonic() - began:.1f} s", flush=True)
            if said:
                failed.append(check.name)
                print(said, flush=True)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def run(check: Check, environment: Mapping[str, str]) -> str:
    """What is wrong, or ""."""
    environment = {**environment, **(check.environment or {})}
    if check.compare is not None:
        return check.compare(environment)
    done = subprocess.run(check.command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"code {done.returncode}"


if __name__ == "__main__":
    main()
