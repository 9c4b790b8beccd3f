"""A command says on which side it works, and opens it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from typing_extensions import override

from control.regions.models import Region
from kernel.accounts.models import Role
from kernel.errors import NotFound
from kernel.tenancy import registry
from kernel.tenancy.commands import ControlCommand, RegionCommand
from kernel.tenancy.context import control_scope, is_control, no_scope, region_or_none
from kernel.tenancy.state import RegionState
from tests.containment import READ_ONLY


class InRegion(RegionCommand):
    @override
    def run(self, **options: Any) -> str:
        region = region_or_none()
        return f"{region.code if region else None} {Role.objects.filter(code='asn').count()}"


class ReadsOnly(InRegion):
    writes = False


class Refused(RegionCommand):
    @override
    def run(self, **options: Any) -> None:
        raise NotFound("month")


class AtOperators(ControlCommand):
    @override
    def run(self, **options: Any) -> str:
        return f"{is_control()} {Region.objects.filter(code='manado').count()}"


def run(command: RegionCommand | ControlCommand, *arguments: str) -> str:
    said = StringIO()
    with no_scope():
        call_command(command, *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_region_command_works_inside_the_region_that_it_names(manado: RegionState) -> None:
    assert run(InRegion(), "manado") == "manado 1"


def test_a_control_command_works_on_the_operators_side(manado: RegionState) -> None:
    assert run(AtOperators()) == "True 1"


def test_an_unknown_region_is_named(manado: RegionState) -> None:
    with pytest.raises(CommandError, match="atlantis: Tidak ada wilayah dengan kode atlantis"):
        run(InRegion(), "atlantis")


def test_a_refusal_is_a_line_and_not_a_trace(manado: RegionState) -> None:
    with pytest.raises(CommandError, match="manado: month"):
        run(Refused(), "manado")


def test_a_suspended_region_is_not_opened(manado: RegionState) -> None:
    changed(manado, status=Region.Status.SUSPENDED)
    with pytest.raises(CommandError, match="sedang tidak dibuka"):
        run(InRegion(), "manado")


def test_a_read_only_region_is_open_to_commands_that_only_read(manado: RegionState) -> None:
    changed(manado, measures=READ_ONLY)
    with pytest.raises(CommandError, match="hanya dapat dibaca"):
        run(InRegion(), "manado")
    assert run(ReadsOnly(), "manado") == "manado 1"


def changed(region: RegionState, **values: Any) -> None:
    with control_scope():
        Region.objects.filter(pk=region.number).update(**values)
    registry.forget()
