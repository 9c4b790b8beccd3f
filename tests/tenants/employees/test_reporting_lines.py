"""Who is whose superior, on the map of positions alone."""

from __future__ import annotations

from datetime import date

from tenants.employees.reporting_lines import Holding, Override, ReportingLines

HEAD, SECTION, STAFF = 1, 2, 3
ANI, BUDI, CITRA, DEDI = 11, 12, 13, 14
MAP = {HEAD: None, SECTION: HEAD, STAFF: SECTION}


def holding(employee: int, position: int, kind: str = "definitif", since: date = date(2024, 1, 1)) -> Holding:
    return Holding(employee, position, kind, since, employee * 100 + position)


def lines(
    *holdings: Holding,
    superiors: dict[int, int | None] | None = None,
    overrides: dict[int, Override] | None = None,
) -> ReportingLines:
    return ReportingLines.of(superiors or MAP, holdings, overrides)


def test_the_superior_holds_the_position_above() -> None:
    found = lines(holding(ANI, STAFF), holding(BUDI, SECTION), holding(CITRA, HEAD))
    assert found.superior_of(ANI) == BUDI
    assert found.line_of(ANI) == [BUDI, CITRA]
    assert found.superior_of(CITRA) is None


def test_a_vacant_position_is_passed_over() -> None:
    found = lines(holding(ANI, STAFF), holding(CITRA, HEAD))
    assert found.superior_of(ANI) == CITRA
    assert found.subordinates_of(CITRA) == [ANI]


def test_a_plt_counts_as_holder_of_a_vacant_position() -> None:
    found = lines(holding(ANI, STAFF), holding(DEDI, SECTION, "plt"), holding(CITRA, HEAD))
    assert found.superior_of(ANI) == DEDI


def test_a_plh_stands_in_for_the_definitive_holder() -> None:
    found = lines(holding(ANI, STAFF), holding(BUDI, SECTION), holding(DEDI, SECTION, "plh"))
    assert found.superior_of(ANI) == DEDI


def test_the_definitive_holder_precedes_a_plt_left_over() -> None:
    found = lines(holding(ANI, STAFF), holding(BUDI, SECTION), holding(DEDI, SECTION, "plt"))
    assert found.superior_of(ANI) == BUDI


def test_nobody_is_their_own_superior() -> None:
    found = lines(holding(ANI, STAFF), holding(ANI, SECTION, "plt"), holding(CITRA, HEAD))
    assert found.superior_of(ANI) == CITRA
    assert found.line_of(ANI) == [CITRA]
    assert found.subordinates_of(ANI) == []


def test_of_two_holders_the_longer_one_is_the_superior() -> None:
    found = lines(
        holding(ANI, STAFF),
        holding(BUDI, SECTION, since=date(2025, 5, 1)),
        holding(DEDI, SECTION, since=date(2023, 5, 1)),
    )
    assert found.superior_of(ANI) == DEDI
    assert found.subordinates_of(BUDI) == []
    assert found.subordinates_of(DEDI) == [ANI]


def test_a_cycle_of_vacant_positions_ends_without_a_superior() -> None:
    found = lines(holding(ANI, STAFF), superiors={HEAD: SECTION, SECTION: HEAD, STAFF: SECTION})
    assert found.superior_of(ANI) is None
    assert found.line_of(ANI) == []


def test_a_cycle_with_a_holder_still_answers() -> None:
    found = lines(holding(ANI, STAFF), holding(CITRA, HEAD), superiors={HEAD: SECTION, SECTION: HEAD, STAFF: SECTION})
    assert found.superior_of(ANI) == CITRA
    assert found.superior_of(CITRA) is None
    assert found.subordinates_of(CITRA) == [ANI]


def test_without_a_position_there_is_no_superior() -> None:
    assert lines(holding(BUDI, SECTION)).superior_of(ANI) is None


def test_one_who_only_acts_reports_from_the_acting_position() -> None:
    assert lines(holding(ANI, STAFF, "plt"), holding(BUDI, SECTION)).superior_of(ANI) == BUDI


def test_the_definitive_position_leads_to_the_superior_even_when_held_later() -> None:
    found = lines(
        holding(ANI, STAFF, since=date(2025, 1, 1)),
        holding(ANI, SECTION, "plt", since=date(2023, 1, 1)),
        holding(CITRA, HEAD),
        holding(BUDI, 9),
        superiors={**MAP, SECTION: 9, 9: HEAD},
    )
    assert found.superior_of(ANI) == BUDI


def test_subordinates_are_exactly_those_whose_superior_one_is() -> None:
    superiors = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 6}
    holdings = [
        holding(21, 1),
        holding(22, 2),
        holding(24, 4),
        holding(25, 5),
        holding(25, 3, "plt"),
        holding(27, 7),
        holding(28, 7),
    ]
    found = lines(*holdings, superiors=superiors)
    everybody = {h.employee_id for h in holdings}
    for person in everybody:
        assert found.subordinates_of(person) == sorted(p for p in everybody if found.superior_of(p) == person)
    assert found.subordinates_of(25) == [27, 28]


OTHER_HEAD, OTHER_SECTION, EKA, FARAH = 21, 22, 15, 16
TWO_OFFICES = {**MAP, OTHER_HEAD: None, OTHER_SECTION: OTHER_HEAD}
FILLED = (
    holding(ANI, STAFF),
    holding(BUDI, SECTION),
    holding(CITRA, HEAD),
    holding(DEDI, OTHER_SECTION),
    holding(EKA, OTHER_HEAD),
)


def test_an_override_comes_before_the_map_and_the_line_goes_on_above_its_person() -> None:
    found = lines(*FILLED, superiors=TWO_OFFICES, overrides={ANI: Override(DEDI, STAFF, OTHER_SECTION)})
    assert found.line_of(ANI) == [DEDI, EKA]
    assert found.line_of(BUDI) == [CITRA]
    assert found.subordinates_of(BUDI) == []
    assert found.subordinates_of(DEDI) == [ANI]


def test_the_override_of_a_superior_is_followed_by_their_staff() -> None:
    found = lines(*FILLED, superiors=TWO_OFFICES, overrides={BUDI: Override(DEDI, SECTION, OTHER_SECTION)})
    assert found.line_of(ANI) == [BUDI, DEDI, EKA]
    assert found.subordinates_of(CITRA) == []
    assert found.subordinates_of(DEDI) == [BUDI]


def test_an_override_does_not_bend_the_line_of_a_post_that_its_person_only_acts_in() -> None:
    acting = [*FILLED[:1], *FILLED[2:], holding(FARAH, SECTION, "plt"), holding(FARAH, 23)]
    found = lines(
        *acting, superiors={**TWO_OFFICES, 23: OTHER_HEAD}, overrides={FARAH: Override(DEDI, 23, OTHER_SECTION)}
    )
    assert found.line_of(ANI) == [FARAH, CITRA]
    assert found.line_of(FARAH) == [DEDI, EKA]


def test_overrides_that_lead_in_a_circle_end_the_line() -> None:
    overrides = {ANI: Override(DEDI, STAFF, OTHER_SECTION), DEDI: Override(ANI, OTHER_SECTION, STAFF)}
    found = lines(*FILLED, superiors=TWO_OFFICES, overrides=overrides)
    assert found.line_of(ANI)[0] == DEDI
    assert ANI not in found.line_of(ANI)
    assert found.line_of(DEDI)[0] == ANI
    upside_down = {CITRA: Override(ANI, HEAD, STAFF)}
    found = lines(*FILLED, superiors=TWO_OFFICES, overrides=upside_down)
    assert found.line_of(CITRA) == [ANI, BUDI]
    assert found.line_of(ANI) == [BUDI, CITRA]


def test_subordinates_agree_with_superiors_under_overrides() -> None:
    overrides = {
        ANI: Override(EKA, STAFF, OTHER_HEAD),
        CITRA: Override(EKA, HEAD, OTHER_HEAD),
        DEDI: Override(BUDI, OTHER_SECTION, SECTION),
    }
    found = lines(*FILLED, superiors=TWO_OFFICES, overrides=overrides)
    everybody = {h.employee_id for h in FILLED}
    for person in everybody:
        assert found.subordinates_of(person) == sorted(p for p in everybody if found.superior_of(p) == person)
    assert found.subordinates_of(EKA) == [ANI, CITRA]
