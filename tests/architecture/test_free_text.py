"""Every text column of a region says what becomes of an advertisement in it, or why nobody can write one there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models
from django.urls import resolve, reverse

from config.installed_apps import BOTH, REGION
from kernel.permissions import known
from kernel.texts import How, Page
from kernel.texts.columns import COLUMN_WORDS
from kernel.texts.gate import places

# By the column's name, anywhere.
EXEMPT_NAMES = {
    r".*(digest|sha256|checksum|signature|fingerprint|_key|_print)|seed|root|previous|public_key|secret.*": "computed",
    r".*_?code|slug|kelas|serial|pin|nip|phone|golongan|ptkp|kind|level|stage|unit_kind|column|part|boot|prev": (
        "a short code, checked against a list or a form"
    ),
    r"email|login|password|session_.*|key|route|request_id|content_type|path|purpose|fix_url|next_url": (
        "checked by its own form, or made by the platform"
    ),
}
# By app and model: what machines, phones and the platform write, and copies of columns that have a gate.
EXEMPT = {
    r"account\..*|sessions\..*|mfa\..*": "written by the library",
    r"accounts\.SignIn\..*": "the browser's kind and the network's number, as the platform reads them",
    r"audit\.AuditEvent\.(action|actor_name|subject_kind|subject_name|origin)": "names of actions, people and records",
    r"audit\.Audit(Seal|Check)\..*": "made by the platform",
    r"delivery\..*|jobs\..*": "made by the platform; echoes cells of a sheet that was refused",
    r"files\..*": "names and contents of files are judged by kernel.files",
    r"texts\..*": "the texts that were held",
    r"guests\..*": "operators who visit, and what they looked at",
    r"security\..*": "an incident as operators and the region report it to one another, advertisements quoted",
    r"appeals\.Appeal\.(clause|line_.*|node_id)": "copied from the slip",
    r"approvals\.\w+\.(document_\w+|position_kind|after_rule)": "names that apps declare",
    r"arrears\.(Difference\w+|LateFact)\..*": "computed",
    r"attendance\.DayResult\..*|disturbances\.SyntheticPunch\..*": "computed",
    r"employees\.BankAccount\.number|payout\.PaymentRow\.(number|bank_name|holder)": "digits, and copies",
    r"fallback\.ManualRow\.predikat|payout\.StepPatience\.step|organisation\.\w+\.category": "from a list",
    r"holds\.HoldRelease\.(held_for|node_id|run_kind)": "copied from the run",
    r"leave\.LeaveKind\.document_kind": "a name that apps declare",
    r"machines\.(KeptLine|MachineUser|MachinePin|UnknownPin)\..*": "sent by a machine, by raw SQL",
    r"machines\.Machine\.(device|firmware|model|push_version|\w*stamp|time_zone)": "sent by a machine",
    r"punches\.(Punch\.(device|place_error)|PunchProof\..*|RefusedPunch\..*)": "signed by a phone, by raw SQL",
    r"reports\.(IssuedPaper\.(paper|title)|PaperCounter\.paper)": "made by the platform",
    r"rules\.(RuleSetRevision|StoredRuleSet)\.text|tryout\.TryOut\.text": (
        "the rule set as canonical JSON; signed by two people after its examples pass"
    ),
    r"tpp\.(MonthFacts|RunIssue|SlipLine)\..*|tryout\.TryOutPerson\..*": "computed",
}


def text_columns() -> Iterator[tuple[type[models.Model], models.Field[object, object]]]:
    for config in apps.get_app_configs():
        if config.name in (*REGION, *BOTH):
            for model in config.get_models():
                for column in model._meta.local_fields:
                    if isinstance(column, (models.CharField, models.TextField)) and not column.choices:
                        yield model, column


def why_exempt(name: str) -> str:
    column = name.rpartition(".")[2]
    by_name = (why for pattern, why in EXEMPT_NAMES.items() if re.fullmatch(pattern, column))
    return next(by_name, "") or next((why for pattern, why in EXEMPT.items() if re.fullmatch(pattern, name)), "")


def test_every_text_column_is_declared_or_exempt_for_a_reason() -> None:
    names = {f"{model._meta.label}.{column.name}" for model, column in text_columns()}
    assert sorted(name for name in names if name not in places() and not why_exempt(name)) == []


def test_what_is_declared_is_a_text_column_and_has_its_gate() -> None:
    columns = {f"{model._meta.label}.{column.name}": column for model, column in text_columns()}
    assert set(places()) <= set(columns)
    assert all(isinstance(place.how, How) for place in places().values())
    assert all(columns[name].pre_save.__name__ == "pre_save" for name in places())
    assert all("pre_save" in vars(columns[name]) for name in places())


def test_what_is_declared_has_words() -> None:
    assert sorted({place.column for place in places().values()} - set(COLUMN_WORDS)) == []


def test_no_exemption_is_left_over() -> None:
    names = [f"{model._meta.label}.{column.name}" for model, column in text_columns()]
    assert [pattern for pattern in EXEMPT if not any(re.fullmatch(pattern, name) for name in names)] == []


@pytest.mark.parametrize("name", ["organisation.Unit.name", "activities.Activity.description", "skp.Feedback.text"])
def test_what_people_see_of_one_another_is_held(name: str) -> None:
    assert places()[name].how is How.HOLD


# Rows that a trigger keeps as they are: what is held there could never be written back.
NEVER_CHANGED = [
    "approvals.Decision.note",
    "leave.LeaveEntry.note",
    "oversight.Answer.text",
    "payout.ParcelStep.note",
    "punch_review.PunchExplanation.text",
    "rules.RuleSetRevision.what",
]


@pytest.mark.parametrize("name", NEVER_CHANGED)
def test_what_never_changes_is_refused_rather_than_held(name: str) -> None:
    assert places()[name].how is How.REFUSE


PAGES = sorted({place.model for place in places().values() if place.page is not None}, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_where_a_record_is_seen_is_an_address_of_the_region(model: type[models.Model]) -> None:
    page: Page = vars(model)["text_page"]
    names = [name for name in (page.official, page.own) if name]
    assert names
    for name in names:
        resolve(reverse(name, "config.urls_region", args=[UUID(int=0)] if page.key else []), "config.urls_region")
    if page.key:
        assert isinstance(model._base_manager.values_list(page.key).query.output_field, models.UUIDField)
    assert not page.needs or known(page.needs)
    assert model._base_manager.exclude(**page.private).query is not None
