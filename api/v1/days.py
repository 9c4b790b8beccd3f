"""One's own days of a month: what each is judged to be, and from what."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import InstantField, MonthField
from api.permissions import HasNamedPermission
from kernel.accounts.access import person
from kernel.tenancy import here
from tenants.attendance.months import month_days
from tenants.attendance.permissions import READ_OWN
from tenants.employees.access import own_employee


class MonthQuery(serializers.Serializer[Any]):
    month = MonthField(required=False)


class EventOut(serializers.Serializer[Any]):
    """A lateness, an early leave, an absence: its code, the words, and minutes where it has them."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not of the class
    minutes = serializers.IntegerField(allow_null=True)


class DayOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    presence = serializers.CharField()
    is_working_day = serializers.BooleanField()
    scheduled_in = InstantField(allow_null=True)
    scheduled_out = InstantField(allow_null=True)
    first_in = InstantField(allow_null=True)
    last_out = InstantField(allow_null=True)
    events = EventOut(many=True)


class DaysOut(serializers.Serializer[Any]):
    month = serializers.CharField()
    is_closed = serializers.BooleanField()
    days = DayOut(many=True)


class DaysView(APIView):
    """The caller's month, up to the running day."""

    permission = READ_OWN
    permission_classes = [HasNamedPermission]

    @extend_schema(
        operation_id="days",
        parameters=[
            OpenApiParameter("month", OpenApiTypes.STR, description="As 2026-10; the running month without it.")
        ],
        responses=DaysOut,
    )
    def get(self, request: Request) -> Response:
        asked = MonthQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        month = asked.validated_data.get("month") or here.this_month()
        view = month_days(own_employee(person(request._request)).pk, month)
        return Response(
            DaysOut(
                {
                    "month": str(month),
                    "is_closed": view.is_closed,
                    "days": [
                        {
                            "date": day.date,
                            "presence": day.presence,
                            "is_working_day": day.is_working_day,
                            "scheduled_in": day.schedule.starts_at,
                            "scheduled_out": day.schedule.ends_at,
                            "first_in": day.first_in,
                            "last_out": day.last_out,
                            "events": [
                                {
                                    "code": event.code,
                                    "minutes": event.minutes,
                                    "label": view.codes[event.code].label if event.code in view.codes else event.code,
                                }
                                for event in day.events
                            ],
                        }
                        for day in sorted(view.days.values(), key=lambda day: day.date)
                    ],
                }
            ).data
        )
