"""Sheets are read in the child: what is too much for it is a refused sheet and an event."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kernel.files import opening, sandbox
from kernel.files.inspection.sheets import NotRead
from kernel.files.scanning import digest_of
from kernel.watching import gathering
from tests.kernel.files.inspection.documents import far_corner
from tests.sheets import xlsx

pytestmark = pytest.mark.usefixtures("manado")


@pytest.fixture(autouse=True)
def child_ends() -> Iterator[None]:
    yield
    sandbox.close()


def test_a_sheet_that_ends_the_child_is_told_to_those_who_watch() -> None:
    content = far_corner()
    with gathering(work="test") as gathered, pytest.raises(NotRead) as refused:
        opening.cells(content, None)
    assert refused.value.fault == "too_complex"
    ((_side, event),) = gathered.events
    assert (event["name"], event["subject"]) == ("upload_validation", digest_of(content))
    assert (event["facts"]["verdict"], event["facts"]["reasons"]) == ("reject", ["cells:too_complex"])


def test_a_sheet_that_takes_too_long_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SHEET_CPU_SECONDS", 0.001)
    content = xlsx([["NIP", "Nama"], *[[str(number), "Nama"] for number in range(15_000)]])
    with pytest.raises(NotRead) as refused:
        opening.cells(content, None)
    assert refused.value.fault == "too_complex"


def test_while_the_child_is_busy_a_person_is_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_SECONDS", 0.01)
    faults: list[str] = []

    def ask() -> None:
        try:
            opening.sheet_names(xlsx([["NIP"]]))
        except NotRead as error:
            faults.append(error.fault)

    with sandbox._kept_child(1.0):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert faults == ["busy"]


def test_an_answer_that_claims_to_be_endless_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MOST_ANSWERED", 1000)
    assert opening.sheet_names(xlsx([["NIP"]])) == ["Sheet1"]
    with pytest.raises(NotRead):
        opening.cells(xlsx([["NIP" * 500]]), None)
