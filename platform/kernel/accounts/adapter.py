"""How allauth works here: no self-registration; the log-in name is a NIP or an e-mail."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from typing_extensions import override


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by import or by an administrator, never by a visitor."""

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
