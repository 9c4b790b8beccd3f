"""One's own activities: the month's list, a new one, handing in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from api.fields import InstantField, MonthField
from api.paging import CursorPages
from api.permissions import HasNamedPermission
from api.requests import ExactRequest, refuse_fields
from api.writes import KEY_PARAMETER, write_once
from kernel.accounts.access import person
from kernel.errors import NotFound
from tenants.activities.actions import ActivityInput, save_activity, send_activity, submit_activities
from tenants.activities.errors import ActivityRefused
from tenants.activities.models import Activity
from tenants.activities.permissions import WRITE
from tenants.employees.access import own_employee


class JobKindOut(serializers.Serializer[Any]):
    """The job kind of the catalogue."""

    uid = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class ActivityOut(serializers.ModelSerializer[Activity]):
    """An activity; minutes, points, weight and the catalogue's number count as frozen at approval.

    `version` counts its contents; `percent` is below 100 when it was handed in late.
    """

    job_kind = JobKindOut()
    starts_at = InstantField(source="span.lower")
    ends_at = InstantField(source="span.upper")

    class Meta:
        model = Activity
        fields = [
            "uid",
            "job_kind",
            "date",
            "starts_at",
            "ends_at",
            "minutes",
            "volume",
            "description",
            "letter_number",
            "disposition_number",
            "part",
            "target_uid",
            "state",
            "version",
            "percent",
            "approved_minutes",
            "approved_points",
            "approved_weight",
            "catalogue_version",
            "submitted_at",
            "decided_at",
        ]


class ActivityRequest(ExactRequest):
    """What the person did. Without `minutes` the norm of the job kind times the volume counts.

    `part` is what the person did in the letter, `target_uid` a target of their plan. `submit` hands it in at once;
    otherwise it is a draft. Evidence files are added on the page.
    """

    job_kind_uid = serializers.UUIDField()
    date = serializers.DateField()
    starts_at = serializers.TimeField()
    minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False, allow_null=True, default=None)
    volume = serializers.IntegerField(min_value=1, max_value=1000, required=False, default=1)
    description = serializers.CharField(max_length=500)
    letter_number = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    disposition_number = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    part = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    target_uid = serializers.UUIDField(required=False, allow_null=True, default=None)
    client_key = serializers.UUIDField(required=False, allow_null=True, default=None)
    submit = serializers.BooleanField(required=False, default=False)


class MonthQuery(serializers.Serializer[Any]):
    month = MonthField(required=False)


def _shown(uid: Any) -> Any:
    return ActivityOut(Activity.objects.select_related("job_kind").get(uid=uid)).data


class ActivitiesView(generics.ListAPIView[Activity]):
    """Own activities, newest first; a new one by POST."""

    permission = WRITE
    permission_classes = [HasNamedPermission]
    serializer_class = ActivityOut
    pagination_class = type("ActivityPages", (CursorPages,), {"ordering": ("-date", "-id")})

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Activity.objects.none()
        asked = MonthQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        own = Activity.objects.of(own_employee(person(self.request._request))).select_related("job_kind")
        month = asked.validated_data.get("month")
        return own if month is None else own.in_month(month)

    @override
    @extend_schema(
        operation_id="activities",
        parameters=[OpenApiParameter("month", OpenApiTypes.STR, description="As 2026-10; every month without it.")],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="new_activity", parameters=[KEY_PARAMETER], request=ActivityRequest, responses={201: ActivityOut}
    )
    def post(self, request: Request) -> Response:
        sent = ActivityRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        user = person(request._request)
        employee = own_employee(user)

        def work() -> tuple[int, Any]:
            entered = dict(sent.validated_data)
            act = send_activity if entered.pop("submit") else save_activity
            activity = act(employee=employee, draft=ActivityInput(**entered), actor=user)
            return 201, _shown(activity.uid)

        return write_once(request, work)


class ActivityView(APIView):
    """One own activity."""

    permission = WRITE
    permission_classes = [HasNamedPermission]

    @extend_schema(operation_id="activity", responses=ActivityOut)
    def get(self, request: Request, uid: Any) -> Response:
        own = Activity.objects.of(own_employee(person(request._request)))
        found = own.filter(uid=uid).select_related("job_kind").first()
        if found is None:
            raise NotFound("activity")
        return Response(ActivityOut(found).data)


class SubmitView(APIView):
    """Hand an own draft in."""

    permission = WRITE
    permission_classes = [HasNamedPermission]

    @extend_schema(
        operation_id="submit_activity", parameters=[KEY_PARAMETER], request=None, responses={200: ActivityOut}
    )
    def post(self, request: Request, uid: Any) -> Response:
        refuse_fields(request)
        user = person(request._request)
        employee = own_employee(user)

        def work() -> tuple[int, Any]:
            outcome = submit_activities(employee=employee, uids=[uid], actor=user)
            if outcome.refused:
                raise ActivityRefused(outcome.refused[0][1])
            return 200, _shown(uid)

        return write_once(request, work)
