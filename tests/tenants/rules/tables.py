"""National tables that a region stands for, so that a rule set which reads them may be published."""

from kernel.accounts.models import User
from tenants.rules.actions import confirm_table
from tenants.rules.confirming import unconfirmed_in
from tenants.rules.engine import RuleSet


def confirm_tables_of(rule_set: RuleSet, actor: User) -> None:
    """Confirm each table of the rule set that is not confirmed yet."""
    for table in unconfirmed_in(rule_set):
        confirm_table(
            reference=table.reference, seen=table.digest, compared_with="Salinan peraturan yang diuji", actor=actor
        )
