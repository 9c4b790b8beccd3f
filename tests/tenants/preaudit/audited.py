"""Who is looked at in these tests, and asking one check about a run."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from kernel.accounts.models import User
from kernel.files.models import StoredFile
from kernel.ids import new_uid
from tenants.approvals.models import ApprovalRequest, Chain, Decision
from tenants.preaudit.checks import check_of
from tenants.preaudit.subject import Subject
from tenants.preaudit.wording import words_of
from tenants.tpp.models import MonthRun
from tests.cast import Person

# The region's day on which the checks are made.
TODAY = date(2024, 6, 3)


def found_by(code: str, run: MonthRun, *opds: int) -> dict[int, str]:
    """What the check finds in the run, by the employee's key, in words."""
    check = check_of(code)
    assert check is not None, code
    subject = Subject(run, frozenset(opds) or None, TODAY)
    return {found.employee_id: words_of(check, found.facts) for found in check.find(subject)}


def approve_of(owner: Person, *, by: Person, on: date, times: int) -> None:
    """So many activities of the owner for the day that the other has approved."""
    chain = Chain.objects.filter(document_kind="activity").order_by("pk")[0]
    for _ in range(times):
        request = ApprovalRequest.objects.create(
            document_kind="activity",
            document_uid=new_uid(),
            title="Laporan bulanan",
            owner=owner.employee,
            owner_user=owner.user,
            chain=chain,
            on=on,
            state=ApprovalRequest.State.APPROVED,
        )
        Decision.objects.create(
            request=request,
            level=1,
            verdict=Decision.Verdict.APPROVED,
            decided_by=by.user,
            owner_user=owner.user,
        )


def stored_file(content: bytes, owner: User) -> StoredFile:
    """A file of evidence, as it lies in the store."""
    return StoredFile.objects.create(
        purpose="evidence",
        name="bukti.pdf",
        content_type="application/pdf",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        path=f"uji/{new_uid()}.pdf",
        owner=owner,
    )
