from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AuditConfig(AppConfig):
    name = "kernel.audit"
    label = "audit"
    verbose_name = "Jejak audit"

    @override
    def ready(self) -> None:
        from kernel.accounts.permissions import READ_AUDIT
        from kernel.web import navigation

        for area, group in (("console", "oversight"), ("operator", "")):
            navigation.register(
                area=area,  # type: ignore[arg-type]
                label=_("Jejak audit"),
                url_name="audit-events",
                permission=READ_AUDIT,
                icon="scroll-text",
                order=95,
                group=group,
            )
