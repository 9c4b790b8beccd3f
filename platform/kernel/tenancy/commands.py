"""Base classes of management commands: a command says on which side it works."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from kernel.errors import DomainError
from kernel.tenancy import registry
from kernel.tenancy.addresses import region_addresses
from kernel.tenancy.context import control_scope, region_scope


class ControlCommand(BaseCommand):
    """A command on the operator side. Implement `run`."""

    @override
    def handle(self, *args: Any, **options: Any) -> str | None:
        with control_scope():
            try:
                return self.run(**options)
            except DomainError as error:
                raise CommandError(error.message()) from error

    def run(self, **options: Any) -> str | None:
        raise TypeError(f"{type(self).__module__} does not implement run()")


class RegionCommand(BaseCommand):
    """A command inside one region, named by its first argument. Implement `run`."""

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", help="code of the region, as in its address: manado, banjarmasin")

    @override
    def handle(self, *args: Any, **options: Any) -> str | None:
        code = options.pop("region")
        try:
            with region_scope(registry.live_region(code)), region_addresses():
                return self.run(**options)
        except DomainError as error:
            raise CommandError(f"{code}: {error.message()}") from error

    def run(self, **options: Any) -> str | None:
        raise TypeError(f"{type(self).__module__} does not implement run()")
