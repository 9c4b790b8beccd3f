"""A rule set's way: brought in, signed by two, published, followed by the next; and what is refused on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from kernel.periods import Month
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.rules import errors, publishing
from tenants.rules.actions import (
    copy_ready_set,
    copy_to_draft,
    discard_draft,
    load_rule_set_file,
    publish_rule_set,
    reasons_against_publishing,
    restore_revision,
    save_draft,
    sign_rule_set,
    state_regulation,
)
from tenants.rules.engine import dump, ready_rule_sets
from tenants.rules.loading import loaded, rules_on
from tenants.rules.models import RuleSetRevision, StoredRuleSet
from tests.cast import make_user, with_regulation
from tests.closed_months import close_months
from tests.files import pdf

WithRole = Callable[..., User]


@pytest.fixture
def author(with_role: WithRole) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def second(with_role: WithRole) -> User:
    return with_role("bpkad")


@pytest.fixture
def draft(manado: RegionState, author: User) -> StoredRuleSet:
    return with_regulation(copy_ready_set(code="manado", valid_from=date(2024, 1, 1), actor=author), author)


def follow(draft: StoredRuleSet, start: date, author: User, second: User) -> StoredRuleSet:
    """The next version of the same text, signed by both and published from `start`."""
    following = with_regulation(load_rule_set_file(text=draft.text, valid_from=start, actor=author), author)
    sign_rule_set(uid=following.uid, actor=author)
    sign_rule_set(uid=following.uid, actor=second)
    return publish_rule_set(uid=following.uid, actor=author)


def test_a_ready_set_becomes_a_draft_that_reads_back_to_its_digest(draft: StoredRuleSet) -> None:
    assert draft.is_draft
    assert draft.version == 1
    assert loaded(draft).code == "manado"
    assert StoredRuleSet.objects.in_force(date(2024, 3, 1)) is None
    assert rules_on(date(2024, 3, 1)) is None


def test_two_people_sign_and_it_is_in_force(manado_rules: StoredRuleSet) -> None:
    assert manado_rules.is_published
    assert StoredRuleSet.objects.in_force(date(2024, 3, 1)) == manado_rules
    assert StoredRuleSet.objects.in_force(date(2023, 12, 31)) is None
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"rules.brought_in", "rules.signed", "rules.published"} <= actions


def test_one_persons_signature_is_not_enough(draft: StoredRuleSet, author: User) -> None:
    sign_rule_set(uid=draft.uid, actor=author)
    with pytest.raises(errors.CannotPublish) as refused:
        publish_rule_set(uid=draft.uid, actor=author)
    assert refused.value.reasons == ("Perlu tanda tangan 2 orang; baru 1.",)
    draft.refresh_from_db()
    assert draft.is_draft


def test_the_same_person_cannot_sign_twice(draft: StoredRuleSet, author: User) -> None:
    sign_rule_set(uid=draft.uid, actor=author)
    with pytest.raises(errors.AlreadySigned):
        sign_rule_set(uid=draft.uid, actor=author)


def test_only_those_who_may_sign_sign(draft: StoredRuleSet, with_role: WithRole) -> None:
    with pytest.raises(NotAllowed):
        sign_rule_set(uid=draft.uid, actor=with_role("operator_opd"))


def test_a_failing_example_stands_in_the_way(manado: RegionState, author: User, second: User) -> None:
    text = ready_rule_sets()["manado"].replace('net: "3419521"', 'net: "3419522"')
    wrong = with_regulation(load_rule_set_file(text=text, valid_from=date(2024, 1, 1), actor=author), author)
    sign_rule_set(uid=wrong.uid, actor=author)
    sign_rule_set(uid=wrong.uid, actor=second)
    reasons = reasons_against_publishing(wrong)
    assert len(reasons) == 1
    assert "tiga hari tanpa keterangan" in reasons[0]
    with pytest.raises(errors.CannotPublish):
        publish_rule_set(uid=wrong.uid, actor=author)


def test_rules_that_leave_parts_of_a_cent_are_not_published(manado: RegionState, author: User, second: User) -> None:
    text = ready_rule_sets()["manado"].replace("deduction: half_up_rupiah", "deduction: none")
    text = text.replace("net: half_up_rupiah", "net: none")
    unrounded = with_regulation(load_rule_set_file(text=text, valid_from=date(2024, 1, 1), actor=author), author)
    for signer in (author, second):
        sign_rule_set(uid=unrounded.uid, actor=signer)
    assert [reason for reason in reasons_against_publishing(unrounded) if not reason.startswith("Contoh")] == [
        "Belum dibulatkan: potongan, bersih. Yang dibayarkan paling halus dua desimal, jadi pilih cara pembulatannya."
    ]
    with pytest.raises(errors.CannotPublish):
        publish_rule_set(uid=unrounded.uid, actor=author)


def test_a_broken_file_is_refused_with_the_place_of_every_problem(manado: RegionState, author: User) -> None:
    text = ready_rule_sets()["manado"].replace("reference_day: first", "reference_day: sometimes")
    with pytest.raises(errors.RuleSetRefused) as refused:
        load_rule_set_file(text=text, valid_from=date(2024, 1, 1), actor=author)
    assert [problem.node_id for problem in refused.value.problems] == ["pagu"]
    assert not StoredRuleSet.objects.exists()


def test_a_rule_set_starts_on_a_first_of_the_month_and_not_before_its_text(manado: RegionState, author: User) -> None:
    for start in (date(2024, 1, 2), date(2023, 12, 1)):
        with pytest.raises(errors.StartRefused):
            copy_ready_set(code="manado", valid_from=start, actor=author)


def test_an_unknown_ready_set_says_which_exist(manado: RegionState, author: User) -> None:
    with pytest.raises(errors.UnknownReadySet) as refused:
        copy_ready_set(code="atlantis", valid_from=date(2024, 1, 1), actor=author)
    assert "manado" in refused.value.message()


def test_the_next_version_closes_the_one_before(manado_rules: StoredRuleSet, author: User, second: User) -> None:
    following = follow(manado_rules, date(2025, 1, 1), author, second)
    manado_rules.refresh_from_db()
    assert manado_rules.valid_to == date(2025, 1, 1)
    assert following.version == 2
    assert StoredRuleSet.objects.in_force(date(2024, 12, 31)) == manado_rules
    assert StoredRuleSet.objects.in_force(date(2025, 1, 1)) == following


def test_a_backdated_version_replaces_what_began_later_and_ends_what_began_before(
    manado_rules: StoredRuleSet, author: User, second: User
) -> None:
    later = follow(manado_rules, date(2025, 1, 1), author, second)
    backdated = follow(manado_rules, date(2024, 6, 1), author, second)
    manado_rules.refresh_from_db()
    later.refresh_from_db()
    assert manado_rules.valid_to == date(2024, 6, 1)
    assert (later.state, later.valid_from, later.valid_to) == ("replaced", date(2025, 1, 1), None)
    assert StoredRuleSet.objects.in_force(date(2024, 5, 31)) == manado_rules
    assert StoredRuleSet.objects.in_force(date(2024, 6, 1)) == backdated
    assert StoredRuleSet.objects.in_force(date(2025, 1, 1)) == backdated
    assert AuditEvent.objects.filter(action="rules.replaced", subject_uid=later.uid).count() == 1


def test_a_version_with_the_same_first_day_takes_the_place_of_the_first(
    manado_rules: StoredRuleSet, author: User, second: User
) -> None:
    again = follow(manado_rules, date(2024, 1, 1), author, second)
    manado_rules.refresh_from_db()
    assert manado_rules.state == StoredRuleSet.State.REPLACED
    assert StoredRuleSet.objects.in_force(date(2024, 1, 1)) == again


def test_a_backdated_version_with_an_end_leaves_the_later_one_in_force(
    manado_rules: StoredRuleSet, author: User, second: User
) -> None:
    later = follow(manado_rules, date(2025, 1, 1), author, second)
    draft = with_regulation(load_rule_set_file(text=later.text, valid_from=date(2024, 6, 1), actor=author), author)
    draft = save_draft(
        uid=draft.uid,
        seen=draft.digest,
        tree=dump(loaded(draft)),
        what="Sampai akhir tahun",
        actor=author,
        valid_from=date(2024, 6, 1),
        valid_to=date(2025, 1, 1),
    )
    for signer in (author, second):
        sign_rule_set(uid=draft.uid, actor=signer)
    publish_rule_set(uid=draft.uid, actor=author)
    later.refresh_from_db()
    assert later.is_published
    assert StoredRuleSet.objects.in_force(date(2024, 12, 31)) == draft
    assert StoredRuleSet.objects.in_force(date(2025, 1, 1)) == later


def test_a_version_may_start_in_a_closed_month(
    manado_rules: StoredRuleSet, author: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, Month(2025, 3))
    following = follow(manado_rules, date(2025, 3, 1), author, second)
    assert StoredRuleSet.objects.in_force(date(2025, 3, 1)) == following


def test_a_backdated_version_needs_two_people_as_every_other(
    manado_rules: StoredRuleSet, author: User, second: User
) -> None:
    follow(manado_rules, date(2025, 1, 1), author, second)
    draft = with_regulation(
        load_rule_set_file(text=manado_rules.text, valid_from=date(2024, 6, 1), actor=author), author
    )
    sign_rule_set(uid=draft.uid, actor=author)
    with pytest.raises(errors.CannotPublish) as refused:
        publish_rule_set(uid=draft.uid, actor=author)
    assert refused.value.reasons == ("Perlu tanda tangan 2 orang; baru 1.",)
    assert StoredRuleSet.objects.published().count() == 2


def test_a_replaced_version_is_final_and_none_becomes_it_by_the_back_door(
    manado_rules: StoredRuleSet, author: User, second: User
) -> None:
    follow(manado_rules, date(2024, 1, 1), author, second)
    waiting = load_rule_set_file(text=manado_rules.text, valid_from=date(2026, 1, 1), actor=author)
    for pk, statement in (
        (manado_rules.pk, "UPDATE rules_storedruleset SET state = 'published' WHERE id = %s"),
        (manado_rules.pk, "UPDATE rules_storedruleset SET state = 'draft' WHERE id = %s"),
        (manado_rules.pk, "UPDATE rules_storedruleset SET title = 'x' WHERE id = %s"),
        (manado_rules.pk, "DELETE FROM rules_storedruleset WHERE id = %s"),
        (waiting.pk, "UPDATE rules_storedruleset SET state = 'replaced' WHERE id = %s"),
    ):
        with (
            pytest.raises(IntegrityError, match=r"replaced|final"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [pk])


def test_apps_above_say_what_publishing_brings_with_it(draft: StoredRuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_foresights", [])

    @publishing.foresight
    def locked(stored: StoredRuleSet) -> list[str]:
        return [f"{stored}: dua bulan terkunci."]

    publishing.foresight(locked)
    assert publishing.consequences(draft) == [f"{draft}: dua bulan terkunci."]


def test_a_discarded_draft_can_neither_be_signed_nor_published(draft: StoredRuleSet, author: User) -> None:
    sign_rule_set(uid=draft.uid, actor=author)
    discard_draft(uid=draft.uid, actor=author)
    with pytest.raises(errors.NotADraft):
        sign_rule_set(uid=draft.uid, actor=author)
    with pytest.raises(errors.NotADraft):
        publish_rule_set(uid=draft.uid, actor=author)


def test_a_published_text_cannot_be_changed_even_by_sql(manado_rules: StoredRuleSet) -> None:
    for statement in (
        "UPDATE rules_storedruleset SET text = 'code: x'",
        "UPDATE rules_storedruleset SET state = 'draft'",
        "UPDATE rules_storedruleset SET regulation_file_id = NULL",
        "DELETE FROM rules_storedruleset",
        "DELETE FROM rules_rulesetsignature",
        "UPDATE rules_rulesetrevision SET text = 'code: x'",
        "DELETE FROM rules_rulesetrevision",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_text_that_no_longer_fits_its_digest_does_not_compute(draft: StoredRuleSet) -> None:
    draft.text = draft.text.replace("2970000", "9970000")
    with pytest.raises(errors.RuleSetTampered):
        loaded(draft)


def publish_by_sql(draft: StoredRuleSet) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE rules_storedruleset SET state = 'published' WHERE id = %s", [draft.pk])


def test_the_database_publishes_nothing_without_two_people_and_the_regulation(
    draft: StoredRuleSet, author: User, second: User
) -> None:
    sign_rule_set(uid=draft.uid, actor=author)
    with pytest.raises(IntegrityError, match="two signatures"):
        publish_by_sql(draft)
    sign_rule_set(uid=draft.uid, actor=second)
    StoredRuleSet.objects.filter(pk=draft.pk).update(regulation_file=None)
    with pytest.raises(IntegrityError, match="two signatures"):
        publish_by_sql(draft)


def test_the_database_refuses_two_published_versions_on_one_day(
    manado_rules: StoredRuleSet, author: User, second: User
) -> None:
    copy = with_regulation(copy_to_draft(uid=manado_rules.uid, valid_from=date(2026, 1, 1), actor=author), author)
    for signer in (author, second):
        sign_rule_set(uid=copy.uid, actor=signer)
    with pytest.raises(IntegrityError, match="rule_set_published_no_overlap"):
        publish_by_sql(copy)


def test_without_the_regulation_it_is_not_published(manado: RegionState, author: User, second: User) -> None:
    bare = copy_ready_set(code="manado", valid_from=date(2024, 1, 1), actor=author)
    for signer in (author, second):
        sign_rule_set(uid=bare.uid, actor=signer)
    assert reasons_against_publishing(bare) == (
        "Nomor dan tanggal peraturan belum diisi.",
        "Naskah peraturan (PDF) belum dilampirkan.",
    )


def test_an_edit_leaves_earlier_signatures_behind(draft: StoredRuleSet, author: User, second: User) -> None:
    for signer in (author, second):
        sign_rule_set(uid=draft.uid, actor=signer)
    assert reasons_against_publishing(draft) == ()
    tree = dump(loaded(draft)) | {"source": "Diperiksa ulang."}
    edited = save_draft(uid=draft.uid, seen=draft.digest, tree=tree, what="Sumber", actor=author)
    assert reasons_against_publishing(edited) == ("Perlu tanda tangan 2 orang; baru 0.",)
    sign_rule_set(uid=draft.uid, actor=author)
    assert edited.standing_signatures().count() == 1


def test_another_file_leaves_earlier_signatures_behind(draft: StoredRuleSet, author: User, second: User) -> None:
    for signer in (author, second):
        sign_rule_set(uid=draft.uid, actor=signer)
    regulation = loaded(draft).regulation
    assert regulation.date is not None
    stated = state_regulation(
        uid=draft.uid,
        seen=draft.digest,
        number=regulation.number,
        title=regulation.title,
        enacted_on=regulation.date,
        upload=ContentFile(pdf("Lain"), "lain.pdf"),
        actor=author,
    )
    assert stated.digest == draft.digest
    assert reasons_against_publishing(stated) == ("Perlu tanda tangan 2 orang; baru 0.",)


def test_every_save_is_a_revision_and_one_can_go_back(draft: StoredRuleSet, author: User) -> None:
    before = draft.digest
    tree = dump(loaded(draft)) | {"source": "Diperiksa ulang."}
    edited = save_draft(uid=draft.uid, seen=before, tree=tree, what="Sumber", actor=author)
    back = restore_revision(uid=draft.uid, number=2, seen=edited.digest, actor=author)
    assert back.digest == before
    said = RuleSetRevision.objects.order_by("number").values_list("what", flat=True)
    assert list(said) == ["Disalin dari aturan siap pakai", "Naskah peraturan", "Sumber", "Kembali ke simpanan 2"]


def test_a_save_over_somebody_elses_is_refused(draft: StoredRuleSet, author: User, second: User) -> None:
    seen = draft.digest
    tree = dump(loaded(draft))
    save_draft(uid=draft.uid, seen=seen, tree=tree | {"source": "Yang pertama."}, what="Sumber", actor=author)
    with pytest.raises(errors.StaleDraft) as refused:
        save_draft(uid=draft.uid, seen=seen, tree=tree | {"source": "Yang kedua."}, what="Sumber", actor=author)
    assert str(author) in refused.value.message()
    draft.refresh_from_db()
    assert loaded(draft).source == "Yang pertama."


def test_a_broken_tree_is_not_stored(draft: StoredRuleSet, author: User) -> None:
    with pytest.raises(errors.RuleSetRefused):
        save_draft(uid=draft.uid, seen=draft.digest, tree=dump(loaded(draft)) | {"nodes": []}, what="x", actor=author)
    before = draft.digest
    draft.refresh_from_db()
    assert draft.digest == before


def test_a_published_version_is_not_edited_but_copied(manado_rules: StoredRuleSet, author: User) -> None:
    with pytest.raises(errors.NotADraft):
        save_draft(
            uid=manado_rules.uid, seen=manado_rules.digest, tree=dump(loaded(manado_rules)), what="x", actor=author
        )
    copy = copy_to_draft(uid=manado_rules.uid, valid_from=date(2026, 1, 1), actor=author)
    assert (copy.version, copy.is_draft, copy.regulation_file) == (2, True, None)
    assert copy.digest == manado_rules.digest


def test_a_ready_set_whose_regulation_ended_starts_a_regions_own(manado: RegionState, author: User) -> None:
    copy = copy_ready_set(code="banjarmasin_2023", valid_from=date(2026, 1, 1), actor=author)
    assert copy.valid_to is None


def test_an_app_above_may_say_what_stands_in_the_way(
    draft: StoredRuleSet, author: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_checks", [])
    for signer in (author, second):
        sign_rule_set(uid=draft.uid, actor=signer)

    @publishing.check
    def waits(stored: StoredRuleSet) -> list[str]:
        return [f"{stored} menunggu persetujuan."]

    publishing.check(waits)
    assert reasons_against_publishing(draft) == (f"{draft} menunggu persetujuan.",)
    with pytest.raises(errors.CannotPublish):
        publish_rule_set(uid=draft.uid, actor=author)


def test_two_who_publish_the_first_rule_set_at_once_get_one_and_a_clear_answer(fresh_region: RegionState) -> None:
    author, second = (make_user(f"19800101200501100{n}", f"Penyusun {n}", "bkpsdm") for n in (1, 2))
    drafts = []
    for _ in range(2):
        made = with_regulation(copy_ready_set(code="manado", valid_from=date(2024, 1, 1), actor=author), author)
        for signer in (author, second):
            sign_rule_set(uid=made.uid, actor=signer)
        drafts.append(made)
    ready = threading.Barrier(2)

    def press(user: User, draft: StoredRuleSet) -> StoredRuleSet | errors.CannotPublish:
        with region_scope(fresh_region):
            try:
                actor = User.objects.get(pk=user.pk)
                ready.wait(timeout=20)
                return publish_rule_set(uid=draft.uid, actor=actor, replaces=())
            except errors.CannotPublish as error:
                return error
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        pressed = [pool.submit(press, user, made) for user, made in zip((author, second), drafts, strict=True)]
        outcomes = [future.result(timeout=60) for future in pressed]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CannotPublish", "StoredRuleSet"]
    assert StoredRuleSet.objects.published().count() == 1


def test_a_restored_revision_counts_as_long_as_its_text_says(draft: StoredRuleSet, author: User) -> None:
    until = date(2025, 1, 1)
    ended = save_draft(
        uid=draft.uid,
        seen=draft.digest,
        tree=dump(loaded(draft)),
        what="Berakhir",
        actor=author,
        valid_from=draft.valid_from,
        valid_to=until,
    )
    assert ended.valid_to == until
    open_again = restore_revision(uid=draft.uid, number=1, seen=ended.digest, actor=author)
    open_again.refresh_from_db()
    assert (open_again.valid_to, loaded(open_again).valid_to) == (None, None)
    ended_again = restore_revision(
        uid=draft.uid, number=ended.revisions.order_by("-number")[1].number, seen=open_again.digest, actor=author
    )
    assert (ended_again.valid_to, loaded(ended_again).valid_to) == (until, until)


def test_a_file_swapped_after_signing_is_not_published_by_sql_either(
    draft: StoredRuleSet, author: User, second: User
) -> None:
    for signer in (author, second):
        sign_rule_set(uid=draft.uid, actor=signer)
    other = state_regulation(
        uid=draft.uid,
        seen=draft.digest,
        number=draft.regulation,
        title="Tambahan Penghasilan Pegawai",
        enacted_on=date(2024, 1, 2),
        upload=ContentFile(pdf("Lain"), "lain.pdf"),
        actor=author,
    )
    assert other.digest == draft.digest
    with pytest.raises(IntegrityError, match="two signatures"), transaction.atomic():
        StoredRuleSet.objects.filter(pk=draft.pk).update(state="published")
