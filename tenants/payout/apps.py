from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class PayoutConfig(AppConfig):
    name = "tenants.payout"
    label = "payout"
    verbose_name = "Pembayaran"

    @override
    def ready(self) -> None:
        import tenants.payout.actions
        import tenants.payout.approving
        import tenants.payout.jobs
        import tenants.payout.ledger
        import tenants.payout.payments.results  # noqa: F401 - works, handlers and receivers register on import
        from kernel.web import navigation
        from tenants.payout import differences, gates, permissions, receivers, signals
        from tenants.payout.parcels.acting import reasons_against_locking, reasons_against_reopening
        from tenants.payout.parcels.position_words import note_on_slip
        from tenants.tpp import slip_extras

        gates.register(reasons_against_locking)
        gates.register_reopening(differences.against_reopening)
        gates.register_reopening(reasons_against_reopening)
        signals.lock_reopened.connect(differences.on_reopened, dispatch_uid="payout.differences")
        signals.lock_reopened.connect(receivers.begin_again, dispatch_uid="payout.begin-again")
        slip_extras.register_note(note_on_slip)

        navigation.register(
            area="console",
            label=_("Kunci bulan"),
            url_name="payout-locks",
            permission=permissions.VERIFY,
            icon="lock",
            order=30,
            group="payment",
        )
        navigation.register(
            area="console",
            label=_("Posisi pembayaran"),
            url_name="payout-board",
            permission=permissions.SEE_BOARD,
            icon="route",
            order=20,
            group="payment",
        )
        navigation.register(
            area="console",
            label=_("Posisi OPD saya"),
            url_name="payout-own-opd",
            permission=permissions.CLOSE_OPD,
            icon="route",
            order=10,
            group="payment",
        )
        navigation.register(
            area="console",
            label=_("Hasil bank"),
            url_name="payout-bank-results",
            permission=permissions.ORDER_PAYMENT,
            icon="file-check",
            order=50,
            group="payment",
        )
