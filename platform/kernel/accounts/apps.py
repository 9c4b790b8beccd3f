from django.apps import AppConfig
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
