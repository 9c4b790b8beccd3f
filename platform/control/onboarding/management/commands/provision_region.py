"""Make a region from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from typing_extensions import override

from control.onboarding.actions import FirstAdmin, NewRegion, provision_region
from control.regions.models import Region
from kernel.accounts.actors import System
from kernel.tenancy.commands import ControlCommand

ZONES = {str(zone.label).lower(): zone.value for zone in Region.Zone}


class Command(ControlCommand):
    help = (
        "Make a new region: its schema, its defaults, its address and its first administrator, all or nothing. "
        "Prints the code with which the administrator sets a password at /aktivasi/; it is kept nowhere."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="becomes the subdomain and the schema; small letters and digits: manado")
        parser.add_argument("--kind", required=True, choices=[kind.value for kind in Region.Kind])
        parser.add_argument("--name", required=True, help="official name: 'Kota Manado'")
        parser.add_argument("--short-name", required=True, help="short name: Manado")
        parser.add_argument("--zone", required=True, choices=sorted(ZONES), help="time zone of the region")
        parser.add_argument("--kemendagri-code", default="", help="four digits of the Ministry of Home Affairs: 7171")
        parser.add_argument("--admin-nip", required=True, help="NIP (18 digits) of the first administrator")
        parser.add_argument("--admin-name", required=True, help="name of the first administrator")

    @override
    def run(self, **options: Any) -> None:
        new = NewRegion(
            code=options["code"],
            kind=options["kind"],
            name=options["name"],
            short_name=options["short_name"],
            time_zone=ZONES[options["zone"]],
            kemendagri_code=options["kemendagri_code"],
        )
        admin = FirstAdmin(login=options["admin_nip"], name=options["admin_name"])
        try:
            made = provision_region(new=new, first_admin=admin, actor=System("provision_region"))
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{made.region.name} is live. Administrator {admin.login}, code {made.code}")
