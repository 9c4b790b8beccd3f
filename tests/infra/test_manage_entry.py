"""manage.py itself, run as a program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.services import CHECKOUT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with nothing but manage.py and an empty platform/."""
    shutil.copy(CHECKOUT / "manage.py", tmp_path)
    (tmp_path / "platform").mkdir()
    return tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_stray_init_file_is_named_in_one_line(copy: Path) -> None:
    (copy / "platform" / "__init__.py").touch()
    done = run(copy, "check")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "platform/__init__.py hides Python's own `platform` module from every program: delete that file."
    ]


def test_without_that_file_django_answers(copy: Path) -> None:
    assert "Type 'manage.py help <subcommand>'" in run(copy, "help").stdout


def test_it_finds_the_servers_of_a_running_demo_unless_others_are_given(copy: Path) -> None:
    (copy / ".local").mkdir()
    (copy / ".local" / "services.env").write_text("DATABASE_URL=postgresql://a@b/c?d=e\nREDIS_URL=redis://demo/0\n")
    (copy / "shown.py").write_text("import os\nprint(os.environ.get('DATABASE_URL'), os.environ.get('REDIS_URL'))\n")
    probe = "import runpy, sys; sys.argv = ['manage.py', 'version']; runpy.run_path('manage.py', run_name='__main__')"
    script = f"import atexit, runpy; atexit.register(runpy.run_path, 'shown.py'); {probe}"

    def shown(**variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=copy, env=variables, capture_output=True, text=True, check=False
        )
        return done.stdout.splitlines()[-1]

    assert shown() == "postgresql://a@b/c?d=e redis://demo/0"
    assert shown(DATABASE_URL="postgresql://x/y") == "postgresql://x/y redis://demo/0"
    assert shown(DJANGO_SETTINGS_MODULE="config.settings.production") == "None None"
