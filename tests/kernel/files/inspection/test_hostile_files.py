"""Story M1: two hundred hostile files, none taken as something that runs, none with its bytes as sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.files import sandbox
from kernel.files.inspection.findings import Verdict
from tests.kernel.files.inspection import hostile

ACTIVE = (b"<?php", b"<%", b"<script", b"<svg", b"%PDF-", b"PK\x03\x04", b"MZ")


@pytest.fixture(scope="module", autouse=True)
def child_ends() -> Iterator[None]:
    yield
    sandbox.close()


@pytest.mark.parametrize("family", hostile.FAMILIES)
def test_no_hostile_file_is_handed_out_as_it_was_sent_or_with_anything_that_runs(family: str) -> None:
    for label, name, content in hostile.files_of(family):
        report = sandbox.inspect(content, name)
        if report.verdict is not Verdict.CLEAN:
            assert report.verdict in (Verdict.REJECT, Verdict.QUARANTINE), (label, report)
            assert report.made is None, label
            continue
        assert family == "hidden in pictures", (label, report)
        assert report.made not in (None, content), label
        assert not any(mark in (report.made or b"") for mark in ACTIVE), label


def test_they_are_two_hundred_and_more_and_each_is_another() -> None:
    sent = {(name, content) for family in hostile.FAMILIES for _label, name, content in hostile.files_of(family)}
    assert len(sent) >= 200


@pytest.mark.parametrize(
    ("label", "family", "code"),
    [
        ("double-php", "names", "name_double_extension"),
        ("bidi", "names", "name_hidden_letters"),
        ("jpeg-then-zip", "polyglots", "archive_inside"),
        ("svg-as-png", "disguised", "markup"),
        ("webp-xmp-php", "hidden in pictures", "server_tag"),
        ("old-word", "disguised", "legacy_office"),
        ("locked-office", "disguised", "locked"),
        ("bomb-xlsx", "bombs", "archive_size"),
        ("page-pdf", "bombs", "too_complex"),
        ("nested", "bombs", "archive_nested"),
        ("symlink", "packed", "archive_link"),
        ("field-split", "macros", "dde"),
        ("field-link-script", "macros", "link_runs"),
        ("field-link-program", "macros", "link_runs"),
        ("field-share", "macros", "fetches"),
        ("formula-link", "macros", "link_runs"),
        ("action-program", "macros", "action"),
        ("pdf-named-script", "papers", "script"),
        ("pdf-locked", "papers", "locked"),
        ("advert-docx", "lures", "advert_text"),
    ],
)
def test_the_reason_names_what_was_found(label: str, family: str, code: str) -> None:
    name, content = next((name, content) for known, name, content in hostile.files_of(family) if known == label)
    assert code in [finding.code for finding in sandbox.inspect(content, name).findings]
