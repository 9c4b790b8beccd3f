"""The user, roles as lists of permission names, and who holds which role."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.context import scope_label, scope_number
from kernel.tenancy.errors import FenceBreached
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"]):
    """Users are made by actions; this is what Django's authentication asks for."""

    @override
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login=username)


# Every request asks this. As a queryset it costs seven times as much, and the lists are the same for most people.
_GRANTS = """
    SELECT role.code, role.permissions::text, given.opd_uid,
           CASE WHEN role.second_factor_days IS NOT NULL THEN
               GREATEST(given.granted_at + role.second_factor_days * interval '1 day', role.second_factor_from) END
    FROM accounts_rolegrant given JOIN accounts_role role ON role.id = given.role_id
    WHERE given.user_id = %s ORDER BY given.id
"""


@lru_cache(maxsize=512)
def _names(stored: str) -> frozenset[str]:
    return frozenset(json.loads(stored))


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role grant gives: permission names, in one OPD (uid) or in the whole region (None).

    `second_factor_due`: from when it requires a second factor; None: never.
    """

    role: str
    permissions: frozenset[str]
    opd_uid: UUID | None
    second_factor_due: datetime | None


class TextNews(models.TextChoices):
    """Whether a person has been told the newest about texts of theirs that were put aside."""

    NEW = "new", _("Belum diberitahukan")
    SAID = "said", _("Sudah diberitahukan")


class User(AbstractBaseUser, Addressed, Fenced):
    """A person who logs in: by NIP in a region, by e-mail on the operator side."""

    free_text = {"display_name": How.HOLD}
    text_page = Page("accounts-user")

    login = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    # Sessions that began before this are over (`kernel.accounts.epochs`); null: none is ended by it.
    signed_out_before = models.DateTimeField(null=True, blank=True)
    # Of texts of theirs that were put aside (`kernel.texts`): "", or whether they have been told. It stands here
    # because every request has the person in hand and must not ask for this.
    text_news = models.CharField(max_length=4, choices=TextNews.choices, default="", db_default="", blank=True)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(login=""), name="user_login_not_empty"),
        ]

    @override
    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ", 1)[0]

    @property
    def effective_grants(self) -> tuple[Grant, ...]:
        """The person's role grants, read once per loaded user. Raises FenceBreached in a region that is not theirs."""
        if self.region_number != scope_number():
            # The key would name somebody else there.
            raise FenceBreached(self._meta.db_table, scope_number(), self.region_number)
        return self._grants

    @cached_property
    def _grants(self) -> tuple[Grant, ...]:
        with connection.cursor() as cursor:
            cursor.execute(_GRANTS, [self.pk])
            return tuple(Grant(code, _names(stored), opd, due) for code, stored, opd, due in cursor.fetchall())

    @property
    def role_codes(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.effective_grants)

    @property
    def second_factor_due(self) -> datetime | None:
        """From when one of their roles requires a second factor; None: no role does."""
        dues = [grant.second_factor_due for grant in self.effective_grants if grant.second_factor_due is not None]
        return min(dues, default=None)

    @override
    def get_session_auth_hash(self) -> str:
        """Bound to the region: a session of one region cannot match a user of another with the same password hash."""
        return salted_hmac(f"kd.session.{scope_label()}", self.password, algorithm="sha256").hexdigest()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(f"kd.session.{scope_label()}", self.password, secret=secret, algorithm="sha256").hexdigest()


class Role(models.Model):
    """A named list of permission names. Regions may change theirs; the seed comes from the declarations.

    `offered` are the names that the platform has given the role so far, also those that the region took away.
    `second_factor_days` after the grant, and not before `second_factor_from`, whoever holds it must have a second
    factor; null days: need not.
    """

    free_text = {"name": How.HOLD}

    code = models.SlugField(max_length=40, unique=True, db_index=False)
    name = models.CharField(max_length=100)
    permissions = models.JSONField(default=list)
    offered = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    second_factor_days = models.SmallIntegerField(null=True, blank=True)
    second_factor_from = models.DateTimeField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A person holds a role, in one OPD (named by its uid; the region side owns the check) or everywhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    opd_uid = models.UUIDField(null=True, blank=True)
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "opd_uid"], name="role_granted_once", nulls_distinct=False),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user_id}: {self.role_id}"


class EntryCode(models.Model):
    """A one-time code with which a person sets a password (`kernel.accounts.codes`). Only its keyed digest is kept.

    `clears_factors`: it belongs to a recovery, and removes the second factors when it is used.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="entry_code")
    digest = models.CharField(max_length=64)
    clears_factors = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    failed_attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="entry_code_expires_after_made"
            ),
            models.CheckConstraint(condition=models.Q(failed_attempts__gte=0), name="entry_code_attempts_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user_id} until {self.expires_at:%Y-%m-%d}"


class AccountRecoveryQuerySet(models.QuerySet["AccountRecovery"]):
    def open(self) -> AccountRecoveryQuerySet:
        """Those that wait for the second officer or for the person."""
        return self.filter(state__in=(AccountRecovery.State.WAITING, AccountRecovery.State.CONFIRMED))


class AccountRecovery(Addressed):
    """Letting in somebody who lost their second factors, by two officers (`kernel.accounts.recovery`)."""

    free_text = {"reason": How.HOLD}

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu petugas kedua")
        CONFIRMED = "confirmed", _("Disetujui, kode belum dipakai")
        USED = "used", _("Selesai")
        WITHDRAWN = "withdrawn", _("Dibatalkan")
        EXPIRED = "expired", _("Kedaluwarsa")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recoveries", db_index=False)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = AccountRecoveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=("waiting", "confirmed")),
                name="one_recovery_of_a_person",
            ),
            models.CheckConstraint(condition=~models.Q(user=models.F("asked_by")), name="recovery_not_by_oneself"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | (~models.Q(confirmed_by=models.F("asked_by")) & ~models.Q(confirmed_by=models.F("user"))),
                name="recovery_by_two_others",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class SignIn(Addressed):
    """Whose session it is, and from where it began (`kernel.accounts.own_sessions`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.user_id} {self.began_at:%Y-%m-%d}"
