"""One sentence that says where an OPD's money is: on the slip and on the first page of everybody who works there."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.date_words import day_words
from kernel.periods import Month
from kernel.permissions import user_may
from kernel.tenancy.context import current_region
from tenants.payout.models import PaymentRow
from tenants.payout.parcels.board import Place, place_of
from tenants.payout.parcels.words import DOING_WORDS
from tenants.payout.permissions import SEE_OWN_OPD
from tenants.tpp.models import Slip
from tenants.tpp.slip_extras import Note


def sentence(place: Place) -> str:
    """`Posisi: diperiksa BKPSDM sejak Senin, 3 Juni 2024.`, or that the month is still going on."""
    if not place.is_over:
        begins = clock.local_date(place.begun, current_region().time_zone)
        return _("Bulan ini masih berjalan. OPD dapat menutupnya mulai %(day)s.") % {"day": day_words(begins)}
    if place.owes_nothing:
        return _("Posisi: dikunci, tidak ada yang perlu dibayar.")
    since = clock.local_date(place.position.since, current_region().time_zone)
    return _("Posisi: %(doing)s sejak %(day)s.") % {
        "doing": DOING_WORDS[place.position.next],
        "day": day_words(since),
    }


def note_on_slip(slip: Slip, user: User) -> Iterable[Note]:
    """Where the money of this slip is: what the bank said of it, else where its OPD's parcel is; none of practice."""
    if slip.is_practice or not user_may(user, SEE_OWN_OPD):
        return []
    place = place_of(Month.of(slip.run.month), slip.run.kind, slip.opd, is_brief=True)
    if not place.is_over or place.run != slip.run:
        return []
    url = reverse("payout-parcel", args=[f"{slip.run.month:%Y-%m}", slip.run.kind, slip.opd.uid])
    link = _("Lihat perjalanannya")
    own = None
    if place.lock is not None:
        own = PaymentRow.objects.newest().filter(list__lock=place.lock, employee_id=slip.employee_id).first()
    if own is not None and own.state == PaymentRow.State.PAID and own.settled_at is not None:
        day = day_words(clock.local_date(own.settled_at, current_region().time_zone))
        text = _("Tercatat dibayar ke rekening %(account)s pada %(day)s.") % {"account": own.masked, "day": day}
        return [Note("ok", _("Dibayar"), text, url, link)]
    if own is not None and own.state in (PaymentRow.State.FAILED, PaymentRow.State.NO_ACCOUNT):
        text = _("Hubungi bendahara OPD Anda untuk membetulkan rekening; Anda dibayar pada daftar susulan.")
        title = own.get_state_display() if own.state == PaymentRow.State.NO_ACCOUNT else _("Pembayaran gagal")
        return [Note("bad", title, text, url, link)]
    return [Note("info", _("Di mana uangnya?"), sentence(place), url, link)]
