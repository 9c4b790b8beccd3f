from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AppealsConfig(AppConfig):
    name = "tenants.appeals"
    label = "appeals"
    verbose_name = "Keberatan"

    @override
    def ready(self) -> None:
        import tenants.appeals.defaults
        import tenants.appeals.handlers  # noqa: F401
        from kernel.web import navigation
        from tenants.appeals.permissions import READ
        from tenants.appeals.slip_page import appeals_on, lines_to_object_to
        from tenants.tpp import slip_extras

        slip_extras.register_note(appeals_on)
        slip_extras.register_line_action(lines_to_object_to)
        navigation.register(
            area="console",
            label=_("Keberatan"),
            url_name="appeals-region",
            permission=READ,
            icon="message-square-warning",
            order=40,
            group="tpp",
        )
