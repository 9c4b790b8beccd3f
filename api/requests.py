"""What a body may hold: the fields that are named, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from typing_extensions import override

from kernel.errors import DomainError


@dataclass(frozen=True)
class _Problem:
    field: str
    text: str


class UnknownFields(DomainError):
    """The body names fields that this address does not take; nothing was done."""

    status = 400
    code = "unknown_fields"

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.problems = tuple(_Problem(name, _("Isian ini tidak dikenal di sini.")) for name in names)

    @override
    def message(self) -> str:
        return _("Kiriman memuat isian yang tidak dikenal. Hapus isian itu, lalu kirim lagi.")


class ExactRequest(serializers.Serializer[Any]):
    """A body of which every field is known.

    A field that is not taken (`status`, `region_id`, `is_staff`) is refused instead of passed over: who sends one means
    something by it, or tries what a careless server would store (ASVS 15.3.3, reliability note, B52). Raises
    UnknownFields.
    """

    @override
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            raise UnknownFields([name[:100] for name in unknown[:20]])
        return super().to_internal_value(data)


def refuse_fields(request: Request) -> None:
    """For an address that takes no body: an empty object may come, a field may not. Raises UnknownFields."""
    if str(request.content_type).startswith("application/json"):
        ExactRequest(data=request.data).is_valid(raise_exception=True)
