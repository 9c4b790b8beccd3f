"""Base classes of management commands: a command says on which side it works."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from kernel.errors import DomainError
from kernel.tenancy import registry
from kernel.tenancy.addresses import region_addresses
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.errors import RegionReadOnly
from kernel.watching.emitting import gathering


def _name_of(command: BaseCommand) -> str:
    return type(command).__module__.rpartition(".")[2]


class ControlCommand(BaseCommand):
    """A command on the operator side. Implement `run`."""

    @override
    def handle(self, *args: Any, **options: Any) -> str | None:
        with control_scope(), gathering(work=_name_of(self)):
            try:
                return self.run(**options)
            except DomainError as error:
                raise CommandError(error.message()) from error

    def run(self, **options: Any) -> str | None:
        raise TypeError(f"{type(self).__module__} does not implement run()")


class RegionCommand(BaseCommand):
    """A command inside one region, named by its first argument. Implement `run`.

    Set `writes = False` on a command that only reads: it may run while the region is read-only.
    """

    writes = True

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", help="code of the region, as in its address: manado, banjarmasin")

    @override
    def handle(self, *args: Any, **options: Any) -> str | None:
        code = options.pop("region")
        try:
            region = registry.live_region(code)
            if region.is_read_only and self.writes:
                raise RegionReadOnly(code)
            with region_scope(region), region_addresses(), gathering(work=_name_of(self)):
                return self.run(**options)
        except DomainError as error:
            raise CommandError(f"{code}: {error.message()}") from error

    def run(self, **options: Any) -> str | None:
        raise TypeError(f"{type(self).__module__} does not implement run()")
