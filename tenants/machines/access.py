"""Who may open a machine's log."""

from __future__ import annotations

from kernel.accounts.models import User
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, user_may
from tenants.machines.permissions import MACHINE

MACHINE_FILE = "machine_log"


@reader(MACHINE_FILE)
def may_read_machine_log(user: User, stored: StoredFile) -> bool:
    """The log of a machine: who sent it in, and who may import for the whole region."""
    if stored.owner_id == user.pk:
        return True
    return user_may(user, MACHINE) and opd_scope(user, MACHINE) is None
