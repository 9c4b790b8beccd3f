"""What waits for one's decision, and deciding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from api.paging import CursorPages
from api.permissions import HasNamedPermission
from api.requests import ExactRequest
from api.writes import KEY_PARAMETER, write_once
from kernel.accounts.access import person
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.permissions import DECIDE

MOST_AT_ONCE = 200


class ApprovalOut(serializers.ModelSerializer[ApprovalRequest]):
    """A document that waits; `remarks` are reasons to look closer.

    `owner` is null for a document of the region. `on_behalf_of` names whose authority was delegated, null for one's
    own. `document_version` goes back with the decision, so that a changed document is not decided.
    """

    owner = serializers.SerializerMethodField()
    on_behalf_of = serializers.SerializerMethodField()

    class Meta:
        model = ApprovalRequest
        fields = [
            "uid",
            "document_kind",
            "document_uid",
            "title",
            "owner",
            "on_behalf_of",
            "document_version",
            "level",
            "remarks",
            "submitted_at",
            "due_on",
        ]

    def get_owner(self, request: ApprovalRequest) -> str | None:
        return None if request.owner is None else request.owner.name

    def get_on_behalf_of(self, request: ApprovalRequest) -> str | None:
        approver = request.approver
        own = self.context["request"].user.pk
        return None if approver is None or approver.user_id == own else approver.name


class DecisionsRequest(ExactRequest):
    """One verdict over up to 200 requests. A return or a refusal needs a note.

    `seen` gives the version of each document that was looked at, by the uid of its request.
    """

    request_uids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)
    verdict = serializers.ChoiceField(choices=["approved", "returned", "rejected"])
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    seen = serializers.DictField(child=serializers.CharField(max_length=64, allow_blank=True), required=False)

    def validate_seen(self, value: dict[str, str]) -> dict[UUID, str]:
        try:
            return {UUID(uid): version for uid, version in value.items()}
        except ValueError as error:
            raise serializers.ValidationError(_("Isi dengan uid pengajuan.")) from error


class DecisionsOut(serializers.Serializer[Any]):
    """What this call decided, and what had been decided before."""

    decided = serializers.ListField(child=serializers.UUIDField())
    unchanged = serializers.ListField(child=serializers.UUIDField())


class ApprovalsView(generics.ListAPIView[ApprovalRequest]):
    """What waits for the caller, oldest first."""

    permission = DECIDE
    permission_classes = [HasNamedPermission]
    serializer_class = ApprovalOut
    pagination_class = type("ApprovalPages", (CursorPages,), {"ordering": "id"})

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ApprovalRequest.objects.none()
        return (
            ApprovalRequest.objects.waiting()
            .for_approver(person(self.request._request))
            .select_related("owner", "approver")
        )


class DecisionsView(APIView):
    """Decide on requests, in one go."""

    permission = DECIDE
    permission_classes = [HasNamedPermission]

    @extend_schema(
        operation_id="decide", parameters=[KEY_PARAMETER], request=DecisionsRequest, responses={200: DecisionsOut}
    )
    def post(self, request: Request) -> Response:
        sent = DecisionsRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        user = person(request._request)

        def work() -> tuple[int, Any]:
            outcome = decide(actor=user, **sent.validated_data)
            return 200, {
                "decided": [str(item.uid) for item in outcome.decided],
                "unchanged": [str(item.uid) for item in outcome.unchanged],
            }

        return write_once(request, work)
