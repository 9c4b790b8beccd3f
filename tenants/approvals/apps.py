from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class ApprovalsConfig(AppConfig):
    name = "tenants.approvals"
    label = "approvals"
    verbose_name = "Persetujuan"

    @override
    def ready(self) -> None:
        import tenants.approvals.corrections
        import tenants.approvals.defaults
        import tenants.approvals.following
        import tenants.approvals.permissions
        import tenants.approvals.rule_sets
        from kernel.web import navigation

        navigation.register(
            area="employee",
            label=_("Kotak masuk"),
            url_name="approvals-inbox",
            permission=tenants.approvals.permissions.DECIDE,
            icon="inbox",
            order=30,
        )
        navigation.register(
            area="console",
            label=_("Kotak masuk"),
            url_name="approvals-inbox",
            permission=tenants.approvals.permissions.DECIDE,
            icon="inbox",
            order=15,
        )
        navigation.register(
            area="console",
            label=_("Dokumen daerah"),
            url_name="approvals-region",
            permission=tenants.approvals.permissions.HAND_IN_REGION,
            icon="landmark",
            order=40,
            group="settings",
        )
        navigation.register(
            area="console",
            label=_("Rantai persetujuan"),
            url_name="approvals-chains",
            permission=tenants.approvals.permissions.MANAGE_CHAINS,
            icon="git-commit-vertical",
            order=30,
            group="settings",
        )
