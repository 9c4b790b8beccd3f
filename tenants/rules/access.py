"""Who may have what belongs to a rule set."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import user_may
from tenants.rules.errors import NotADraft
from tenants.rules.models import StoredRuleSet
from tenants.rules.permissions import READ

REGULATION_FILE = "regulation"


@reader(REGULATION_FILE)
def may_read_regulation(user: User, stored: StoredFile) -> bool:
    """Everybody who reads the rule set that it belongs to; a file that was replaced is nobody's."""
    return user_may(user, READ) and StoredRuleSet.objects.filter(regulation_file=stored).exists()


def draft_to_edit(uid: UUID) -> StoredRuleSet:
    """The draft. Raises NotFound, and NotADraft for a version that is final."""
    stored = StoredRuleSet.objects.select_related("regulation_file").filter(uid=uid).first()
    if stored is None:
        raise NotFound("rule set")
    if not stored.is_draft:
        raise NotADraft(str(stored))
    return stored
