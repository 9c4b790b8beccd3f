"""Make an operator from the command line: the first one has nobody who could."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from typing_extensions import override

from control.operators.actions import create_operator
from kernel.accounts.actors import System
from kernel.permissions import CONTROL_ROLES
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    help = (
        "Make an operator of the platform, who logs in by e-mail at the operators' address. Prints the "
        "code with which the operator sets a password at /aktivasi/ within two weeks; it is kept nowhere."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the log-in: an e-mail address of the operator")
        parser.add_argument("--name", required=True, help="name as colleagues know it")
        parser.add_argument("--role", default="operator", choices=sorted(CONTROL_ROLES), help="operator unless given")

    @override
    def run(self, **options: Any) -> None:
        try:
            made = create_operator(
                email=options["email"],
                name=options["name"],
                role=options["role"],
                actor=System("create_operator"),
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(
            f"{made.user.display_name} sets a password for {made.user.login} at /aktivasi/ with the code {made.code}"
        )
