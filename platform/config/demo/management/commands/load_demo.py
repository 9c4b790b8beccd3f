"""Example data for a first look."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from typing_extensions import override

from config.demo.load import (
    ADMIN_NIP,
    INSPECTOR_NIP,
    OPENING_PHRASE,
    OPERATOR_LOGIN,
    REGIONS,
    load_operator,
    load_region,
)
from config.demo.paying import OPERATOR_NIP
from config.demo.people import roster_of
from control.console.figures import take_all_figures
from kernel.tenancy.context import control_scope


class Command(BaseCommand):
    help = (
        "Load two example regions (manado, banjarmasin): people, last month finished and locked, this month up to now. "
        "What is there already stays as it is."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print-logins", action="store_true", help="load nothing, only print who can sign in")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if options["print_logins"]:
            self._print_logins()
            return
        load_operator()
        for demo in REGIONS:
            load_region(demo, self._say)
        with control_scope():
            take_all_figures()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _print_logins(self) -> None:
        self.stdout.write(f"Password of everybody: {OPENING_PHRASE}")
        self.stdout.write(f"{settings.BASE_DOMAIN}: operator {OPERATOR_LOGIN}")
        for demo in REGIONS:
            nips = roster_of(demo.new.code, secretary_category=demo.secretary_category).nips
            people = [("BKPSDM", ADMIN_NIP), ("ASN", nips["Ani"]), ("atasan", nips["Budi"]), ("BPKAD", nips["Citra"])]
            people += [("Inspektorat", INSPECTOR_NIP), ("operator dan bendahara OPD", OPERATOR_NIP)]
            logins = ", ".join(f"{name} {nip}" for name, nip in people)
            self.stdout.write(f"{demo.new.code}.{settings.BASE_DOMAIN}: {logins}")
