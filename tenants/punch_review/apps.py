"""Looking at punches that are odd: signals, the queue, verdicts, pictures, missing places."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PunchReviewConfig(AppConfig):
    name = "tenants.punch_review"
    label = "punch_review"
    verbose_name = "Tinjauan absen"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.punch_review import permissions, selfies, verdicts  # noqa: F401 - receivers register on import
        from tenants.punches import policy

        policy.add_part("selfie", selfies.policy_part)

        navigation.register(
            area="console",
            label=_("Tinjauan absen"),
            url_name="punch-review-queue",
            permission=permissions.REVIEW,
            icon="scan-search",
            order=20,
            group="attendance",
        )
