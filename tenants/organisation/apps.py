from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class OrganisationConfig(AppConfig):
    name = "tenants.organisation"
    label = "organisation"
    verbose_name = "Organisasi"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.organisation.permissions import VIEW_ORGANISATION

        navigation.register(
            area="console",
            label=_("Organisasi"),
            url_name="organisation-tree",
            permission=VIEW_ORGANISATION,
            icon="network",
            order=30,
        )
