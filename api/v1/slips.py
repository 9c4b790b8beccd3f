"""One's own slips, with every line explained."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from api.paging import CursorPages
from api.permissions import HasNamedPermission
from kernel.accounts.access import person
from tenants.employees.access import own_employee
from tenants.tpp.access import readable_slip
from tenants.tpp.models import Slip
from tenants.tpp.permissions import READ_OWN


class SlipOut(serializers.ModelSerializer[Slip]):
    """A slip's totals in rupiah, as decimal strings. A practice slip is computed and never paid."""

    month = serializers.DateField(source="run.month")
    is_locked = serializers.BooleanField(read_only=True)
    is_held = serializers.BooleanField(read_only=True)

    class Meta:
        model = Slip
        fields = [
            "uid",
            "month",
            "is_locked",
            "is_practice",
            "is_held",
            "pagu",
            "gross",
            "tax",
            "contributions",
            "other_deductions",
            "rounding",
            "net",
            "digest",
        ]


class LineOut(serializers.Serializer[Any]):
    """One step: label, clause, base, rate, and the figures behind it; figures are exact decimal strings."""

    order = serializers.IntegerField()
    node_id = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not of the class
    clause_text = serializers.CharField()
    clause_reference = serializers.CharField()
    unit = serializers.CharField()
    column = serializers.CharField(allow_blank=True)
    base = serializers.CharField(allow_null=True)
    quantity = serializers.CharField(allow_null=True)
    rate = serializers.CharField(allow_null=True)
    unrounded = serializers.CharField()
    amount = serializers.CharField(allow_null=True)
    effect = serializers.CharField(allow_null=True)
    inputs = serializers.JSONField()
    note = serializers.CharField(allow_blank=True)


class SlipDetailOut(SlipOut):
    """A slip with its heading and lines."""

    hold_reasons = serializers.ListField(child=serializers.CharField(), read_only=True)
    lines = serializers.SerializerMethodField()

    class Meta(SlipOut.Meta):
        fields = [*SlipOut.Meta.fields, "hold_reasons", "heading", "lines"]

    @extend_schema_field(LineOut(many=True))
    def get_lines(self, slip: Slip) -> Any:
        return LineOut(slip.lines.all(), many=True).data


class SlipsView(generics.ListAPIView[Slip]):
    """Own slips of the runs that count, newest first."""

    permission = READ_OWN
    permission_classes = [HasNamedPermission]
    serializer_class = SlipOut
    pagination_class = CursorPages

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Slip.objects.none()
        own = own_employee(person(self.request._request))
        return Slip.objects.of_counting_runs().with_lock().filter(employee=own).select_related("run")


class SlipView(APIView):
    """One slip that the caller may read."""

    permission = READ_OWN
    permission_classes = [HasNamedPermission]

    @extend_schema(operation_id="slip", responses=SlipDetailOut)
    def get(self, request: Request, uid: Any) -> Response:
        return Response(SlipDetailOut(readable_slip(person(request._request), uid)).data)
