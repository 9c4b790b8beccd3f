from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

# The groups of the officials' menu, in their order; the apps above name them.
KINDS_OF_WORK = (
    ("people", _("Kepegawaian"), "users"),
    ("attendance", _("Kehadiran dan cuti"), "calendar-check"),
    ("devices", _("Tempat dan alat"), "map-pin"),
    ("work", _("Kinerja"), "target"),
    ("tpp", _("TPP"), "calculator"),
    ("payment", _("Pembayaran"), "banknote"),
    ("emergency", _("Saat gangguan"), "life-buoy"),
    ("oversight", _("Pengawasan"), "search-check"),
    ("settings", _("Pengaturan"), "settings"),
)


class OrganisationConfig(AppConfig):
    name = "tenants.organisation"
    label = "organisation"
    verbose_name = "Organisasi"

    @override
    def ready(self) -> None:
        from kernel.web import navigation
        from tenants.organisation.permissions import VIEW_ORGANISATION

        for order, (name, label, icon) in enumerate(KINDS_OF_WORK, start=1):
            navigation.register_group(name, label=label, icon=icon, order=order)
        navigation.register(
            area="console",
            label=_("Organisasi"),
            url_name="organisation-tree",
            permission=VIEW_ORGANISATION,
            icon="network",
            order=20,
            group="people",
        )
