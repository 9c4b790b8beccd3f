"""Making operators: our own staff, who log in by e-mail at the operators' host."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.validators import validate_email
from django.db import transaction

from control.operators.errors import OperatorExists
from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.codes import issue_codes
from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.record import declare_action, record
from kernel.permissions import CONTROL_ROLES
from kernel.tenancy.context import control_scope
from kernel.watching import names

OPERATOR_CREATED = declare_action("operators.created", "Operator dibuat", event=names.ROLE_GRANTED)


@dataclass(frozen=True, slots=True)
class NewOperator:
    """The user, and the code that is shown once and kept nowhere."""

    user: User
    code: str


def create_operator(*, email: str, name: str, role: str, actor: Actor) -> NewOperator:
    """An operator with one role, who sets a password with the code within two weeks.

    Raises ValidationError for what is no e-mail address, OperatorExists, and ValueError for a role that is none of
    the operators'.
    """
    login = email.strip().lower()
    validate_email(login)
    if role not in CONTROL_ROLES:
        raise ValueError(f"{role} is no role of operators")
    with control_scope(), transaction.atomic():
        if User.objects.filter(login=login).exists():
            raise OperatorExists(login)
        user = User(login=login, email=login, display_name=name.strip())
        user.set_unusable_password()
        user.save()
        RoleGrant.objects.create(user=user, role=Role.objects.get(code=role))
        record(OPERATOR_CREATED, actor=actor, subject=user, after={"role": role})
        (code,) = issue_codes([user.pk], moment=clock.now()).values()
    return NewOperator(user, code)
