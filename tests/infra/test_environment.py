"""Making the environment, as far as it goes without downloading anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import environment
from infra.local.services import CHECKOUT

# What a fresh machine gives: no Python settings, no pip settings, nothing of this environment.
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=CHECKOUT, env=BARE | variables, capture_output=True, text=True, check=False, timeout=120
    )


def fake_python(directory: Path, name: str, script: str) -> Path:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_make_alone_lists_the_commands_on_a_bare_machine() -> None:
    done = run("make")
    assert done.returncode == 0, done.stderr
    for target in ("demo", "demo-reset", "test", "check", "lock"):
        assert f"make {target} " in done.stdout


def test_make_hands_the_port_and_the_arguments_on() -> None:
    done = run("make", "--dry-run", "demo", "test", "PORT=8123", "ARGS=-x", "VENV=elsewhere")
    assert "elsewhere/bin/python -m infra.local.demo --port 8123" in done.stdout
    assert "elsewhere/bin/python -m infra.local.run_tests" in done.stdout
    assert done.stdout.rstrip().endswith("-x")


def test_a_current_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert not environment.is_current(str(tmp_path))
    (tmp_path / environment.STAMP).write_text(environment.wanted_stamp())
    assert environment.is_current(str(tmp_path))
    (tmp_path / environment.STAMP).write_text("made from another lock")
    assert not environment.is_current(str(tmp_path))


def test_an_environment_whose_python_is_gone_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "removed")
    (tmp_path / environment.STAMP).write_text(environment.wanted_stamp())
    assert not environment.is_current(str(tmp_path))


def test_a_python_without_venv_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stripped = fake_python(tmp_path, "python3", "echo 3.12; exit 1")
    monkeypatch.setattr(sys, "executable", str(stripped))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as stopped:
        environment.find_python()
    message = str(stopped.value)
    assert "(Python 3.12) cannot make environments" in message
    assert "apt install python3-venv" in message
    assert "\n" not in message


def test_an_old_python_looks_for_a_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = fake_python(tmp_path, "python3", "echo 3.9")
    monkeypatch.setattr(sys, "executable", str(old))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        environment.find_python()
    newer = fake_python(tmp_path, "python3.12", "echo 3.12")
    assert environment.find_python() == str(newer)


def test_a_failed_installation_shows_what_pip_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "requirements.lock"
    wrong.write_text(f"nowhere-to-be-found==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(environment, "LOCK", str(wrong))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(environment, "runs", lambda python: True)
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    fake_python(tmp_path / "venv" / "bin", "python", f'exec "{sys.executable}" "$@"')
    with pytest.raises(SystemExit, match=r"(?s)could not be made.*nowhere-to-be-found"):
        environment.install(str(tmp_path / "venv"), str(tmp_path / "log"))
    assert not (tmp_path / "venv" / environment.STAMP).exists()


def test_the_installer_can_be_read_by_an_old_python() -> None:
    """It is what tells the owner of an old Python to get a newer one, so it must not fail on its own syntax."""
    import ast

    ast.parse(Path(environment.__file__).read_text(), feature_version=(3, 7))
