"""A one-time password is good for one thing: choosing one's own."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from kernel.audit.models import AuditEvent
from tests.cast import PASSWORD, Person

NEW = "kuda-terbang-di-awan-7"


def test_whoever_chose_a_password_goes_on_to_the_home_page_and_is_not_asked_again(
    ani: Person, signed_in: Callable[..., Client]
) -> None:
    ani.user.must_change_password = True
    ani.user.save(update_fields=["must_change_password"])
    client = signed_in(ani.user)
    assert client.get("/absen/")["Location"] == "/sandi/ganti/"
    answer = client.post("/sandi/ganti/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer["Location"] == "/"
    assert client.get("/absen/").status_code == 200
    ani.user.refresh_from_db()
    assert not ani.user.must_change_password
    assert AuditEvent.objects.filter(action="accounts.password_changed", subject_uid=ani.user.uid).count() == 1


def test_a_wrong_old_password_changes_nothing(ani: Person, signed_in: Callable[..., Client]) -> None:
    ani.user.must_change_password = True
    ani.user.save(update_fields=["must_change_password"])
    client = signed_in(ani.user)
    answer = client.post("/sandi/ganti/", {"oldpassword": "keliru", "password1": NEW, "password2": NEW})
    assert answer.status_code == 200
    ani.user.refresh_from_db()
    assert ani.user.must_change_password
    assert ani.user.check_password(PASSWORD)
