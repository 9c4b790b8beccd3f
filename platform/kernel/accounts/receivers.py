"""What follows a log-in."""

from typing import Any

from allauth.account.signals import user_logged_in as signed_in_by_password
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from kernel.accounts.models import User
from kernel.accounts.sessions import mark_session
from kernel.audit.record import declare_action, record

SIGNED_IN = declare_action("accounts.signed_in", "Masuk")


@receiver(user_logged_in, dispatch_uid="accounts.mark-session")
def _mark_session(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    mark_session(request.session)


@receiver(signed_in_by_password, dispatch_uid="accounts.record-log-in")
def _record_log_in(sender: Any, user: User, **kwargs: Any) -> None:
    record(SIGNED_IN, actor=user, subject=user)
