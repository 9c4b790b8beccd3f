"""Rows of kernel.accounts."""

from tests.architecture.permission_table import EVERYBODY, SIGNED_IN_OPERATORS, operators, region

ROWS = [
    region("account_login", "GET", EVERYBODY, ok=302, nobody=200),
    region("account_login", "POST", EVERYBODY, ok=302, nobody=200),
    operators("account_login", "GET", SIGNED_IN_OPERATORS, ok=302, nobody=200),
    operators("account_login", "POST", SIGNED_IN_OPERATORS, ok=302, nobody=200),
]
