"""Version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from api.v1 import approvals, days, me, punches

urlpatterns = [
    path("me", me.MeView.as_view(), name="api-me"),
    path("punches", punches.PunchesView.as_view(), name="api-punches"),
    path("days", days.DaysView.as_view(), name="api-days"),
    path("approvals", approvals.ApprovalsView.as_view(), name="api-approvals"),
    path("approvals/decisions", approvals.DecisionsView.as_view(), name="api-decisions"),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
]
