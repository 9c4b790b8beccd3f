"""Rows of kernel.accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kernel import clock
from kernel.accounts.models import AccountRecovery
from kernel.ids import new_uid
from tests.architecture.permission_table import (
    EVERYBODY,
    LOG_IN,
    SIGNED_IN_OPERATORS,
    Cast,
    Row,
    Status,
    operators,
    public,
    region,
)
from tests.cast import make_user

ROWS = [
    region("account_login", "GET", EVERYBODY, ok=302, nobody=200),
    region("account_login", "POST", EVERYBODY, ok=302, nobody=200),
    operators("account_login", "GET", SIGNED_IN_OPERATORS, ok=302, nobody=200),
    operators("account_login", "POST", SIGNED_IN_OPERATORS, ok=302, nobody=200),
    region("account_logout", "GET", EVERYBODY),
    region("account_logout", "POST", EVERYBODY, ok=LOG_IN),
    operators("account_logout", "GET", SIGNED_IN_OPERATORS),
    operators("account_logout", "POST", SIGNED_IN_OPERATORS, ok=LOG_IN),
    region("account_change_password", "GET", EVERYBODY),
    region("account_change_password", "POST", EVERYBODY),
    operators("account_change_password", "GET", SIGNED_IN_OPERATORS),
    operators("account_change_password", "POST", SIGNED_IN_OPERATORS),
    *public("account_inactive"),
]


def _own(name: str, *, ok: Status = 200, post: Status | None = 200) -> list[Row]:
    """A page of one's own account, on both sides."""
    rows = [region(name, "GET", EVERYBODY, ok=ok), operators(name, "GET", SIGNED_IN_OPERATORS, ok=ok)]
    if post is not None:
        rows += [region(name, "POST", EVERYBODY, ok=post), operators(name, "POST", SIGNED_IN_OPERATORS, ok=post)]
    return rows


def _door(name: str, method: str) -> list[Row]:
    """A step of signing in: whoever is in already is led on, nobody is led to the step before."""
    return [region(name, method, EVERYBODY, ok=302), operators(name, method, SIGNED_IN_OPERATORS, ok=302)]


def _waiting(cast: Cast) -> dict[str, Any]:
    """A recovery of Ani that nobody of the columns began."""
    officer = make_user("198001012005011999", "Petugas lain")
    begun = AccountRecovery.objects.create(
        user=cast.ani.user, reason="HP hilang", asked_by=officer, expires_at=clock.now() + timedelta(days=1)
    )
    return {"uid": begun.uid}


def _nowhere(cast: Cast) -> dict[str, Any]:
    return {"uid": new_uid()}


RECOVERERS = "bkpsdm diskominfo"
ROWS += [
    *public("accounts-activate"),
    *public("accounts-activate", "POST", ok=422),
    region("accounts-recoveries", "GET", RECOVERERS),
    region("accounts-recoveries", "POST", RECOVERERS, ok=422),
    region("accounts-recovery-confirm", "POST", RECOVERERS, args=_waiting),
    region("accounts-recovery-withdraw", "POST", RECOVERERS, ok=302, args=_waiting),
    operators("accounts-recoveries", "GET", "operator"),
    operators("accounts-recoveries", "POST", "operator", ok=422),
    operators("accounts-recovery-confirm", "POST", "operator", ok=404, args=_nowhere),
    operators("accounts-recovery-withdraw", "POST", "operator", ok=404, args=_nowhere),
    *_own("mfa_index", post=None),
    *_own("mfa_list_webauthn", ok=302, post=None),
    region("accounts-end-other-sessions", "POST", EVERYBODY, ok=302),
    operators("accounts-end-other-sessions", "POST", SIGNED_IN_OPERATORS, ok=302),
    region("accounts-end-own-session", "POST", EVERYBODY, ok=404, args=_nowhere),
    operators("accounts-end-own-session", "POST", SIGNED_IN_OPERATORS, ok=404, args=_nowhere),
    *_own("mfa_activate_totp"),
    *_own("mfa_add_webauthn"),
    *_own("mfa_deactivate_totp", ok=404, post=404),
    *_own("mfa_view_recovery_codes", ok=404, post=None),
    *_own("mfa_generate_recovery_codes"),
    *_own("account_reauthenticate"),
    # Without a factor: to the password.
    *_own("mfa_reauthenticate", ok=LOG_IN, post=LOG_IN),
    *_own("mfa_reauthenticate_webauthn", ok=LOG_IN, post=LOG_IN),
    *_door("mfa_authenticate", "GET"),
    *_door("mfa_authenticate", "POST"),
    region("mfa_login_webauthn", "GET", EVERYBODY, ok=302, nobody=200),
    region("mfa_login_webauthn", "POST", EVERYBODY, ok=302),
    operators("mfa_login_webauthn", "GET", SIGNED_IN_OPERATORS, ok=302, nobody=200),
    operators("mfa_login_webauthn", "POST", SIGNED_IN_OPERATORS, ok=302),
    region("mfa_remove_webauthn", "GET", EVERYBODY, ok=404, args=lambda cast: {"pk": 1}),
    region("mfa_remove_webauthn", "POST", EVERYBODY, ok=404, args=lambda cast: {"pk": 1}),
    operators("mfa_remove_webauthn", "GET", SIGNED_IN_OPERATORS, ok=404, args=lambda cast: {"pk": 1}),
    operators("mfa_remove_webauthn", "POST", SIGNED_IN_OPERATORS, ok=404, args=lambda cast: {"pk": 1}),
]
