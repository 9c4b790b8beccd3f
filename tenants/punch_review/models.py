"""What is said of punches afterwards: signals that something is odd, the queue, verdicts and explanations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.punch_review.querysets import ReviewItemQuerySet


class PunchVerdict(Fenced):
    """What somebody decided about a punch; the newest of a punch counts. Append-only (trigger).

    `counts` False: as if the punch were not there. `counted_at`: the time that counts in its stead.
    """

    free_text = {"reason": How.REFUSE}

    id = models.BigAutoField(primary_key=True)
    punch = models.ForeignKey("punches.Punch", on_delete=models.PROTECT, related_name="verdicts")
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    captured_at = models.DateTimeField()
    counts = models.BooleanField()
    counted_at = models.DateTimeField(null=True)
    # What the person is told; "" for a plain acceptance.
    reason = models.CharField(max_length=300, blank=True)
    # An earlier verdict was taken back by this one; the punch waits again.
    is_undoing = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["employee", "captured_at"], name="verdict_by_employee_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(counts=True) | models.Q(counted_at__isnull=True) & ~models.Q(reason=""),
                name="punch_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(counted_at__isnull=True) | ~models.Q(reason=""), name="punch_time_with_reason"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.punch_id}: {self.counts}"


class ReviewItem(Fenced):
    """A punch that somebody should look at, ranked by what its signals weigh together. It counts meanwhile."""

    punch = models.OneToOneField("punches.Punch", primary_key=True, on_delete=models.PROTECT, related_name="review")
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    captured_at = models.DateTimeField()
    score = models.IntegerField()
    settled_at = models.DateTimeField(null=True)

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-score", "punch"], name="review_waiting", condition=models.Q(settled_at__isnull=True))
        ]

    @override
    def __str__(self) -> str:
        return f"{self.punch_id}: {self.score}"


class PunchSignal(Fenced):
    """Something odd about a punch: `code` of `scoring.SIGNALS`, what it weighed when it was found, and the evidence."""

    id = models.BigAutoField(primary_key=True)
    punch = models.ForeignKey("punches.Punch", on_delete=models.PROTECT, related_name="signals", db_index=False)
    code = models.CharField(max_length=20)
    points = models.IntegerField()
    evidence = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["punch", "code"], name="punch_signal_once")]

    @override
    def __str__(self) -> str:
        return f"{self.punch_id}: {self.code}"


class PunchExplanation(Fenced):
    """What the punch's owner says about it. Append-only (trigger)."""

    free_text = {"text": How.REFUSE}

    id = models.BigAutoField(primary_key=True)
    punch = models.ForeignKey("punches.Punch", on_delete=models.PROTECT, related_name="explanations")
    text = models.CharField(max_length=500)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.punch_id}: {self.text[:40]}"


class SignalWeight(models.Model):
    """What a signal weighs in this region, or from which sum a punch is looked at (`queue_from`); else the usual."""

    code = models.CharField(primary_key=True, max_length=20)
    points = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(points__gte=0, points__lte=100), name="signal_weight_0_to_100")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.code}: {self.points}"


class ScoredUpTo(models.Model):
    """The receipt up to which punches have been looked through for signals; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    receipt = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "scored up to"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="scored_up_to_one_row")]

    @override
    def __str__(self) -> str:
        return str(self.receipt)


class SelfieRule(models.Model):
    """Whether a punch comes with a picture of its person, and for how long it is kept; the newest row counts."""

    class Mode(models.TextChoices):
        OFF = "off", _("Tidak diminta")
        SAMPLE = "sample", _("Contoh acak")
        ALWAYS = "always", _("Selalu")

    id = models.BigAutoField(primary_key=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.OFF)
    percent = models.SmallIntegerField(default=10)
    keep_days = models.IntegerField(default=90)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="selfie_percent"),
            models.CheckConstraint(condition=models.Q(keep_days__gte=1, keep_days__lte=730), name="selfie_keep_days"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.mode} {self.percent}"


class Selfie(Fenced):
    """The picture that came with a punch: made anew from its pixels; what was sent is not kept.

    `sent_digest` is the SHA-256 of what was sent, so that the same picture is recognised when it comes again. Where no
    picture could be taken the state is EXCUSED and `reason` says why; a picture may still follow.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu diolah")
        KEPT = "kept", _("Tersimpan")
        UNREADABLE = "unreadable", _("Tidak terbaca")
        REMOVED = "removed", _("Dihapus sesuai masa simpan")
        EXCUSED = "excused", _("Tidak dapat diambil")

    class Reason(models.TextChoices):
        CAMERA = "camera", _("Kamera rusak atau tidak ada")
        REFUSED = "refused", _("Kamera tidak dapat dibuka")
        PLACE = "place", _("Tidak boleh memotret di tempat ini")
        OTHER = "other", _("Alasan lain")

    punch = models.OneToOneField("punches.Punch", primary_key=True, on_delete=models.PROTECT, related_name="selfie")
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    sent_digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    # When the picture itself says that it was taken (EXIF, no zone: the region's wall clock), else when its phone says
    # so; None when neither does.
    taken_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["sent_digest"], name="selfie_by_digest"),
            models.Index(fields=["received_at"], name="selfie_kept_since", condition=models.Q(state="kept")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="excused", file__isnull=True) & ~models.Q(reason="")
                | ~models.Q(state="excused") & models.Q(reason=""),
                name="selfie_excused_with_reason",
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.punch_id}: {self.state}"


class PlaceProposal(Addressed, Fenced):
    """A place where many trusted people of a unit punch although none of theirs is there: it may be missing."""

    class State(models.TextChoices):
        OPEN = "open", _("Menunggu")
        ACCEPTED = "accepted", _("Diterima")
        DISMISSED = "dismissed", _("Diabaikan")

    unit = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, related_name="+")
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    radius_m = models.IntegerField()
    people = models.IntegerField()
    # The punches that it was seen by, newest first, at most a hundred.
    punches = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.unit_id}: {self.latitude}, {self.longitude}"
