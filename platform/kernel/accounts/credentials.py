"""What lets somebody or something in, by kind, and how all of a kind are renewed at once.

Each app declares its own kind; the operators' side renews them in a region without importing it (security note, 4.5).
Renewing never takes a punch away: what was captured counts, and what is captured meanwhile is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.accounts.epochs import sign_out
from kernel.accounts.models import User


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose credentials: of everybody, or of one OPD (`opd`) with the accounts of its people (`users`, keys)."""

    opd: UUID | None = None
    users: frozenset[int] | None = None

    def people(self) -> QuerySet[User]:
        """The active accounts within reach."""
        active = User.objects.active()
        return active if self.users is None else active.filter(pk__in=self.users)


@dataclass(frozen=True, slots=True)
class Credential:
    """A kind: its words, how many there are, and what renews them and gives how many that were."""

    code: str
    label: str | Promise
    effect: str | Promise
    count: Callable[[Reach], int]
    renew: Callable[[Reach], int]
    order: int


_declared: dict[str, Credential] = {}


def declare(credential: Credential) -> None:
    """Declare a kind. Twice the same code with another meaning raises ValueError."""
    if _declared.setdefault(credential.code, credential) is not credential:
        raise ValueError(f"the credential {credential.code!r} is declared twice")


def credentials() -> list[Credential]:
    """All kinds, in order."""
    return sorted(_declared.values(), key=lambda kind: (kind.order, kind.code))


def _demand_passwords(reach: Reach) -> int:
    sign_out(reach.users)
    return reach.people().update(must_change_password=True)


declare(
    Credential(
        code="sessions",
        label=_("Sesi masuk"),
        effect=_("Semua orang dalam jangkauan masuk lagi dengan kata sandinya."),
        count=lambda reach: reach.people().count(),
        renew=lambda reach: sign_out(reach.users),
        order=10,
    )
)
declare(
    Credential(
        code="passwords",
        label=_("Kata sandi"),
        effect=_("Setiap orang membuat kata sandi baru saat masuk berikutnya; sesi yang terbuka berakhir."),
        count=lambda reach: reach.people().count(),
        renew=_demand_passwords,
        order=20,
    )
)
