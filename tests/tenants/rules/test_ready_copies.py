"""A region starts from any rule set that ships: copied, signed by two and published, as it stands."""

from collections.abc import Callable
from datetime import date

import pytest

from kernel.accounts.models import User
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set
from tenants.rules.engine import dump, ready_rule_sets
from tenants.rules.loading import loaded
from tests.cast import with_regulation
from tests.tenants.rules.engine.golden_cases import ready
from tests.tenants.rules.tables import confirm_tables_of


@pytest.mark.parametrize("code", sorted(ready_rule_sets()))
def test_a_copy_is_published_with_the_rules_of_the_ready_set(code: str, with_role: Callable[..., User]) -> None:
    author = with_role("bkpsdm")
    draft = with_regulation(copy_ready_set(code=code, valid_from=date(2026, 1, 1), actor=author), author)
    for signer in (author, with_role("bpkad")):
        sign_rule_set(uid=draft.uid, actor=signer)
    confirm_tables_of(loaded(draft), with_role("bpkad"))
    stored = publish_rule_set(uid=draft.uid, actor=author)
    assert stored.is_published
    published, shipped = dump(loaded(stored)), dump(ready(code))
    for told_by_the_region in ("regulation", "valid_to"):
        published.pop(told_by_the_region, None)
        shipped.pop(told_by_the_region, None)
    assert published == shipped
