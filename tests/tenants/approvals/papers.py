"""A kind of document of the tests' own, whose handler keeps what it was told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from typing_extensions import override

from kernel.accounts.actors import Actor
from tenants.approvals.handlers import Details, Handler
from tenants.approvals.models import ApprovalRequest


@dataclass
class Told:
    """Calls in order: what, how many, with which note. `fail` makes the next call raise."""

    calls: list[tuple[str, int, str]] = field(default_factory=list)
    fail: bool = False


class Papers(Handler):
    """Documents without a table."""

    label = "Surat uji"
    told = Told()

    def _tell(self, what: str, requests: Sequence[ApprovalRequest], note: str = "") -> None:
        if self.told.fail:
            raise RuntimeError("the document's app is out of order")
        self.told.calls.append((what, len(requests), note))

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        self._tell("approved", requests)

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        self._tell("returned", requests, note)

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        self._tell("rejected", requests, note)

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        self._tell("recalled", requests, note)

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        self._tell("undone", requests)
        return {}

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        return {uid: Details(facts=[("Nomor", "1")], text="Isi surat") for uid in uids}

    @override
    def next_deadline(self, today: date) -> str:
        return "Surat uji berikutnya pada akhir bulan."
