"""Rows of kernel.accounts."""

from tests.architecture.permission_table import EVERYBODY, LOG_IN, SIGNED_IN_OPERATORS, operators, public, region

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
