from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class AccountsConfig(AppConfig):
    name = "kernel.accounts"
    label = "accounts"
    verbose_name = "Akun"

    @override
    def ready(self) -> None:
        import kernel.accounts.credentials
        import kernel.accounts.permissions
        import kernel.accounts.receivers
        import kernel.accounts.roles  # noqa: F401
        from kernel.web import navigation

        for area, group in (("console", "people"), ("operator", "")):
            navigation.register(
                area=area,  # type: ignore[arg-type]
                label=_("Pemulihan akun"),
                url_name="accounts-recoveries",
                permission="accounts.recover",
                icon="key-round",
                order=92,
                group=group,
            )
