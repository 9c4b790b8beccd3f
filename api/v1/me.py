"""Who am I here: the signed-in person, their post, and the region."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from kernel.accounts.access import person
from kernel.permissions import declared, user_may
from kernel.tenancy.context import current_region
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on, standings_on


class RegionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    is_read_only = serializers.BooleanField()


class PostOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    unit = serializers.CharField()
    opd = serializers.CharField()
    kelas = serializers.IntegerField(allow_null=True)


class EmployeeOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    nip = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    golongan = serializers.CharField()
    post = PostOut(allow_null=True)


class MeOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    permissions = serializers.ListField(child=serializers.CharField())
    region = RegionOut()
    employee = EmployeeOut(allow_null=True)


class MeView(APIView):
    """The signed-in person."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me", responses=MeOut)
    def get(self, request: Request) -> Response:
        user, region = person(request._request), current_region()
        employee = Employee.objects.filter(user=user).first()
        return Response(
            MeOut(
                {
                    "uid": user.uid,
                    "name": user.display_name,
                    "roles": sorted(user.role_codes),
                    "permissions": [name for name in sorted(declared()) if user_may(user, name)],
                    "region": region,
                    "employee": None if employee is None else _employee(employee, region.time_zone),
                }
            ).data
        )


def _employee(employee: Employee, zone: str) -> dict[str, Any]:
    today = clock.today(zone)
    posts = posts_on([employee.pk], today).get(employee.pk)
    standing = standings_on([employee.pk], today).get(employee.pk)
    post = posts.own if posts else None
    return {
        "uid": employee.uid,
        "nip": employee.nip,
        "name": employee.name,
        "status": standing.status if standing else "",
        "golongan": standing.golongan if standing else "",
        "post": None
        if post is None
        else {"title": post.title, "unit": post.unit_name, "opd": post.opd_name, "kelas": post.kelas},
    }
