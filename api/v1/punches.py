"""Check-in and check-out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from api.fields import InstantField
from api.paging import CursorPages
from api.permissions import HasNamedPermission
from api.requests import ExactRequest
from kernel.accounts.access import person
from kernel.tenancy.context import current_region
from tenants.employees.access import own_employee
from tenants.punches.lane import PunchIn, Receipt, accept_punch
from tenants.punches.models import Punch
from tenants.punches.permissions import PUNCH


class PunchRequest(ExactRequest):
    """A punch as the phone captured it. `uid` (UUIDv7) makes a repeat harmless, so no other key is needed."""

    uid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["in", "out"])
    captured_at = InstantField(required=False, allow_null=True, default=None)
    sent_at = InstantField(required=False, allow_null=True, default=None)
    latitude = serializers.DecimalField(max_digits=20, decimal_places=15, required=False, allow_null=True, default=None)
    longitude = serializers.DecimalField(
        max_digits=20, decimal_places=15, required=False, allow_null=True, default=None
    )
    accuracy_m = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    place_error = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    device = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ReceiptOut(serializers.Serializer[Any]):
    """Proof that the punch is in."""

    uid = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    captured_at = InstantField()
    received_at = InstantField()
    state = serializers.ChoiceField(choices=["accepted", "review"])
    is_repeat = serializers.BooleanField()


class PunchOut(serializers.ModelSerializer[Punch]):
    """A stored punch."""

    uid = serializers.UUIDField(source="id")
    number = serializers.IntegerField(source="receipt")

    class Meta:
        model = Punch
        fields = ["uid", "number", "kind", "source", "captured_at", "received_at", "state"]


class PunchesView(generics.ListAPIView[Punch]):
    """One's own punches, newest first; a new one by POST."""

    permission = PUNCH
    permission_classes = [HasNamedPermission]
    serializer_class = PunchOut
    pagination_class = type("PunchPages", (CursorPages,), {"ordering": ("-captured_at", "-id")})

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Punch.objects.none()
        return Punch.objects.filter(employee=own_employee(person(self.request._request)))

    @extend_schema(operation_id="punch", request=PunchRequest, responses={201: ReceiptOut, 200: ReceiptOut})
    def post(self, request: Request) -> Response:
        sent = PunchRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        user = person(request._request)
        receipt: Receipt = accept_punch(
            region=current_region(),
            employee_id=own_employee(user).pk,
            punch=PunchIn(**sent.validated_data),
            actor=user,
        )
        return Response(ReceiptOut(receipt).data, status=200 if receipt.is_repeat else 201)
