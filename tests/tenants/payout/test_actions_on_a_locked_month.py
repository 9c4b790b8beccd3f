"""Whatever an action of any app does once a month is locked: the month's facts stay, or what came is noted as late.

The actions are read from the code. A new one is put to the test below, or is said to touch no fact of a month.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.ids import new_uid
from kernel.tenancy.context import current_region
from kernel.tenancy.state import RegionState
from tenants.activities.actions import hand_in, save_activity
from tenants.arrears.actions import set_share, start_difference
from tenants.arrears.models import DifferenceSlip, LateFact
from tenants.assemblies.actions import cancel_assembly, mark_people
from tenants.assemblies.models import Assembly, CalledPerson
from tenants.attendance.actions import (
    DocumentIn,
    record_documents,
    revoke_documents,
    start_computing,
    withdraw_document,
)
from tenants.attendance.models import AttendanceDocument
from tenants.calendars.actions import (
    PatternIn,
    add_holiday,
    assign_pattern,
    change_pattern,
    confirm_holidays,
    end_assignment,
    remove_holiday,
    remove_ramadan,
    remove_version,
    save_version,
    set_ramadan,
    set_zone,
)
from tenants.calendars.models import Holiday, PatternAssignment, PatternVersion, RamadanPeriod, WorkPattern
from tenants.calendars.rosters import CellIn, draft_cells, publish_roster
from tenants.deductions.models import ListedDeduction
from tenants.deductions.recording import Entry, cancel_deduction, end_deduction, record_deductions
from tenants.deductions.zakat import give_consent
from tenants.disturbances.actions import approve_disturbance
from tenants.disturbances.models import Disturbance
from tenants.employees.actions import change_employee, deactivate_employee, end_placement, place_employee
from tenants.employees.models import Employee, ServiceStop
from tenants.employees.standings import change_standing, correct_standing
from tenants.employees.stops import StopInput, record_stop, withdraw_stop
from tenants.employees.superiors import override_superior
from tenants.holds.actions import hold_payment
from tenants.organisation.actions import change_position, change_unit
from tenants.organisation.models import Position, Unit
from tenants.organisation.terms import change_terms, correct_terms
from tenants.payout.parcels.acting import return_parcel, take_back
from tenants.punches.lane import PunchIn, accept_punch
from tenants.skp.configuring import make_setting
from tenants.tpp.actions import cancel_run, resume_run, start_again, start_run
from tenants.tpp.computing import people_changed_since
from tenants.tpp.models import MonthLock, MonthRun
from tenants.tpp.penalties import record_penalty
from tenants.tpp.practice import choose_pilots, propose_go_live
from tenants.tpp.salary import Salary, record_salaries, record_salary_bases
from tests.cast import make_position, make_user
from tests.tenants.activities.work import make_kind
from tests.tenants.calendars.making import week
from tests.tenants.payout.closing_steps import closer, is_intact, lock_prepared
from tests.tenants.tpp.pilot import MAY, RunOf, after, give_facts, staffed
from tests.tenants.tryout.drafts import draft

ROOT = Path(__file__).parents[3] / "tenants"
DAY = MAY.first_day + timedelta(days=6)


@dataclass(frozen=True)
class Locked:
    """A locked OPD, somebody in it with an account, and rows of that person that were there before the lock."""

    opd: Unit
    lock: MonthLock
    person: Employee
    colleague: Employee
    user: User
    bkpsdm: User
    letter: AttendanceDocument
    listed: ListedDeduction
    stop: ServiceStop

    @property
    def run(self) -> MonthRun:
        return self.lock.run

    @property
    def position(self) -> Position:
        return self.person.placements.get().position

    def activity(self) -> Any:
        from tenants.activities.actions import ActivityInput

        return ActivityInput(make_kind().uid, DAY, time(8), 30, 1, "Menyusun laporan")


def _letter(kind: str, day: date = DAY) -> DocumentIn:
    return DocumentIn(kind=kind, label="Surat", first=day, last=day, letter_number="800/9", reason="Keluarga")


# A day of Ramadan in the locked month.
FASTING = DAY + timedelta(days=3)


def _five_days() -> WorkPattern:
    return WorkPattern.objects.get(code="5-hari-kerja")


def _apel(at: Locked) -> Assembly:
    """An apel of the locked month to which the person was called."""
    assembly = Assembly.objects.create(
        code="UPACARA",
        title="Apel",
        date=DAY,
        starts_at=clock.at_local(DAY, time(7, 30), "Asia/Makassar"),
        ends_at=clock.at_local(DAY, time(8), "Asia/Makassar"),
        leader=at.colleague,
    )
    CalledPerson.objects.create(assembly=assembly, employee=at.person)
    return assembly


def _entry(at: Locked) -> Entry:
    return Entry(at.person.pk, "KOPERASI", MAY, "KP 2", amount=Decimal(5_000))


def _other_post(at: Locked) -> Position:
    return make_position(at.opd, "L-9", "Jabatan lain", kelas=9)


def _window(day: date) -> Disturbance:
    """A disturbance that the monitor found in the morning of the day, for the whole region."""
    morning = clock.at_local(day, time(7), current_region().time_zone)
    return Disturbance.objects.create(
        starts_at=morning,
        ends_at=morning + timedelta(hours=2),
        cause="platform",
        evidence="Uji",
        is_everywhere=True,
        origin="detected",
    )


# What each does to the locked May. The keyword `actor` is an official of BKPSDM unless the call says otherwise.
SAMPLES: dict[str, Callable[[Locked], object]] = {
    "activities.actions.save_activity": lambda at: save_activity(
        employee=at.person, draft=at.activity(), actor=at.user
    ),
    "activities.actions.hand_in": lambda at: hand_in(employee=at.person, draft=at.activity(), actor=at.user),
    "arrears.actions.set_share": lambda at: set_share(
        from_month=MAY, percent=Decimal(10), reference="Perwali", actor=at.bkpsdm
    ),
    "assemblies.actions.mark_people": lambda at: mark_people(
        assembly=_apel(at), people=[at.person], state="missed", reason="Daftar hadir kertas", actor=at.bkpsdm
    ),
    "assemblies.actions.cancel_assembly": lambda at: cancel_assembly(
        assembly=_apel(at), reason="Salah panggil", actor=at.bkpsdm
    ),
    "attendance.actions.record_documents": lambda at: record_documents(
        employees=[at.person], draft=_letter("I", DAY + timedelta(days=7)), actor=at.bkpsdm
    ),
    "attendance.actions.revoke_documents": lambda at: revoke_documents(
        documents=[at.letter], reason="Surat palsu", actor=at.bkpsdm
    ),
    "attendance.actions.withdraw_document": lambda at: withdraw_document(uid=at.letter.uid, actor=at.user),
    "attendance.actions.start_computing": lambda at: start_computing(month=MAY, actor=at.bkpsdm),
    "punches.lane.accept_punch": lambda at: accept_punch(
        region=current_region(),
        employee_id=at.person.pk,
        punch=PunchIn(new_uid(), "in", clock.at_local(DAY, time(9), current_region().time_zone), clock.now()),
        actor=at.user,
    ),
    "calendars.actions.add_holiday": lambda at: add_holiday(
        date=DAY, name="Libur daerah", kind="regional", source="SE 1", actor=at.bkpsdm
    ),
    "calendars.actions.remove_holiday": lambda at: remove_holiday(
        uid=Holiday.objects.get(name="Hari libur Mei").uid, reason="Dibatalkan", actor=at.bkpsdm
    ),
    "calendars.actions.confirm_holidays": lambda at: confirm_holidays(
        uids=[Holiday.objects.get(name="Draf libur Mei").uid], source="SKB", actor=at.bkpsdm
    ),
    "calendars.actions.change_pattern": lambda at: change_pattern(
        uid=_five_days().uid, pattern=PatternIn("5 hari kerja", works_on_holidays=True), actor=at.bkpsdm
    ),
    "calendars.actions.save_version": lambda at: save_version(
        uid=_five_days().uid,
        version=week("enam", dict.fromkeys(range(6), "06.00-18.00")).versions[0],
        replaces=_five_days().versions.get(variant="normal", valid_from__lt=DAY).uid,
        actor=at.bkpsdm,
    ),
    "calendars.actions.remove_version": lambda at: remove_version(
        uid=_five_days().uid, version=PatternVersion.objects.get(valid_from=DAY).uid, actor=at.bkpsdm
    ),
    "calendars.actions.assign_pattern": lambda at: assign_pattern(
        pattern=_five_days(), units=[at.opd], first=DAY, last=None, actor=at.bkpsdm
    ),
    "calendars.actions.end_assignment": lambda at: end_assignment(
        uid=PatternAssignment.objects.get(employee=at.person).uid, last=DAY, actor=at.bkpsdm
    ),
    "calendars.actions.set_ramadan": lambda at: set_ramadan(
        name="Ramadan", first=DAY, last=DAY, source="SE 1", actor=at.bkpsdm
    ),
    "calendars.actions.remove_ramadan": lambda at: remove_ramadan(uid=RamadanPeriod.objects.get().uid, actor=at.bkpsdm),
    "calendars.rosters.draft_cells": lambda at: draft_cells(
        cells=[CellIn(at.person.pk, DAY, "-")], pattern=_five_days(), actor=at.bkpsdm
    ),
    "calendars.rosters.publish_roster": lambda at: publish_roster(
        employee_ids=[at.person.pk], first=DAY, end=MAY.end, actor=at.bkpsdm
    ),
    "calendars.actions.set_zone": lambda at: set_zone(unit=at.opd, zone="Asia/Jayapura", actor=at.bkpsdm),
    "deductions.recording.record_deductions": lambda at: record_deductions(
        entries=[_entry(at)], source="Uji", actor=at.bkpsdm
    ),
    "deductions.recording.end_deduction": lambda at: end_deduction(uid=at.listed.uid, until_month=MAY, actor=at.bkpsdm),
    "deductions.recording.cancel_deduction": lambda at: cancel_deduction(
        uid=at.listed.uid, why="Salah orang", actor=at.bkpsdm
    ),
    "deductions.zakat.give_consent": lambda at: give_consent(
        from_month=MAY, percent=Decimal("2.5"), amount=None, actor=at.user
    ),
    "disturbances.actions.approve_disturbance": lambda at: approve_disturbance(uid=_window(DAY).uid, actor=at.bkpsdm),
    "employees.actions.change_employee": lambda at: change_employee(
        uid=at.person.uid, values={"name": "Nama Baru"}, actor=at.bkpsdm
    ),
    "employees.actions.place_employee": lambda at: place_employee(
        uid=at.person.uid,
        position_uid=_other_post(at).uid,
        kind="definitive",
        first=DAY,
        last=None,
        letter_number="SK 1",
        actor=at.bkpsdm,
    ),
    "employees.actions.end_placement": lambda at: end_placement(
        uid=at.person.uid, placement_uid=at.person.placements.get().uid, last=DAY, actor=at.bkpsdm
    ),
    "employees.actions.deactivate_employee": lambda at: deactivate_employee(
        uid=at.person.uid, last=DAY, reason="Pindah ke luar", actor=at.bkpsdm
    ),
    "employees.standings.change_standing": lambda at: change_standing(
        uid=at.person.uid, status="PNS", golongan="IV/a", first=MAY.first_day, actor=at.bkpsdm
    ),
    "employees.standings.correct_standing": lambda at: correct_standing(
        uid=at.person.uid,
        standing_uid=at.person.standings.get().uid,
        status="PPPK",
        golongan="IX",
        first=None,
        letter_number="SK 2",
        reason="Salah catat",
        actor=at.bkpsdm,
    ),
    "employees.stops.record_stop": lambda at: record_stop(
        uid=at.person.uid, stop=StopInput("death", DAY, None, "SK 3", DAY), actor=at.bkpsdm
    ),
    "employees.stops.withdraw_stop": lambda at: withdraw_stop(
        uid=at.person.uid, stop_uid=at.stop.uid, reason="Orang lain", actor=at.bkpsdm
    ),
    "employees.superiors.override_superior": lambda at: override_superior(
        uid=at.person.uid,
        superior_uid=at.colleague.uid,
        first=DAY,
        last=None,
        reason="Sementara",
        letter_number="SP 4",
        actor=at.bkpsdm,
    ),
    "holds.actions.hold_payment": lambda at: hold_payment(
        employee=at.person,
        from_month=MAY,
        until_month=None,
        reason="Temuan",
        basis="LHP 1",
        actor=closer("inspektorat"),
    ),
    "organisation.actions.change_unit": lambda at: change_unit(
        uid=at.opd.uid, values={"category": "rsud"}, actor=at.bkpsdm
    ),
    "organisation.actions.change_position": lambda at: change_position(
        uid=at.position.uid, values={"kind": "jf"}, actor=at.bkpsdm
    ),
    "organisation.terms.change_terms": lambda at: change_terms(
        uid=at.position.uid, kelas=9, category="umum", first=MAY.first_day, actor=at.bkpsdm
    ),
    "organisation.terms.correct_terms": lambda at: correct_terms(
        uid=at.position.uid,
        terms_uid=at.position.terms.get().uid,
        kelas=9,
        category="umum",
        first=None,
        letter_number="SK 5",
        reason="Salah catat",
        actor=at.bkpsdm,
    ),
    "payout.parcels.acting.take_back": lambda at: take_back(
        month=MAY, kind="ordinary", opd=at.opd, actor=closer("bpkad")
    ),
    "payout.parcels.acting.return_parcel": lambda at: return_parcel(
        month=MAY, kind="ordinary", opd=at.opd, reason="Dihitung ulang", actor=at.bkpsdm
    ),
    "skp.configuring.make_setting": lambda at: make_setting(
        valid_from=MAY.first_day, source="here", months_per_period=1, behaviour="scores", actor=at.bkpsdm
    ),
    "tpp.actions.start_run": lambda at: start_run(month=MAY, actor=at.bkpsdm),
    "tpp.actions.start_again": lambda at: start_again(run=at.run, actor=at.bkpsdm),
    "tpp.actions.resume_run": lambda at: resume_run(run=at.run, actor=at.bkpsdm),
    "tpp.actions.cancel_run": lambda at: cancel_run(run=at.run, actor=at.bkpsdm),
    "tpp.penalties.record_penalty": lambda at: record_penalty(
        employee=at.person, level="ringan", from_month=MAY, until_month=None, letter_number="SK 6", actor=at.bkpsdm
    ),
    "tpp.practice.choose_pilots": lambda at: choose_pilots(opds=[at.opd.uid], month=MAY, actor=at.bkpsdm),
    "tpp.practice.propose_go_live": lambda at: propose_go_live(opds=[at.opd.uid], month=MAY, actor=at.bkpsdm),
    "tpp.salary.record_salary_bases": lambda at: record_salary_bases(
        month=MAY, amounts={at.person.pk: Decimal(9_000_000)}, actor=at.bkpsdm
    ),
    "tpp.salary.record_salaries": lambda at: record_salaries(
        month=MAY, salaries={at.person.pk: Salary(Decimal(9_000_000), None, "K/1")}, actor=at.bkpsdm
    ),
}
# Those that are taken and noted as late; the difference run looks at the month.
LATE = {
    "assemblies.actions.cancel_assembly",
    "assemblies.actions.mark_people",
    "attendance.actions.record_documents",
    "attendance.actions.revoke_documents",
    "disturbances.actions.approve_disturbance",
    "employees.stops.record_stop",
    "tpp.penalties.record_penalty",
}
# Those that are taken and leave the month as it is: a punch is told as late when the days follow it
# (`tests/tenants/attendance/test_following_punches.py`); its days are not judged again and keep their hours, a unit's
# category and a post's kind are those of the lock, and the stop that is taken back lies before it. All others are
# refused.
DONE = {
    "attendance.actions.start_computing",
    "calendars.actions.add_holiday",
    "calendars.actions.remove_holiday",
    "calendars.actions.confirm_holidays",
    "calendars.actions.change_pattern",
    "calendars.actions.save_version",
    "calendars.actions.remove_version",
    "calendars.actions.set_ramadan",
    "calendars.actions.remove_ramadan",
    "calendars.actions.set_zone",
    "employees.actions.change_employee",
    "employees.stops.withdraw_stop",
    "organisation.actions.change_unit",
    "organisation.actions.change_position",
    "punches.lane.accept_punch",
}
# Actions that are not called here, by why.
ELSEWHERE = {
    "writes a month's facts through one of the above, or through a gate that its own tests lock": """
        activities.actions.send_activity activities.actions.submit_activities activities.actions.withdraw_activity
        activities.actions.delete_activity approvals.actions.decide approvals.sweeping.approve_ordinary
        approvals.sweeping.approve_one approvals.sweeping.approve_passed_up approvals.undoing.undo_approvals
        attendance.actions.submit_document attendance.companions.changed
        attendance.actions.enter_documents attendance.orders.submit_order
        attendance.orders.withdraw_order
        calendars.rosters.copy_cells calendars.roster_import.start_roster_import
        disturbances.actions.undo_disturbance machines.actions.start_machine_import
        continuity.actions.start_reading continuity.approving.approve_sheet
        continuity.approving.withdraw_sheet
        machines.actions.claim_machine machines.ahead.count_ahead machines.ahead.undo_ahead
        deductions.zakat.withdraw_consent
        deductions.sheet_import.start_sheet_import employees.actions.reactivate_employee
        employees.roster_import.import_roster employees.roster_jobs.confirm_roster employees.stop_import.apply_stops
        employees.stops.correct_stop employees.superiors.write_override employees.superiors.end_override
        employees.superiors.end_written_override employees.superiors.resume_override fallback.actions.start_reading
        fallback.actions.confirm_sheet fallback.actions.withdraw_sheet holds.actions.end_hold
        employees.stops.stop_by_leave employees.stops.take_back leave.stopping.follow_stops leave.booking.book
        leave.actions.request_leave leave.actions.record_leave
        measures.recording.record_measures measures.sheet_import.start_sheet_import skp.assessments.assess
        skp.assessments.reopen skp.assessments.rate_organisation skp.configuring.remove_setting
        skp.rating_import.apply_ratings tpp.salary_import.start_salary_import punch_review.verdicts.accept_punches
        punch_review.verdicts.reject_punch punch_review.verdicts.correct_punch punch_review.verdicts.undo_verdict
        punch_review.proposing.accept_proposal
    """,
    "belongs to what follows a lock: signatures, payment, reopening by two, papers, differences, appeals": """
        appeals.actions.file_appeal appeals.actions.revise_appeal appeals.actions.withdraw_appeal
        appeals.actions.set_remedy arrears.actions.start_difference arrears.actions.order arrears.actions.cancel_order
        holds.actions.record_release holds.actions.confirm_release oversight.actions.mark_examined
        oversight.actions.open_finding oversight.actions.answer_finding oversight.actions.close_finding
        oversight.actions.propose_correction oversight.actions.decide_correction oversight.drawing.start_drawing
        payout.actions.lock_month payout.actions.lock_opd payout.differences.on_reopened payout.jobs.start_locking
        payout.jobs.start_signing payout.parcels.acting.take_step payout.parcels.acting.take_steps
        payout.payments.lists.make_list payout.payments.lists.make_follow_up payout.payments.lists.void_list
        payout.payments.lists.void_lists
        payout.payments.lists.mark_paid payout.payments.results.start_results payout.receivers.begin_again
        payout.reopening.propose_reopening payout.reopening.confirm_reopening payout.reopening.withdraw_reopening
        payout.signing.sign_locks payout.signing.sign_lock payout.signing.withdraw_signature preaudit.actions.waive
        preaudit.actions.withdraw preaudit.looking.start_look preaudit.looking.look_at_opd preaudit.looking.store_look
        reports.attendance.making.ask_for_recap_files reports.attendance.layouts.save_layout
        reports.bundles.start_bundle
        reports.bundles.ask_for_set reports.bundles.ask_for_slips reports.bundles.ask_for_recap
        reports.issuing.require_issuable reports.issuing.issue_paper reports.issuing.withdraw_paper
        reports.issuing.paper_of_slip reports.issuing.papers_of_slips tpp.holding.release_slip
    """,
    "budget: what a month may cost, decided before its lock": """
        budget.deciding.decide budget.deciding.undo_decision budget.recording.record_ceilings
        budget.recording.withdraw_ceiling budget.recording.map_account budget.sheet_import.start_sheet_import
    """,
    "rules: a month keeps those of its run, a difference run tells what newer ones change": """
        activities.catalogue_actions.set_kind activities.catalogue_actions.end_kind
        activities.catalogue_import.check_catalogue activities.catalogue_import.apply_catalogue
        rules.actions.bring_in.copy_ready_set rules.actions.bring_in.copy_to_draft
        rules.actions.bring_in.load_rule_set_file rules.actions.confirm.confirm_table
        rules.actions.confirm.withdraw_confirmation rules.actions.edit.save_draft rules.actions.edit.restore_revision
        rules.actions.edit.state_regulation rules.actions.locking.add_revision rules.actions.publish.sign_rule_set
        rules.actions.publish.publish_rule_set rules.actions.publish.discard_draft tpp.practice.sign_go_live
        tpp.practice.withdraw_go_live tryout.actions.start_try_out tryout.actions.stop_try_out
        tryout.actions.remove_try_out
    """,
    "no fact that a month counts": """
        activities.actions.set_favourite assemblies.actions.call_assembly assemblies.actions.take_secret
        security.actions.stop_visit security.actions.answer_ask
        kiosks.actions.make_screen kiosks.actions.renew_screen kiosks.actions.take_screen_secret
        kiosks.actions.end_screen kiosks.actions.make_kiosk kiosks.actions.renew_kiosk_code kiosks.actions.end_kiosk
        kiosks.actions.set_own_pin kiosks.actions.make_pins punches.actions.register_phone
        punches.actions.confirm_phone punches.actions.reject_phone punches.actions.report_lost
        punches.actions.restore_phone approvals.actions.submit approvals.actions.submit_many
        approvals.actions.withdraw approvals.actions.recall approvals.actions.add_remarks approvals.chains.make_chain
        approvals.chains.end_chain approvals.corrections.submit_correction approvals.corrections.withdraw_correction
        approvals.delegations.delegate approvals.delegations.withdraw_delegation
        approvals.region_documents.hand_in approvals.region_documents.take_back approvals.rerouting.reroute
        approvals.rerouting.reroute_from approvals.rerouting.reroute_of_owner approvals.undoing.undo_offer
        disturbances.actions.propose_disturbance disturbances.actions.reject_disturbance
        attendance.actions.set_policy places.actions.send_by_letter
        leave.actions.start_ledger leave.actions.change_kind leave.actions.correct_balance
        leave.granting.start_granting leave.sheet_import.start_opening_import leave.sheet_import.record_openings
        machines.actions.register_machine machines.actions.change_machine machines.actions.retire_machine
        machines.actions.give_secret machines.actions.drop_secret machines.actions.know_networks
        machines.actions.ask_machine machines.actions.withdraw_command machines.ahead.drop_ahead
        machines.actions.save_pins machines.actions.remove_pin calendars.actions.draft_national_holidays
        continuity.making.make_kit continuity.actions.fetch_kit continuity.actions.change_password
        calendars.actions.make_pattern calendars.actions.take_ready_pattern
        calendars.rosters.discard_drafts
        employees.accounts.grant_role employees.accounts.revoke_role employees.accounts.deactivate_user
        employees.accounts.reactivate_user employees.accounts.switch_off employees.accounts.switch_on
        employees.accounts.end_sessions employees.accounts.set_role_permissions employees.accounts.set_second_factor
        employees.activation.make_codes
        employees.bank.accounts.record_account employees.bank.accounts.write_accounts
        employees.bank.accounts.confirm_accounts employees.bank.accounts.withdraw_account
        employees.bank.accounts.undo_import employees.bank.jobs.check_accounts employees.bank.jobs.confirm_import
        employees.bank.jobs.undo employees.roster_jobs.check_roster employees.stop_import.check_stops
        fallback.actions.empty_sheet reports.paper_settings.set_letterhead reports.paper_settings.set_patterns
        payout.parcels.patience.set_patience
        places.actions.make_place places.actions.change_place places.actions.end_place places.actions.reopen_place
        places.actions.assign_place places.actions.end_assignment places.actions.record_letter
        places.actions.withdraw_letter places.place_import.start_place_import punch_review.verdicts.explain_punch
        punch_review.configuring.set_weights punch_review.configuring.set_selfie_rule
        punch_review.proposing.dismiss_proposal punch_review.selfies.keep_selfie
        punch_review.selfies.excuse_selfie
        reports.paper_settings.appoint_signer reports.paper_settings.end_signer skp.assessments.give_feedback
        skp.plans.create_plan skp.plans.start_new_version skp.plans.save_result skp.plans.remove_result
        skp.plans.save_expectations skp.plans.submit_plan skp.plans.withdraw_plan skp.plans.discard_plan
        skp.rating_import.check_ratings skp.reports.save_realisation skp.reports.submit_report
        skp.reports.withdraw_report skp.reports.return_report
    """,
}


def actions_of_the_code() -> set[str]:
    """Functions of the region's apps that somebody does: public, at the top of a module, with a keyword `actor`."""
    found = set()
    for path in ROOT.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                keywords = {argument.arg for argument in node.args.kwonlyargs}
                found |= {f"{module}.{node.name}"} if "actor" in keywords else set()
    return found


def test_every_action_is_tried_or_said_to_touch_no_fact() -> None:
    said = [name for names in ELSEWHERE.values() for name in names.split()]
    assert len(said) == len(set(said))
    assert not set(said) & set(SAMPLES)
    assert actions_of_the_code() == {*SAMPLES, *said}


def taking_by_list(tree: dict[str, Any]) -> None:
    """Rules that take what the cooperative lists."""
    tree["nodes"].append(
        {
            "id": "iuran",
            "kind": "deduction",
            "label": "Koperasi",
            "column": "deduction",
            "rule": {"mode": "fixed_list", "codes": ["KOPERASI"]},
            "clause": {"text": "Menurut daftar.", "reference": "Naskah coba Pasal 21"},
        }
    )


@pytest.fixture
def at(manado: RegionState, run_of: RunOf, bkpsdm: User) -> Iterator[Locked]:
    draft(taking_by_list, state="published", since=date(2024, 1, 1))
    opd, people = staffed(1, people=3)
    give_facts(people, [MAY], bkpsdm)
    person = people[0]
    person.user = make_user(person.nip, person.name, "asn")
    person.save(update_fields=["user"])
    add_holiday(date=DAY + timedelta(days=1), name="Hari libur Mei", kind="regional", source="SE 9", actor=bkpsdm)
    set_ramadan(name="Puasa", first=FASTING, last=FASTING, source="SE 8", actor=bkpsdm)
    own = week("lima", dict.fromkeys(range(5), "08.00-15.00"))
    save_version(uid=_five_days().uid, version=replace(own.versions[0], valid_from=DAY), actor=bkpsdm)
    draft_cells(cells=[CellIn(person.pk, DAY, "-")], pattern=_five_days(), actor=bkpsdm)
    assign_pattern(pattern=_five_days(), employees=[person], first=DAY, last=None, actor=bkpsdm)
    Holiday.objects.create(date=DAY + timedelta(days=2), name="Draf libur Mei", kind="national", is_confirmed=False)
    with clock.at(after(MAY)):
        record_documents(employees=[person], draft=_letter("S"), actor=bkpsdm)
        entry = Entry(person.pk, "KOPERASI", MAY.previous, "KP 1", amount=Decimal(5_000))
        record_deductions(entries=[entry], source="Uji", actor=bkpsdm)
        gone = StopInput("study_leave", DAY - timedelta(days=60), DAY - timedelta(days=30), "SK 9", DAY)
        stop = record_stop(uid=person.uid, stop=gone, actor=bkpsdm)
        run = run_of(MAY)
        assert (run.people, run.errors) == (3, 0)
        lock = lock_prepared(month=MAY, opd=opd, actor=bkpsdm)
        letter = AttendanceDocument.objects.get(employee=person)
        yield Locked(opd, lock, person, people[1], person.user, bkpsdm, letter, ListedDeduction.objects.get(), stop)


def differing(at: Locked, run_outbox: Callable[[], int]) -> set[int]:
    """Who would be paid more or less for May by a difference run that begins now."""
    with clock.at(after(MAY.next)):
        run = start_difference(month=MAY.next, first=MAY, last=MAY, actor=at.bkpsdm)
        run_outbox()
    return set(DifferenceSlip.objects.filter(run=run).values_list("employee", flat=True))


def test_no_action_changes_what_a_locked_month_counts_without_a_word(at: Locked, run_outbox: Callable[[], int]) -> None:
    assert people_changed_since(at.run, at.opd) == []
    silent, outcomes = {}, {}
    for name, act in SAMPLES.items():
        before = transaction.savepoint()
        try:
            with transaction.atomic():
                act(at)
            outcome = "late" if LateFact.objects.exists() else "done"
        except DomainError as error:
            outcome = type(error).__name__
        outcomes[name] = outcome
        changed = set(people_changed_since(at.run, at.opd))
        late = set(LateFact.objects.filter(of_month=MAY.first_day).values_list("employee", flat=True))
        if changed - late and (found := differing(at, run_outbox) - late):
            silent[name] = f"{outcome}: {len(found)} of {len(changed)} differ"
        assert is_intact(MAY), name
        transaction.savepoint_rollback(before)
    assert silent == {}
    assert {name for name, outcome in outcomes.items() if outcome == "late"} == LATE
    assert {name for name, outcome in outcomes.items() if outcome == "done"} == DONE
