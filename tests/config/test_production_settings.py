"""The settings behind TLS, read in a process of their own."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

# Letters and digits in one piece, as keys are; names of modules have dots and words of a path slashes.
LONG_WORD = re.compile(r"(?=[\w+-]*[0-9])[\w+-]{24,}")

READ = """
import json
from django.conf import settings
names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH",
         "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE",
         "CSRF_COOKIE_DOMAIN", "CSRF_COOKIE_PATH", "CSRF_TRUSTED_ORIGINS", "DEBUG", "SECURE_HSTS_SECONDS",
         "SECURE_SSL_REDIRECT", "KNOWN_DEVICE_COOKIE_NAME", "INSTALLED_APPS"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", READ],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "AUDIT_SEAL_KEY_FILE": "/run/secrets/seal.pem",
            "WATCHING_KEY": "w" * 32,
            "FILES_LINK_KEYS": f"1:{'f' * 32}",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_cookies_are_of_one_host_and_of_tls_only() -> None:
    read = json.loads(run(SECRET_KEY="k" * 50).stdout)
    del read["INSTALLED_APPS"]
    assert read == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_PATH": "/",
        "CSRF_TRUSTED_ORIGINS": [],
        "DEBUG": False,
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_SSL_REDIRECT": True,
        "KNOWN_DEVICE_COOKIE_NAME": "__Host-device",
    }


def test_neither_the_demo_nor_djangos_own_administration_is_installed() -> None:
    apps = json.loads(run(SECRET_KEY="k" * 50).stdout)["INSTALLED_APPS"]
    assert "kernel.accounts" in apps
    assert not [app for app in apps if "demo" in app or "tests" in app or app == "django.contrib.admin"]


def test_without_a_secret_of_its_own_nothing_starts() -> None:
    said = run(SECRET_KEY="short")
    assert said.returncode != 0
    assert "SECRET_KEY must be set" in said.stderr


def test_without_the_key_of_the_audit_seals_nothing_starts() -> None:
    said = run(SECRET_KEY="k" * 50, AUDIT_SEAL_KEY_FILE="")
    assert said.returncode != 0
    assert "AUDIT_SEAL_KEY_FILE must name" in said.stderr


def test_the_prints_in_security_events_have_a_key_of_their_own() -> None:
    for key in ("", "short", "k" * 50):
        said = run(SECRET_KEY="k" * 50, WATCHING_KEY=key)
        assert said.returncode != 0
        assert "WATCHING_KEY must be set" in said.stderr


def test_the_links_to_files_have_keys_of_their_own() -> None:
    for keys in ("", "1:short", f"1:{'f' * 32} 2:{'k' * 50}"):
        said = run(SECRET_KEY="k" * 50, FILES_LINK_KEYS=keys)
        assert said.returncode != 0
        assert "FILES_LINK_KEYS must name keys" in said.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 50 + "\n")
    assert run(SECRET_KEY_FILE=str(tmp_path / "key")).returncode == 0


def test_a_secret_that_is_named_twice_or_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 50)
    twice = run(SECRET_KEY="k" * 50, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert "SECRET_KEY and SECRET_KEY_FILE are both set" in twice.stderr
    missing = run(SECRET_KEY_FILE=str(tmp_path / "none"))
    assert "SECRET_KEY_FILE names no readable file" in missing.stderr


def test_the_settings_hold_no_secret_of_their_own() -> None:
    for path in (settings.BASE_DIR / "platform" / "config" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and LONG_WORD.search(node.value):
                assert "not-a-secret" in node.value, f"{path.name}:{node.lineno}"
