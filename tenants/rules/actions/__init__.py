"""What people do with rule sets: bring one in, edit the draft, sign it, publish it, discard it; confirm tables."""

from tenants.rules.actions.bring_in import copy_ready_set, copy_to_draft, load_rule_set_file
from tenants.rules.actions.confirm import confirm_table, withdraw_confirmation
from tenants.rules.actions.edit import restore_revision, save_draft, state_regulation
from tenants.rules.actions.publish import (
    SIGNATURES_NEEDED,
    discard_draft,
    overtaken_by,
    publish_rule_set,
    reasons_against_publishing,
    sign_rule_set,
)

__all__ = [
    "SIGNATURES_NEEDED",
    "confirm_table",
    "copy_ready_set",
    "copy_to_draft",
    "discard_draft",
    "load_rule_set_file",
    "overtaken_by",
    "publish_rule_set",
    "reasons_against_publishing",
    "restore_revision",
    "save_draft",
    "sign_rule_set",
    "state_regulation",
    "withdraw_confirmation",
]
