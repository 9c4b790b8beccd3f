"""An objection to one line of a slip, and what was decided about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.appeals.querysets import AppealQuerySet
from tenants.tpp.models import MonthRun


class Appeal(Addressed, Fenced):
    """A person objects to a line (by its node) of the own slip. What the line said is kept as it was then.

    `remedy` is what an official proposes before the last approver decides: a sum that a difference run pays or takes,
    or that the facts were mended, so that the difference run finds the sum itself.
    """

    free_text = {"text": How.HOLD, "remedy_note": How.HOLD}
    text_page = Page(own="appeals-appeal")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Diajukan")
        RETURNED = "returned", _("Dikembalikan")
        GRANTED = "granted", _("Diterima")
        REFUSED = "refused", _("Ditolak")
        WITHDRAWN = "withdrawn", _("Ditarik")

    class Remedy(models.TextChoices):
        NONE = "", _("Belum ditentukan")
        AMOUNT = "amount", _("Tambahan atau pengurangan sejumlah rupiah")
        FACTS = "facts", _("Datanya sudah diperbaiki, selisihnya dihitung sistem")

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="appeals")
    slip = models.ForeignKey("tpp.Slip", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    kind = models.CharField(max_length=12, choices=MonthRun.Kind.choices, default=MonthRun.Kind.ORDINARY)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    node_id = models.CharField(max_length=120)
    # As the line stood when it was objected to.
    line_label = models.TextField()
    line_shown = models.CharField(max_length=100)
    clause = models.TextField(blank=True)
    text = models.TextField()
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    # Counts its contents: the approver decides on what they saw.
    version = models.SmallIntegerField(default=1)
    remedy = models.CharField(max_length=6, choices=Remedy.choices, default=Remedy.NONE, blank=True)
    # Rupiah, plus for the person or minus; only with the remedy "amount".
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    remedy_note = models.TextField(blank=True)
    remedied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    remedied_at = models.DateTimeField(null=True)
    # The source of the order that it became (`arrears.Order`).
    order_uid = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    # What the client sent as its own id: a form sent twice is one appeal.
    client_key = models.UUIDField(unique=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "month", "kind", "node_id"],
                condition=models.Q(state__in=["submitted", "returned"]),
                name="appeal_one_open_for_a_line",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="appeal_month_is_first_day"),
            models.CheckConstraint(condition=~models.Q(text=""), name="appeal_has_text"),
            models.CheckConstraint(
                condition=models.Q(remedy="amount", amount__isnull=False) & ~models.Q(amount=0)
                | ~models.Q(remedy="amount") & models.Q(amount__isnull=True),
                name="appeal_amount_with_its_remedy",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="granted") | ~models.Q(remedy=""), name="appeal_granted_has_remedy"
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="appeal_by_state")]

    @override
    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.line_label}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided for good."""
        return self.state in (self.State.SUBMITTED, self.State.RETURNED)
