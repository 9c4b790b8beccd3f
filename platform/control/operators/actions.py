"""Making operators: our own staff, who log in by e-mail at the operators' host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import get_random_string

from control.operators.errors import OperatorExists
from kernel.accounts.actors import Actor
from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.record import declare_action, record
from kernel.permissions import CONTROL_ROLES
from kernel.tenancy.context import control_scope
from kernel.watching import names

ONE_TIME_LENGTH: Final = 18

OPERATOR_CREATED = declare_action("operators.created", "Operator dibuat", event=names.ROLE_GRANTED)


@dataclass(frozen=True, slots=True)
class NewOperator:
    """The user, and the one-time password that is shown once and kept nowhere."""

    user: User
    password: str


def create_operator(*, email: str, name: str, role: str, actor: Actor) -> NewOperator:
    """An operator with one role, who must change the password at the first log-in.

    Raises ValidationError for what is no e-mail address, OperatorExists, and ValueError for a role that is none of
    the operators'.
    """
    login = email.strip().lower()
    validate_email(login)
    if role not in CONTROL_ROLES:
        raise ValueError(f"{role} is no role of operators")
    password = get_random_string(ONE_TIME_LENGTH)
    with control_scope(), transaction.atomic():
        if User.objects.filter(login=login).exists():
            raise OperatorExists(login)
        user = User(login=login, email=login, display_name=name.strip(), must_change_password=True)
        user.set_password(password)
        user.save()
        RoleGrant.objects.create(user=user, role=Role.objects.get(code=role))
        record(OPERATOR_CREATED, actor=actor, subject=user, after={"role": role})
    return NewOperator(user, password)
