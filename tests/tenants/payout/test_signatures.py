"""Three offices sign a lock, three people, each under the digest that the stored rows give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.sql import Composed

from kernel import clock
from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from tenants.payout.errors import SignatureRefused, SlipChanged
from tenants.payout.models import LockSignature
from tenants.payout.signing import fully_signed, sign_lock, sign_locks, waiting_for, withdraw_signature
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthLock, MonthRun, SlipLine
from tests.tenants.payout.closing_steps import is_intact, lock_one, lock_prepared
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY
from tests.tenants.tpp.pilot import RunOf, after, give_facts, staffed

OFFICES = ("bkpsdm", "inspektorat", "bpkad")


def execute(statement: str | Composed) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.fixture
def lock(month_run: MonthRun, bkpsdm: User) -> MonthLock:
    with clock.at(AFTERWARDS):
        return lock_one(MAY, actor=bkpsdm)


@pytest.fixture
def officials(with_role: Callable[..., User], bkpsdm: User) -> dict[str, User]:
    return {"bkpsdm": bkpsdm, "inspektorat": with_role("inspektorat"), "bpkad": with_role("bpkad")}


def test_the_third_signature_makes_it_complete(lock: MonthLock, officials: dict[str, User]) -> None:
    for office in OFFICES:
        assert fully_signed([lock.pk]) == set()
        assert list(waiting_for(officials[office])) == [lock]
        signature = sign_lock(uid=lock.uid, office=office, actor=officials[office])
        assert signature.digest == lock.digest
        assert not waiting_for(officials[office])
        assert sign_lock(uid=lock.uid, office=office, actor=officials[office]) == signature
    assert fully_signed([lock.pk]) == {lock.pk}
    assert AuditEvent.objects.filter(action="payout.lock_signed").count() == 3


def test_an_opd_is_signed_while_the_others_are_computed_again(
    manado_rules: StoredRuleSet, officials: dict[str, User], run_of: RunOf, run_outbox: Callable[[], int]
) -> None:
    bkpsdm = officials["bkpsdm"]
    (first, people), (second, others) = staffed(1), staffed(2)
    give_facts([*people, *others], [MAY], bkpsdm)
    run_of(MAY)
    with clock.at(after(MAY)):
        lock = lock_prepared(month=MAY, opd=first, actor=bkpsdm)
        again = start_run(month=MAY, actor=bkpsdm)
        assert again.is_going
        sign_lock(uid=lock.uid, office="bkpsdm", actor=bkpsdm)
        run_outbox()
        for office in OFFICES[1:]:
            sign_lock(uid=lock.uid, office=office, actor=officials[office])
        again.refresh_from_db()
        assert again.is_done
        assert set(again.slips.values_list("opd", flat=True)) == {second.pk}
        assert fully_signed([lock.pk]) == {lock.pk}
        assert is_intact(MAY)


def test_nobody_signs_for_an_office_that_is_not_theirs(lock: MonthLock, officials: dict[str, User]) -> None:
    with pytest.raises(NotAllowed):
        sign_lock(uid=lock.uid, office="bpkad", actor=officials["bkpsdm"])


def test_one_person_signs_for_one_office_only(lock: MonthLock, officials: dict[str, User]) -> None:
    both = officials["bkpsdm"]
    RoleGrant.objects.create(user=both, role=Role.objects.get(code="bpkad"))
    both = User.objects.get(pk=both.pk)
    sign_lock(uid=lock.uid, office="bkpsdm", actor=both)
    with pytest.raises(SignatureRefused, match="person_signed"):
        sign_lock(uid=lock.uid, office="bpkad", actor=both)
    with pytest.raises(IntegrityError, match="signature_once_per_person"), transaction.atomic():
        LockSignature.objects.create(lock=lock, office="bpkad", signer=both, digest=lock.digest)


def test_an_office_signs_once(lock: MonthLock, officials: dict[str, User], with_role: Callable[..., User]) -> None:
    sign_lock(uid=lock.uid, office="bkpsdm", actor=officials["bkpsdm"])
    colleague = with_role("bkpsdm")
    with pytest.raises(SignatureRefused, match="office_signed"):
        sign_lock(uid=lock.uid, office="bkpsdm", actor=colleague)
    assert not waiting_for(colleague)


def test_the_own_signature_is_taken_back_until_the_third(lock: MonthLock, officials: dict[str, User]) -> None:
    first = sign_lock(uid=lock.uid, office="bkpsdm", actor=officials["bkpsdm"])
    with pytest.raises(SignatureRefused, match="not_own"):
        withdraw_signature(uid=first.uid, actor=officials["bpkad"])
    withdraw_signature(uid=first.uid, actor=officials["bkpsdm"])
    assert list(waiting_for(officials["bkpsdm"])) == [lock]
    made = [sign_lock(uid=lock.uid, office=office, actor=officials[office]) for office in OFFICES]
    with pytest.raises(SignatureRefused, match="complete"):
        withdraw_signature(uid=made[0].uid, actor=officials["bkpsdm"])
    with pytest.raises(IntegrityError, match="three have signed"):
        execute("UPDATE payout_locksignature SET withdrawn_at = now() WHERE withdrawn_at IS NULL")


def test_what_was_changed_behind_the_triggers_is_not_signed(lock: MonthLock, officials: dict[str, User]) -> None:
    execute("ALTER TABLE tpp_slipline DISABLE TRIGGER locked_line_update")
    SlipLine.objects.filter(slip__run=lock.run, node_id="disiplin").update(label="Bobot lain")
    execute("ALTER TABLE tpp_slipline ENABLE TRIGGER locked_line_update")
    with pytest.raises(SlipChanged):
        sign_lock(uid=lock.uid, office="bkpsdm", actor=officials["bkpsdm"])
    made, refused = sign_locks(locks=[lock.uid], office="bkpsdm", actor=officials["bkpsdm"])
    assert (made, [left.lock for left in refused]) == ([], [lock])
    assert not LockSignature.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payout_locksignature SET signed_at = now() - interval '1 day'",
        "UPDATE payout_locksignature SET office = 'bpkad'",
        "DELETE FROM payout_locksignature",
        "TRUNCATE payout_locksignature",
        "INSERT INTO payout_locksignature (uid, region_id, lock_id, office, signer_id, digest, signed_at)"
        " SELECT gen_random_uuid(), region_id, lock_id, 'bpkad', signer_id, 'x', now() FROM payout_locksignature",
    ],
)
def test_signatures_refuse_raw_sql(lock: MonthLock, officials: dict[str, User], statement: str) -> None:
    sign_lock(uid=lock.uid, office="bkpsdm", actor=officials["bkpsdm"])
    with pytest.raises(IntegrityError, match=r"append-only|under the digest"):
        execute(statement)
