"""What a roster workbook would do, without the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kernel.sheets.reading import BookError, BookFault
from kernel.sheets.words import sentence
from tenants.employees.nip import Remark
from tenants.employees.roster_sheet import (
    PEOPLE,
    POSITIONS,
    UNITS,
    Fault,
    Known,
    OpenDays,
    PersonFacts,
    PlacementFacts,
    Plan,
    plan,
    read,
)
from tenants.employees.roster_words import ROSTER_WORDS
from tenants.employees.row_outcome import Outcome
from tests.tenants.employees.roster import START, THREE_POSITIONS, TWO_UNITS, Rows, book, nip, person

TODAY = date(2026, 11, 22)


def planned(people: Rows = (), *, known: Known | None = None, **sheets: Any) -> Plan:
    return plan(read(book(people, **sheets)), known or Known(), today=TODAY)


def faults(found: Plan) -> list[tuple[str, int, str, str]]:
    """Sheet, row, column and fault of everything wrong; every one has its words."""
    for entry in found.wrong:
        for error in entry.errors:
            assert sentence(error, ROSTER_WORDS)
    return [(e.row.sheet, e.row.number, error.column, error.fault) for e in found.wrong for error in e.errors]


def after(found: Plan, before: Known | None = None) -> Known:
    """The region as it would stand after the plan, for people with one placement each; `before`, as it stands now."""
    units: Any = {e.facts.code: e.facts for e in found.of(UNITS)}  # type: ignore[union-attr]
    positions: Any = {e.facts.code: e.facts for e in found.of(POSITIONS)}  # type: ignore[union-attr]
    people = {}
    for key, entry in enumerate(found.of(PEOPLE), 1):
        assert isinstance(entry.facts, PersonFacts)
        if entry.placement is not None:
            placements: tuple[PlacementFacts, ...] = (replace(entry.placement, key=key),)
        else:
            assert before is not None
            placements = before.people[entry.facts.nip].placements
        people[entry.facts.nip] = replace(entry.facts, key=key, placements=placements)
    return Known(units, positions, people)


def test_a_first_import_adds_everything() -> None:
    found = planned([person(1), person(2, "U-2"), person(3, "U-1")])
    assert found.count(Outcome.ADD) == 8
    assert faults(found) == []


def test_the_same_file_again_changes_nothing() -> None:
    rows = [person(1), person(2, "U-2")]
    found = planned(rows, known=after(planned(rows)))
    assert {entry.outcome for entry in found.entries} == {Outcome.SAME}
    assert all(entry.placement is None for entry in found.of(PEOPLE))


def test_a_new_position_ends_the_one_before() -> None:
    known = after(planned([person(1)]))
    moved = date(2026, 5, 1)
    entry = planned([person(1, "U-2", since=moved)], known=known).of(PEOPLE)[0]
    assert entry.outcome is Outcome.CHANGE
    assert entry.ended is not None
    assert (entry.ended.key, entry.ended.until) == (1, moved)
    assert entry.placement is not None
    assert (entry.placement.position, entry.placement.since) == ("U-2", moved)
    assert [(change.column, change.before, change.after) for change in entry.changes] == [
        ("Kode jabatan", "U-3", "U-2")
    ]


def test_an_acting_post_stands_beside_the_definitive_one() -> None:
    rows = [person(1), person(1, "U-2", kind="Plt", since="01-10-2026", until="31-10-2026")]
    entries = planned(rows).of(PEOPLE)
    assert [entry.outcome for entry in entries] == [Outcome.ADD, Outcome.ADD]
    acting = entries[1].placement
    assert acting is not None
    assert (acting.kind, acting.until) == ("plt", date(2026, 11, 1))


def test_changed_facts_are_shown_with_before_and_after() -> None:
    known = after(planned([person(1)]))
    found = planned(
        [person(1, golongan="IIIb")],
        known=known,
        positions=[(*THREE_POSITIONS[0],), (*THREE_POSITIONS[1][:4], 12, "umum", "U-1"), THREE_POSITIONS[2]],
    )
    changes = {(e.row.sheet, c.column, c.before, c.after) for e in found.entries for c in e.changes}
    assert changes == {(POSITIONS, "Kelas", "11", "12"), (PEOPLE, "Golongan", "III/a", "III/b")}


def standings(found: Plan) -> list[tuple[date | None, date | None, str, str]]:
    """The history that the first person would have after the plan."""
    facts = found.of(PEOPLE)[0].facts
    assert isinstance(facts, PersonFacts)
    return [(span.since, span.until, *span.value) for span in facts.standings]


def test_a_change_without_a_day_counts_from_today() -> None:
    known = after(planned([person(1)]))
    assert standings(planned([person(1, golongan="III/b")], known=known)) == [
        (None, TODAY, "PNS", "III/a"),
        (TODAY, None, "PNS", "III/b"),
    ]


def test_a_change_to_come_is_known_when_the_file_comes_again() -> None:
    known = after(planned([person(1, status="CPNS")]))
    rows = [person(1, status_since="01-12-2026")]
    found = planned(rows, known=known)
    assert standings(found)[-1] == (date(2026, 12, 1), None, "PNS", "III/a")
    known = after(found, known)
    assert planned(rows, known=known).of(PEOPLE)[0].outcome is Outcome.SAME
    # What counts today is not wrong either.
    assert planned([person(1, status="CPNS")], known=known).of(PEOPLE)[0].outcome is Outcome.SAME
    refused = planned([person(1)], known=known)
    assert faults(refused) == [(PEOPLE, 2, "TMT status", Fault.LATER_STANDING)]


def test_an_old_file_does_not_undo_what_came_later() -> None:
    known = after(planned([person(1)]))
    old = [person(1, golongan="III/b", golongan_since="01-04-2026")]
    known = after(planned(old, known=known), known)
    known = after(planned([person(1, golongan="III/c", golongan_since="01-10-2026")], known=known), known)
    assert planned(old, known=known).of(PEOPLE)[0].outcome is Outcome.SAME
    earlier = planned([person(1, golongan="III/d", golongan_since="01-09-2026")], known=known)
    assert faults(earlier) == [(PEOPLE, 2, "TMT golongan", Fault.LATER_STANDING)]


def test_a_golongan_must_fit_the_status_on_every_day_between() -> None:
    known = after(planned([person(1, status="Kontrak", golongan="")]))
    apart = planned([person(1, status="PPPK", golongan="IX", status_since="01-06-2026")], known=known)
    assert faults(apart) == [(PEOPLE, 2, "TMT status", Fault.STANDING_GAP)]
    days = {"status_since": "01-06-2026", "golongan_since": "01-06-2026"}
    together = planned([person(1, status="PPPK", golongan="IX", **days)], known=known)
    assert standings(together)[-1] == (date(2026, 6, 1), None, "PPPK", "IX")


def test_a_day_before_any_record_is_a_slip_of_the_hand() -> None:
    found = planned([person(1, golongan_since="01-04-1926")])
    assert faults(found) == [(PEOPLE, 2, "TMT golongan", Fault.STARTS_TOO_EARLY)]


def test_what_is_recorded_for_a_position_is_not_rewritten() -> None:
    row = ("U-3", "Pengelola Uji", "9.01.01", "Pelaksana", 9, "", "U-2", "", "01-05-2026")
    known = after(planned(positions=[*THREE_POSITIONS[:2], row]))
    earlier = planned(known=known, positions=[(*row[:4], 8, *row[5:8], "01-03-2026")])
    assert faults(earlier) == [(POSITIONS, 2, "Berlaku mulai", Fault.LATER_TERMS)]
    closed = replace(known, open_from=OpenDays(units={"9.01.01": date(2026, 10, 1)}))
    found = planned(known=closed, positions=[(*row[:4], 8, *row[5:8], "01-09-2026")])
    assert faults(found) == [(POSITIONS, 2, "Berlaku mulai", Fault.MONTH_CLOSED)]


def test_what_a_closed_month_has_of_posts_is_not_rewritten() -> None:
    known = replace(after(planned([person(1)])), open_from=OpenDays(people={nip(1): date(2026, 10, 1)}))
    moved = planned([person(1, "U-2", since="15-09-2026")], known=known)
    assert faults(moved) == [(PEOPLE, 2, "TMT", Fault.MONTH_CLOSED)]
    acting = planned([person(1), person(1, "U-2", kind="Plt", since="01-09-2026", until="31-10-2026")], known=known)
    assert faults(acting) == [(PEOPLE, 3, "TMT", Fault.MONTH_CLOSED)]
    ended = planned([person(1, until="29-09-2026")], known=known)
    assert faults(ended) == [(PEOPLE, 2, "Sampai", Fault.END_CLOSED)]
    assert "Isi paling awal 30-09-2026" in sentence(ended.of(PEOPLE)[0].errors[0], ROSTER_WORDS)
    assert not faults(planned([person(1, until="30-09-2026")], known=known))
    assert not faults(planned([person(1), person(1, "U-2", kind="Plt", since="01-10-2026")], known=known))
    lengthened = after(planned([person(1, until="31-08-2026")]))
    found = planned([person(1, until="31-12-2026")], known=replace(lengthened, open_from=known.open_from))
    assert faults(found) == [(PEOPLE, 2, "Sampai", Fault.END_CLOSED)]


def test_the_first_posts_of_somebody_may_have_begun_before_a_closed_month() -> None:
    closed = OpenDays(
        people={nip(1): date(2026, 10, 1)}, units={"9.01": date(2026, 10, 1), "9.01.01": date(2026, 10, 1)}
    )
    known = replace(after(planned([person(1)])), open_from=closed)
    rows = [person(2, since="01-03-2020"), person(2, "U-2", kind="Plt", since="01-09-2026", until="31-10-2026")]
    assert not faults(planned(rows, known=known))


def ends(plan: Plan) -> list[tuple[str, date | None]]:
    """The posts of which the plan writes the end, in its order."""
    return [(entry.ended.position, entry.ended.until) for entry in plan.of(PEOPLE) if entry.ended is not None]


def test_the_end_that_a_row_gives_stays_when_the_next_row_gives_the_next_post() -> None:
    known = after(planned([person(1)]))
    rows = [person(1, until="31-10-2026"), person(1, "U-2", since="01-12-2026")]
    for order in (rows, rows[::-1]):
        found = planned(order, known=known)
        assert not faults(found)
        assert ends(found)[-1] == ("U-3", date(2026, 11, 1))


def test_a_post_may_follow_one_that_the_same_file_shortens() -> None:
    known = after(planned([person(1, until="31-12-2026")]))
    assert not faults(planned([person(1, until="31-10-2026"), person(1, "U-2", since="15-11-2026")], known=known))


def test_an_ended_post_is_not_prolonged_into_the_next_one() -> None:
    rows = [person(1, until="31-08-2026"), person(1, "U-2", since="01-09-2026")]
    posts = [
        replace(e.placement, key=key) for key, e in enumerate(planned(rows).of(PEOPLE), 1) if e.placement is not None
    ]
    known = after(planned([rows[0]]))
    known = replace(known, people={key: replace(one, placements=tuple(posts)) for key, one in known.people.items()})
    assert not faults(planned(rows, known=known))
    found = planned([person(1, until="30-09-2026")], known=known)
    assert faults(found) == [(PEOPLE, 2, "Sampai", Fault.OVERLAPS)]
    assert not faults(planned([person(1, until="15-08-2026")], known=known))


def test_an_end_is_taken_over_and_never_taken_away() -> None:
    known = after(planned([person(1, until="31-12-2026")]))
    assert planned([person(1)], known=known).of(PEOPLE)[0].outcome is Outcome.SAME
    entry = planned([person(1, until="30-11-2026")], known=known).of(PEOPLE)[0]
    assert entry.ended is not None
    assert entry.ended.until == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("row", "column", "fault"),
    [
        (person(1, number=199009132025242014), "NIP", Fault.NIP_NUMBER),
        (person(1, number="19900913202524201"), "NIP", Fault.NIP_LENGTH),
        (person(1, number="199002302009122003"), "NIP", Fault.NIP_BIRTH_DATE),
        (person(1, number="193912312009122003"), "NIP", Fault.NIP_BIRTH_YEAR),
        (person(1, number="199506232010122003"), "NIP", Fault.NIP_TOO_YOUNG),
        (person(1, number="198706232028122003"), "NIP", Fault.NIP_APPOINTED_LATER),
        (person(1, number="198706232009132003"), "NIP", Fault.NIP_CODE),
        (person(1, number="198706232009123003"), "NIP", Fault.NIP_SEX),
        (person(1, number="198706232009122000"), "NIP", Fault.NIP_SERIAL),
        (person(1, number=""), "NIP", "required"),
        (person(1, status="Honorer"), "Status", "not_a_choice"),
        (person(1, golongan="V/a"), "Golongan", Fault.GRADE_UNKNOWN),
        (person(1, golongan=""), "Golongan", Fault.GRADE_UNKNOWN),
        (person(1, status="PPPK", golongan="III/a"), "Golongan", Fault.GRADE_UNKNOWN),
        (person(1, "U-9"), "Kode jabatan", Fault.POSITION_UNKNOWN),
        (person(1, since="31-02-2026"), "TMT", "not_a_date"),
        (person(1, since="1959-12-31"), "TMT", Fault.STARTS_TOO_EARLY),
        (person(1, since="02-01-2026", until="01-01-2026"), "Sampai", Fault.ENDS_BEFORE_START),
        (person(1, kind="Sementara"), "Jenis penempatan", "not_a_choice"),
    ],
)
def test_a_wrong_person_is_refused_beside_the_cell_and_the_others_go_in(row: Any, column: str, fault: str) -> None:
    found = planned([person(2), row, person(3)])
    assert faults(found) == [(PEOPLE, 3, column, fault)]
    assert [entry.row.number for entry in found.of(PEOPLE, Outcome.ADD)] == [2, 4]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([("9.01", "Dinas", "OPD", "9.02"), ("9.02", "Badan", "OPD")], [(2, "Kode unit induk", Fault.OPD_HAS_PARENT)]),
        ([("9.01", "Seksi", "Bidang", "")], [(2, "Kode unit induk", Fault.PARENT_MISSING)]),
        ([("9.01", "Seksi", "Bidang", "9.99")], [(2, "Kode unit induk", Fault.UNIT_UNKNOWN)]),
        ([("9.01", "Dinas", "Kantor")], [(2, "Jenis", "not_a_choice")]),
        ([(9.01, "Dinas", "OPD")], [(2, "Kode unit", "number_not_text")]),
        (
            [("9.01", "Dinas", "OPD"), ("9.01", "Dinas lain", "OPD")],
            [(2, "Kode unit", Fault.CODE_TWICE), (3, "Kode unit", Fault.CODE_TWICE)],
        ),
        (
            [("a", "A", "Bidang", "b"), ("b", "B", "Bidang", "a"), ("c", "C", "Bidang", "b")],
            [
                (2, "Kode unit induk", Fault.UNIT_CYCLE),
                (3, "Kode unit induk", Fault.UNIT_CYCLE),
                (4, "Kode unit induk", Fault.UNIT_UNKNOWN),
            ],
        ),
    ],
)
def test_a_wrong_unit_is_refused(units: Rows, expected: list[tuple[int, str, str]]) -> None:
    assert faults(planned(units=units, positions=())) == [(UNITS, *one) for one in expected]


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([("U-1", "Kepala", "9.99", "JPT", 14)], [(2, "Kode unit", Fault.UNIT_UNKNOWN)]),
        ([("U-1", "Kepala", "9.01", "JPT", 18)], [(2, "Kelas", "out_of_range")]),
        ([("U-1", "Kepala", "9.01", "JPT", "")], [(2, "Kelas", "required")]),
        ([("U-1", "Kepala", "9.01", "JPT", 7.5)], [(2, "Kelas", "not_whole")]),
        ([("U-1", "Kepala", "9.01", "JPT", 14, "", "U-1")], [(2, "Kode jabatan atasan", Fault.SUPERIOR_SELF)]),
        ([("U-1", "Kepala", "9.01", "JPT", 14, "", "U-7")], [(2, "Kode jabatan atasan", Fault.SUPERIOR_UNKNOWN)]),
        (
            [
                ("U-1", "A", "9.01", "JPT", 14, "", "U-3"),
                ("U-2", "B", "9.01", "JPT", 14, "", "U-1"),
                ("U-3", "C", "9.01", "JPT", 14, "", "U-2"),
                ("U-4", "D", "9.01", "JPT", 14, "", ""),
            ],
            [
                (2, "Kode jabatan atasan", Fault.SUPERIOR_CYCLE),
                (3, "Kode jabatan atasan", Fault.SUPERIOR_CYCLE),
                (4, "Kode jabatan atasan", Fault.SUPERIOR_CYCLE),
            ],
        ),
        ([("U-1", "A", "9.01.01", "JPT", 14, "", "", "Kepala OPD")], [(2, "Pejabat", Fault.OFFICE_NOT_AT_OPD)]),
        ([("U-1", "A", "9.01", "JPT", 14, "", "", "Bos")], [(2, "Pejabat", "not_a_choice")]),
        (
            [("U-1", "A", "9.01", "JPT", 14, "", "", "Sekda"), ("U-2", "B", "9.01", "JPT", 14, "", "", "Sekda")],
            [(3, "Pejabat", Fault.OFFICE_TAKEN)],
        ),
    ],
)
def test_a_wrong_position_is_refused(positions: Rows, expected: list[tuple[int, str, str]]) -> None:
    assert faults(planned(positions=positions)) == [(POSITIONS, *one) for one in expected]


def test_a_cycle_that_closes_through_a_known_position_is_refused() -> None:
    known = after(planned())
    found = planned(known=known, positions=[(*THREE_POSITIONS[0][:6], "U-3")])
    assert faults(found) == [(POSITIONS, 2, "Kode jabatan atasan", Fault.SUPERIOR_CYCLE)]


def test_an_office_is_read_and_an_empty_cell_keeps_it() -> None:
    known = after(planned(positions=[(*THREE_POSITIONS[0], "Kepala OPD"), *THREE_POSITIONS[1:]]))
    assert known.positions["U-1"].office == "kepala_opd"
    again = planned(known=known)
    assert not faults(again)
    assert not [entry for entry in again.of(POSITIONS) if entry.changes]


def test_what_hangs_on_a_wrong_row_is_wrong_too() -> None:
    found = planned([person(1)], units=[("9.01", "Dinas", "Kantor"), TWO_UNITS[1]])
    assert [(sheet, number) for sheet, number, _column, _fault in faults(found)] == [
        (UNITS, 2),
        (UNITS, 3),
        (POSITIONS, 2),
        (POSITIONS, 3),
        (POSITIONS, 4),
        (PEOPLE, 2),
    ]


def test_one_nip_twice_on_the_same_days_is_refused() -> None:
    found = planned([person(1), person(1, "U-2", since="01-05-2026")])
    assert faults(found) == [(PEOPLE, 3, "NIP", Fault.NIP_TWICE)]


def test_one_nip_with_two_posts_one_after_the_other_is_right() -> None:
    found = planned([person(1, until="30-04-2026"), person(1, "U-2", since="01-05-2026")])
    assert faults(found) == []


def test_rows_of_one_nip_must_agree_on_the_person() -> None:
    found = planned([person(1), person(1, "U-2", kind="Plt", name="Orang Lain Sekali")])
    assert faults(found) == [(PEOPLE, 3, "Nama", Fault.PERSON_DIFFERS)]


def test_a_second_row_waits_for_the_first_to_be_right() -> None:
    found = planned([person(1, golongan="?"), person(1, "U-2", kind="Plt", golongan="?")])
    assert {fault for *_where, fault in faults(found)} == {Fault.GRADE_UNKNOWN}
    found = planned([person(1, "U-9"), person(1, "U-2", kind="Plt")])
    assert faults(found) == [
        (PEOPLE, 2, "Kode jabatan", Fault.POSITION_UNKNOWN),
        (PEOPLE, 3, "NIP", Fault.PERSON_WRONG),
    ]


def test_a_placement_that_overlaps_a_known_one_is_refused() -> None:
    known = after(planned([person(1, since="01-05-2026")]))
    found = planned([person(1, "U-2", since="01-03-2026")], known=known)
    assert faults(found) == [(PEOPLE, 2, "TMT", Fault.OVERLAPS)]


def test_a_nip_of_somebody_else_in_the_region_is_refused() -> None:
    known = after(planned([person(1, name="Siti Rahma, S.Sos.")]))
    assert faults(planned([person(1, name="Dr. Siti Rahma, M.Si.")], known=known)) == []
    found = planned([person(1, name="Bambang Wijoyo")], known=known)
    assert faults(found) == [(PEOPLE, 2, "NIP", Fault.NIP_OF_ANOTHER)]


def test_a_nip_of_an_inactive_person_is_refused() -> None:
    found = planned([person(1)], known=Known(inactive=frozenset({nip(1)})))
    assert faults(found) == [(PEOPLE, 2, "NIP", Fault.NIP_INACTIVE)]


def test_contract_staff_have_a_number_of_the_region() -> None:
    found = planned([person(1, number="000000000000000001", status="Kontrak", golongan="")])
    assert faults(found) == []


def test_what_is_unusual_is_remarked_and_taken() -> None:
    found = planned([person(1, number="199009132025332014", golongan="III/a")])
    assert faults(found) == []
    remarks = [error.fault for entry in found.entries for error in entry.remarks]
    assert remarks == [f"nip_{Remark.UNKNOWN_CODE}", f"nip_{Remark.STATUS_DIFFERS}"]


def test_a_sheet_may_be_left_out_but_not_all() -> None:
    known = after(planned())
    found = plan(read(book([person(1)], units=(), positions=())), known, today=TODAY)
    assert [entry.outcome for entry in found.entries] == [Outcome.ADD]
    with pytest.raises(BookError) as refused:
        read(book(units=(), positions=()))
    assert refused.value.fault == BookFault.EMPTY


def test_placements_overlap_half_open() -> None:
    first = PlacementFacts("U-1", "definitif", START, date(2026, 5, 1))
    assert not first.overlaps(PlacementFacts("U-2", "definitif", date(2026, 5, 1), None))
    assert first.overlaps(PlacementFacts("U-2", "definitif", date(2026, 4, 30), None))
