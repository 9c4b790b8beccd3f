"""What follows a log-in."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.account.signals import user_logged_in as signed_in_by_password
from allauth.mfa import signals as factors
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.accounts.own_sessions import change_key, note_sign_in
from kernel.accounts.second_factor import has_factor, note_shown
from kernel.accounts.sessions import mark_session, note_where
from kernel.accounts.throttle import remember_device
from kernel.audit.record import declare_action, record
from kernel.date_words import day_words
from kernel.watching import account_print, emit, names

SIGNED_IN = declare_action("accounts.signed_in", "Masuk")


@receiver(user_logged_in, dispatch_uid="accounts.mark-session")
def _mark_session(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    mark_session(request.session)
    note_where(request.session, request)


@receiver(signed_in_by_password, dispatch_uid="accounts.record-log-in")
def _record_log_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(SIGNED_IN, actor=user, subject=user)
    remember_device(request, user)
    note_sign_in(request, user)
    emit(names.AUTHN_LOGIN_SUCCESS, subject=account_print(user.login), person=user.uid)
    emit(names.SESSION_CREATED, person=user.uid)


@receiver(signed_in_by_password, dispatch_uid="accounts.announce-second-factor")
def _announce_second_factor(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Who will have to have a second factor is told at each log-in until then."""
    due = user.second_factor_due
    if due is not None and due > clock.now() and not has_factor(user):
        day = day_words(clock.local_date(due, timezone.get_current_timezone_name()))
        text = _("Peran Anda wajib memakai faktor kedua mulai %(day)s. Pasang di menu akun, Keamanan akun.")
        messages.info(request, text % {"day": day})


@receiver(authentication_step_completed, dispatch_uid="accounts.change-session-key")
def _change_key(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    if kwargs.get("reauthenticated"):
        change_key(request)
        emit(names.SESSION_RENEWED)


@receiver(factors.authenticator_used, dispatch_uid="accounts.note-shown-factor")
def _note_shown(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note_shown(request.session, user)


@receiver(factors.authentication_failed, dispatch_uid="accounts.tell-failed-factor")
def _tell_failed_factor(sender: Any, user: User, **kwargs: Any) -> None:
    emit(names.MFA_FAIL, subject=account_print(user.login), person=user.uid)
