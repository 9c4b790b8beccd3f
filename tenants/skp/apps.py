from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class SkpConfig(AppConfig):
    name = "tenants.skp"
    label = "skp"
    verbose_name = "SKP"

    @override
    def ready(self) -> None:
        import tenants.skp.access
        import tenants.skp.defaults
        import tenants.skp.handlers
        import tenants.skp.rating_import  # noqa: F401
        from kernel.web import navigation
        from tenants.activities import targets
        from tenants.skp.permissions import ASSESS_TOP, OWN, READ
        from tenants.skp.targets import PlanTargets

        targets.register(PlanTargets())
        navigation.register(
            area="employee", label=_("SKP"), url_name="skp-own", permission=OWN, icon="target", order=60
        )
        navigation.register(
            area="console",
            label=_("SKP"),
            url_name="skp-ratings",
            permission=READ,
            icon="clipboard-check",
            order=30,
            group="work",
        )
        navigation.register(
            area="console",
            label=_("Penilaian SKP pejabat"),
            url_name="skp-people",
            permission=ASSESS_TOP,
            icon="user-check",
            order=40,
            group="work",
        )
