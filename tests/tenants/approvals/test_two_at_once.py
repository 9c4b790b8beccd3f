"""Two people decide the same documents at the same moment: each document is decided once."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.db import connection

from kernel.accounts.models import User
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.approvals.actions import Outcome, Submission, decide, submit_many
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.defaults import FROM_THE_BEGINNING
from tenants.approvals.errors import AlreadyDecided
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision
from tests.cast import make_employee, make_opd, make_position, make_user
from tests.tenants.approvals.papers import Told

COUNT = 60


def test_two_holders_of_a_role_decide_each_document_once(papers: Told, fresh_region: RegionState) -> None:
    lay_down_chain(
        document_kind="paper",
        name="Surat uji",
        valid_from=FROM_THE_BEGINNING,
        steps=[StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="bkpsdm")],
    )
    owner = make_employee("Pegawai", make_position(make_opd(), "P-1", "Staf"))
    first, second = (make_user(f"19800101200501100{n}", f"BKPSDM {n}", "bkpsdm") for n in (1, 2))
    rows = submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner, f"Surat {n}", FROM_THE_BEGINNING) for n in range(COUNT)],
        actor=first,
    )
    uids = [row.uid for row in rows]
    ready = threading.Barrier(2)

    def press(user: User, order: list[uuid.UUID], verdict: str) -> Outcome | AlreadyDecided:
        with region_scope(fresh_region):
            try:
                actor = User.objects.get(pk=user.pk)
                ready.wait(timeout=20)
                return decide(request_uids=order, verdict=verdict, note="Keputusan", actor=actor)
            except AlreadyDecided as error:
                return error
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        approving = pool.submit(press, first, uids, "approved")
        returning = pool.submit(press, second, list(reversed(uids)), "returned")
        outcomes = [approving.result(timeout=60), returning.result(timeout=60)]

    first_one = next(outcome for outcome in outcomes if isinstance(outcome, Outcome))
    second_one = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyDecided))
    assert len(first_one.decided) == COUNT
    assert "Surat 0" in second_one.message()
    assert f"{COUNT - 3} dokumen lain" in second_one.message()
    assert Decision.objects.count() == COUNT
    assert len(papers.calls) == 1
    winner = {"approved": "approved", "returned": "returned"}[papers.calls[0][0]]
    assert ApprovalRequest.objects.filter(state=winner).count() == COUNT


def test_the_same_person_in_two_windows_decides_once(papers: Told, fresh_region: RegionState) -> None:
    lay_down_chain(
        document_kind="paper",
        name="Surat uji",
        valid_from=FROM_THE_BEGINNING,
        steps=[StepInput(ChainStep.Approver.DIRECT_SUPERIOR)],
    )
    opd = make_opd()
    head = make_position(opd, "P-1", "Kepala", kind="jpt")
    boss_user = make_user("198001012005011001", "Kepala", "asn", "atasan")
    make_employee("Kepala", head, user=boss_user, nip="198001012005011001")
    owner = make_employee("Pegawai", make_position(opd, "P-2", "Staf", superior=head))
    rows = submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner, f"Surat {n}", date(2025, 1, 1)) for n in range(20)],
        actor=boss_user,
    )
    uids = [row.uid for row in rows]
    ready = threading.Barrier(2)

    def press() -> int:
        with region_scope(fresh_region):
            try:
                actor = User.objects.get(pk=boss_user.pk)
                ready.wait(timeout=20)
                return len(decide(request_uids=uids, verdict="approved", actor=actor).decided)
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        decided = [future.result(timeout=60) for future in [pool.submit(press), pool.submit(press)]]
    assert sorted(decided) == [0, 20]
    assert papers.calls == [("approved", 20, "")]
