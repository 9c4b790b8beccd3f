"""National tables: everybody reads them, finance confirms them after comparing, and takes that back with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.testing.queries import assert_query_count
from tenants.rules.confirming import tables_used, unconfirmed
from tenants.rules.engine import national
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet, TableConfirmation
from tests.cast import Person
from tests.rule_rows import ready_tree, store_rules

SignedIn = Callable[..., Client]
TER = "ter_bulanan@2024-01-01"
PAGE = f"/aturan/tabel/{TER}/"


@pytest.fixture
def finance(with_role: Callable[..., User]) -> User:
    return with_role("bpkad")


def confirmed(client: Client, **changes: str) -> int:
    form = {"pembanding": "Lembaran Negara 2023", "cocok": "on", "sidik": national.table(TER).digest, **changes}
    return client.post(PAGE, form).status_code


def test_a_table_shows_its_source_every_figure_and_that_nobody_confirmed_it(ani: Person, signed_in: SignedIn) -> None:
    text = signed_in(ani.user).get(PAGE).content.decode()
    assert "Belum dikonfirmasi" in text
    assert "PP 58/2023" in text
    assert "di atas 1.400.000.000" in text
    assert text.count('<th scope="row"') == 125
    assert "Konfirmasi tabel" not in text


def test_the_list_says_which_tables_are_open(ani: Person, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    answer = assert_query_count("rules.tables", lambda: client.get("/aturan/tabel/"))
    assert answer.content.decode().count("Belum dikonfirmasi") == len(national.names())


def test_finance_confirms_a_table_and_the_page_says_who_when_and_against_what(
    finance: User, signed_in: SignedIn
) -> None:
    client = signed_in(finance)
    assert confirmed(client) == 302
    text = client.get(PAGE).content.decode()
    assert "Lembaran Negara 2023" in text
    assert "Belum dikonfirmasi" not in text
    assert unconfirmed([TER]) == []
    assert AuditEvent.objects.filter(action="rules.table_confirmed").count() == 1


def test_a_confirmation_needs_the_comparison_and_what_it_was_made_with(finance: User, signed_in: SignedIn) -> None:
    client = signed_in(finance)
    assert confirmed(client, pembanding="") == 422
    assert confirmed(client, cocok="") == 422
    assert TableConfirmation.objects.count() == 0


def test_a_confirmation_of_figures_that_are_others_by_now_is_refused(finance: User, signed_in: SignedIn) -> None:
    client = signed_in(finance)
    assert confirmed(client, sidik="0" * 64) == 422
    assert TableConfirmation.objects.count() == 0


def test_a_second_confirmation_says_that_it_is_confirmed_already(finance: User, signed_in: SignedIn) -> None:
    client = signed_in(finance)
    confirmed(client)
    assert confirmed(client) == 422
    assert TableConfirmation.objects.count() == 1


def test_a_confirmation_is_withdrawn_with_a_reason_and_stays_in_the_history(finance: User, signed_in: SignedIn) -> None:
    client = signed_in(finance)
    confirmed(client)
    client.post(f"{PAGE}tarik/", {"alasan": ""})
    assert unconfirmed([TER]) == []
    client.post(f"{PAGE}tarik/", {"alasan": "Lapisan C keliru"})
    assert [table.reference for table in unconfirmed([TER])] == [TER]
    assert "Lapisan C keliru" in client.get(PAGE).content.decode()
    assert confirmed(client) == 302


def test_other_content_under_the_same_name_is_unconfirmed_again(finance: User) -> None:
    TableConfirmation.objects.create(
        reference=TER, digest="0" * 64, compared_with="Lembaran Negara", confirmed_by=finance
    )
    assert [table.reference for table in unconfirmed([TER])] == [TER]


def test_the_personnel_agency_reads_and_does_not_confirm(with_role: Callable[..., User], signed_in: SignedIn) -> None:
    assert confirmed(signed_in(with_role("bkpsdm"))) == 403


def test_an_unknown_table_is_not_found(finance: User, signed_in: SignedIn) -> None:
    assert signed_in(finance).get("/aturan/tabel/tarif@2020-01-01/").status_code == 404


def by_reference() -> StoredRuleSet:
    """A draft of the common rule set that takes effective rates from the national table."""
    tree = ready_tree("umum_60_40")
    for node in tree["nodes"]:
        if node["id"] == "pph":
            node["rule"] = {"mode": "ter_minus_salary", "national": [TER]}
        if node["id"] == "bpjs":
            node["rule"] = {"mode": "shared_cap", "percent": "1", "ceiling": "12000000", "base": "gross"}
    return store_rules(tree, since=date(2026, 1, 1), state="draft")


def test_a_draft_that_uses_an_unconfirmed_table_is_not_published_and_leads_to_it(
    finance: User, signed_in: SignedIn, with_role: Callable[..., User]
) -> None:
    draft = by_reference()
    personnel = signed_in(with_role("bkpsdm"))
    text = personnel.get(f"/aturan/{draft.uid}/terbit/").content.decode()
    assert "belum dikonfirmasi daerah ini" in text
    assert PAGE in text
    confirmed(signed_in(finance))
    text = personnel.get(f"/aturan/{draft.uid}/terbit/").content.decode()
    assert "belum dikonfirmasi daerah ini" not in text


def test_a_newer_table_takes_the_place_of_a_named_one_from_its_month_on(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_set = loaded(by_reference())
    newer = replace(national.table(TER), valid_from=date(2027, 1, 1))
    monkeypatch.setattr(
        national, "in_force", lambda name, day: newer if day >= newer.valid_from else national.table(TER)
    )
    assert [used.newer for used in tables_used(rule_set, date(2026, 12, 1))] == [None]
    assert [used.newer for used in tables_used(rule_set, date(2027, 1, 1))] == [newer]
