"""The pages of one's own account: second factors, passkeys, recovery codes. Allauth's views with our limits."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from typing_extensions import override

from kernel.accounts.access import person
from kernel.accounts.own_sessions import end_other_sessions, end_own_session, sessions_of
from kernel.accounts.second_factor import FACTORS, HOME, must_have_factor, note_shown
from kernel.audit.record import declare_action, record
from kernel.watching import emit, names
from kernel.web.containment import open_in_read_only

_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """What protects one's own account."""
    user = person(request)
    rows = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "app": app,
        "keys": [(row, row.wrap().name) for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "has_factor": any(row.type in FACTORS for row in rows),
        "due": user.second_factor_due,
        "is_due": must_have_factor(user),
        "sessions": sessions_of(user, request.session.session_key),
    }
    return render(request, "account/security.html", context)


@require_POST
@login_required
@reauthentication_required(app="kernel.accounts")  # type: ignore[untyped-decorator]
def end_session(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End one of one's own sessions, having shown password or factor within ten minutes."""
    end_own_session(uid=uid, user=person(request))
    messages.success(request, _("Sesi itu sudah diakhiri."))
    return HttpResponseRedirect(HOME)


@require_POST
@login_required
@reauthentication_required(app="kernel.accounts")  # type: ignore[untyped-decorator]
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    ended = end_other_sessions(user=person(request), this=request.session.session_key)
    text = ngettext("%(count)d sesi lain diakhiri.", "%(count)d sesi lain diakhiri.", ended)
    messages.success(request, text % {"count": ended})
    return HttpResponseRedirect(HOME)


FACTOR_ADDED = declare_action("accounts.factor_added", "Faktor kedua dipasang", event=names.MFA_ENROLL)
FACTOR_REMOVED = declare_action("accounts.factor_removed", "Faktor kedua dihapus", event=names.MFA_REMOVE)
CODES_RENEWED = declare_action("accounts.recovery_codes_made", "Kode cadangan baru dibuat")


class _Recorded:
    """Mixin of a form's view: what the form does and its entry in the audit log stand or fall together."""

    request: HttpRequest
    action: ClassVar[str]
    kind: ClassVar[str] = ""
    shows_factor: ClassVar[bool] = False

    def form_valid(self, form: Any) -> HttpResponse:
        user = person(self.request)
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            record(self.action, actor=user, subject=user, after={"kind": self.kind} if self.kind else None)
        if self.shows_factor:
            note_shown(self.request.session, user)
        return response


class AddApp(_Recorded, totp.ActivateTOTPView):  # type: ignore[misc]
    """A code app, with its first code as proof."""

    action, kind, shows_factor = FACTOR_ADDED, "totp", True


class RemoveApp(_Recorded, totp.DeactivateTOTPView):  # type: ignore[misc]
    """The code app, unless a role requires it."""

    action, kind = FACTOR_REMOVED, "totp"


class NewCodes(_Recorded, recovery_codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes in place of the old."""

    action = CODES_RENEWED


class AddPasskey(_Recorded, webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Every passkey here can sign in by itself, so the browser is asked for one that is kept and proves the person."""

    action, kind, shows_factor = FACTOR_ADDED, "webauthn", True

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(person(self.request), True)}
        return context

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        emit(names.PASSKEY_ADD, subject=str(person(self.request).uid))
        return response


class RemovePasskey(_Recorded, webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """Allauth asks the adapter whether a code app may be removed, but not whether a passkey may."""

    action, kind = FACTOR_REMOVED, "webauthn"

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(HOME)
        response: HttpResponse = super().form_valid(form)
        return response


class LogInByPasskey(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    """Signing in by a passkey alone, on a page of its own: the log-in page stays small for weak networks."""

    template_name = "mfa/webauthn/login.html"

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data())
        return response

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"request_options": auth.begin_authentication(user=None)}
        return context

    @override
    def form_invalid(self, form: Any) -> HttpResponse:
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return HttpResponseRedirect(reverse("mfa_login_webauthn"))


class ShowPasskey(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey that did not fit is tried again on the same page, with the way back kept."""

    @override
    def form_invalid(self, form: Any) -> HttpResponse:
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return HttpResponseRedirect(self.request.get_full_path())


@method_decorator(login_required, name="dispatch")
class Codes(recovery_codes.ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, once; afterwards how to have new ones."""


@require_safe
@login_required
def passkeys(request: HttpRequest) -> HttpResponse:
    """Where allauth goes after a change of passkeys."""
    return HttpResponseRedirect(reverse("mfa_index"))


# Signing in, and adding what signing in demands, goes on in a region that may only be read.
enter_code = open_in_read_only(_form(never_cache(base.authenticate)))
show_password = open_in_read_only(_form(never_cache(account.reauthenticate)))
show_code = open_in_read_only(_form(never_cache(base.reauthenticate)))
show_passkey = open_in_read_only(_form(never_cache(ShowPasskey.as_view())))
log_in_by_passkey = open_in_read_only(_form(never_cache(LogInByPasskey.as_view())))
add_app = open_in_read_only(_form(never_cache(AddApp.as_view())))
add_passkey = open_in_read_only(_form(never_cache(AddPasskey.as_view())))
remove_app = _form(never_cache(RemoveApp.as_view()))
remove_passkey = _form(never_cache(RemovePasskey.as_view()))
codes = require_safe(never_cache(Codes.as_view()))
new_codes = _form(never_cache(NewCodes.as_view()))
