"""Version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from api.v1 import activities, approvals, days, me, punches, slips
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback

urlpatterns = [
    path("me", me.MeView.as_view(), name="api-me"),
    path("punches", open_in_read_only(open_in_fallback(punches.PunchesView.as_view())), name="api-punches"),
    path("days", days.DaysView.as_view(), name="api-days"),
    path("activities", activities.ActivitiesView.as_view(), name="api-activities"),
    path("activities/<uuid:uid>", activities.ActivityView.as_view(), name="api-activity"),
    path("activities/<uuid:uid>/submit", activities.SubmitView.as_view(), name="api-activity-submit"),
    path("approvals", approvals.ApprovalsView.as_view(), name="api-approvals"),
    path("approvals/decisions", approvals.DecisionsView.as_view(), name="api-decisions"),
    path("slips", slips.SlipsView.as_view(), name="api-slips"),
    path("slips/<uuid:uid>", slips.SlipView.as_view(), name="api-slip"),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
]
