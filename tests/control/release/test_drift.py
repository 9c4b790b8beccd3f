"""One file more, one byte changed, one file gone: each is an event at the next look, and an incident (M3)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from control.incidents.models import Incident
from control.release.looking import Looker
from control.release.manifest import (
    NAME,
    Drift,
    ManifestUnreadable,
    digests_of,
    drift,
    files_of,
    read_manifest,
    written,
)
from control.watch.models import SecurityEvent
from control.watch.tasks import take_in
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope
from kernel.watching import flood, gathering
from kernel.watching.emitting import TAKE_IN

Look = Callable[[], Drift | None]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small installation: code with what Python puts beside it, a template, a static file, and data beside them."""
    for name, text in {
        "manage.py": "main()",
        "platform/kernel/a.py": "A = 1",
        "platform/kernel/__pycache__/a.cpython-311.pyc": "compiled",
        "templates/base.html": "<html>",
        "static-built/app.js": "go()",
        ".local/files/upload": "data",
        "var/data.txt": "data",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def release(tree: Path) -> str:
    """The manifest is made; its digest is pinned."""
    content = written(digests_of(tree))
    (tree / NAME).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def look(tree: Path, release: str, db: None) -> Look:
    """A look of the process that runs in the tree."""
    flood.forget()
    one = Looker("web", tree, release)

    def at_once() -> Drift | None:
        with control_scope(), gathering(work="release.web"):
            return one.look()

    return at_once


def events() -> list[SecurityEvent]:
    with control_scope():
        for message in OutboxMessage.objects.filter(task=TAKE_IN):
            take_in.apply(kwargs=message.kwargs, throw=True)
            message.delete()
        return list(SecurityEvent.objects.filter(name="code_drift").order_by("id"))


def test_the_manifest_lists_what_runs_and_what_is_shown_and_no_data(tree: Path) -> None:
    assert sorted(name for name, _ in files_of(tree)) == [
        "manage.py",
        "platform/kernel/a.py",
        "static-built/app.js",
        "templates/base.html",
    ]


def test_the_same_tree_is_the_same_manifest(tree: Path, release: str) -> None:
    assert hashlib.sha256(written(digests_of(tree))).hexdigest() == release
    assert read_manifest(tree / NAME, release) == digests_of(tree)


def test_a_tree_as_released_says_nothing(look: Look) -> None:
    assert look() == Drift()
    assert events() == []


def test_one_file_more_is_an_incident_at_the_next_look(tree: Path, look: Look) -> None:
    look()
    (tree / "static-built" / "slot.html").write_text("<a>")
    look()
    (event,) = events()
    assert (event.severity, event.region) == (4, "")
    assert (event.facts["added"], event.facts["added_count"]) == (["static-built/slot.html"], 1)
    with control_scope():
        incident = Incident.objects.get(key="code_drift")
        assert (incident.kind, incident.severity, incident.region) == ("drift", 4, None)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("platform/kernel/a.py", "A = 2", Drift(changed=("platform/kernel/a.py",))),
        ("templates/base.html", "<html><a>", Drift(changed=("templates/base.html",))),
        ("static-built/app.js", None, Drift(removed=("static-built/app.js",))),
        ("sitecustomize.py", "evil", Drift(added=("sitecustomize.py",))),
        ("platform/kernel/b.pyc", "compiled", Drift(added=("platform/kernel/b.pyc",))),
        (
            "platform/kernel/__pycache__/b.cpython-311.pyc",
            "compiled",
            Drift(added=("platform/kernel/__pycache__/b.cpython-311.pyc",)),
        ),
        ("platform/kernel/line\nbreak.py", "x", Drift(added=("platform/kernel/line\\nbreak.py",))),
        ("var/data.txt", "more data", Drift()),
    ],
)
def test_every_change_is_found(tree: Path, look: Look, name: str, text: str | None, expected: Drift) -> None:
    look()
    path = tree / name
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    assert look() == expected


def test_a_change_of_the_same_length_with_its_time_set_back_is_found(tree: Path, look: Look) -> None:
    look()
    path = tree / "platform/kernel/a.py"
    before = path.stat()
    path.write_text("A = 9")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert look() == Drift(changed=("platform/kernel/a.py",))


def test_a_tree_that_is_linked_in_is_found(tree: Path, look: Look, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "shell.py").write_text("x")
    (tree / "tenants").mkdir()
    (tree / "tenants" / "linked").symlink_to(elsewhere, target_is_directory=True)
    assert look() == Drift(added=("tenants/linked",))


def test_who_changes_the_manifest_too_is_found_by_its_pinned_digest(tree: Path, look: Look) -> None:
    (tree / "templates" / "slot.html").write_text("<a>")
    (tree / NAME).write_bytes(written(digests_of(tree)))
    look()
    (event,) = events()
    assert event.facts["manifest"] == f"{NAME} is not the one that was released"


def test_a_manifest_that_is_gone_is_found(tree: Path, look: Look) -> None:
    (tree / NAME).unlink()
    look()
    assert len(events()) == 1


def test_what_stays_wrong_is_said_once_and_again_when_it_changes(tree: Path, look: Look) -> None:
    (tree / "a.py").write_text("x")
    look()
    look()
    assert len(events()) == 1
    (tree / "b.py").write_text("x")
    look()
    assert len(events()) == 2


def test_the_commands_make_and_check_a_manifest(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    monkeypatch.setattr("django.conf.settings.BASE_DIR", tree)
    pinned = call_command("make_release_manifest")
    monkeypatch.setattr("django.conf.settings.RELEASE_MANIFEST_SHA256", pinned)
    assert call_command("check_release") == "4 files as released"
    (tree / "templates" / "slot.html").write_text("<a>")
    with pytest.raises(SystemExit) as ended:
        call_command("check_release")
    assert ended.value.code == 1
    assert "added templates/slot.html" in capsys.readouterr().out


def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("x\n")
    with pytest.raises(ManifestUnreadable):
        read_manifest(tmp_path / NAME, "")


def test_nothing_differs_from_itself() -> None:
    assert not drift({"a": "1"}, {"a": "1"})
