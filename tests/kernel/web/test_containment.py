"""What goes on whatever stands: the views that say so of themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import RequestFactory
from django.urls import URLResolver, get_resolver

from kernel.tenancy.state import RegionState
from kernel.web.containment import refusal_of
from tenants.machines import iclock_urls
from tests.containment import READ_ONLY

# Without these people could not punch, or the region could not answer to its incident.
# A view that is added here is said in docs/security/containment.md.
OPEN_IN_READ_ONLY = {
    "account_reauthenticate",
    "accounts-activate",
    "api-punches",
    "assemblies-secret",
    "attendance-punch",
    "kiosks-install",
    "kiosks-own-pin",
    "kiosks-roster",
    "kiosks-screen-secret",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "punch-review-selfie",
    "punches-mark",
    "punches-phone",
    "punches-phone-confirm",
    "punches-phone-end",
    "punches-phone-lost",
    "punches-phone-reject",
    "punches-phone-restore",
    "punches-send",
    "security-answer",
    "security-stop-visit",
}
FOR_EVERYBODY = {"papers-verify", "papers-verify-code"}
LEAVES_ALWAYS = {"continuity-kit", "files-read"}


def marked(mark: str, resolver: URLResolver | None = None) -> Iterator[str]:
    for entry in (resolver or get_resolver("config.urls_region")).url_patterns:
        if isinstance(entry, URLResolver):
            yield from marked(mark, entry)
        elif getattr(entry.callback, mark, False) and entry.name:
            yield entry.name


def test_what_open_in_read_only_is_named_here() -> None:
    machines = {f"machines-iclock-{way}{word}" for way in ("", "secret-", "before-") for word in iclock_urls.WORDS}
    assert set(marked("open_in_read_only")) == OPEN_IN_READ_ONLY | machines


def test_what_is_for_everybody_is_named_here() -> None:
    assert set(marked("is_for_everybody")) == FOR_EVERYBODY


def test_what_leaves_while_exports_are_off_is_named_here() -> None:
    assert set(marked("leaves_always")) == LEAVES_ALWAYS


def test_everything_that_the_lane_serves_open_in_read_only() -> None:
    lane = get_resolver("config.urls_lane")
    assert set(marked("open_in_read_only", lane)) == {name for name in marked("open_in_fallback", lane)}


def test_an_address_that_leads_nowhere_is_refused_too(manado: RegionState) -> None:
    from dataclasses import replace

    region = replace(manado, measures=READ_ONLY)
    assert refusal_of(RequestFactory().post("/tidak-ada/"), region) is not None
    assert refusal_of(RequestFactory().get("/tidak-ada/"), region) is None
