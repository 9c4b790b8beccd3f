"""One's own slips, with every line explained."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from tenants.tpp.access import slip_to_read

from api.paging import CursorPages
from api.permissions import HasNamedPermission
from kernel.accounts.access import person
from tenants.employees.access import own_employee
from tenants.tpp.models import Slip, SlipLine
from tenants.tpp.permissions import READ_OWN

AMOUNT = {"max_digits": 18, "decimal_places": 2}


class SlipOut(serializers.ModelSerializer[Slip]):
    """A slip's totals in rupiah, as decimal strings."""

    month = serializers.DateField(source="run.month")
    is_locked = serializers.SerializerMethodField()

    class Meta:
        model = Slip
        fields = [
            "uid",
            "month",
            "is_locked",
            "pagu",
            "gross",
            "tax",
            "contributions",
            "other_deductions",
            "rounding",
            "net",
            "digest",
        ]

    def get_is_locked(self, slip: Slip) -> bool:
        return hasattr(slip.run, "lock")


class LineOut(serializers.ModelSerializer[SlipLine]):
    """One step: label, clause, base, rate, the figures behind it."""

    class Meta:
        model = SlipLine
        exclude = ["id", "slip"]


class SlipDetailOut(SlipOut):
    """A slip with its heading and lines."""

    lines = LineOut(many=True)

    class Meta(SlipOut.Meta):
        fields = [*SlipOut.Meta.fields, "heading", "lines"]


class SlipsView(generics.ListAPIView[Slip]):
    """Own slips of the runs that count, newest first."""

    permission = READ_OWN
    permission_classes = [HasNamedPermission]
    serializer_class = SlipOut
    pagination_class = CursorPages

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Slip.objects.none()
        own = own_employee(person(self.request._request))
        return Slip.objects.of_counting_runs().filter(employee=own).select_related("run", "run__lock")


class SlipView(APIView):
    """One slip that the caller may read."""

    permission = READ_OWN
    permission_classes = [HasNamedPermission]

    @extend_schema(operation_id="slip", responses=SlipDetailOut)
    def get(self, request: Request, uid: Any) -> Response:
        return Response(SlipDetailOut(slip_to_read(person(request._request), uid)).data)
