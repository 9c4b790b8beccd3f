"""Who writes, and the neutral words when something of theirs waits or was decided on."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.accounts.models import TextNews, User
from kernel.tenancy.context import region_or_none
from kernel.texts.holding import Asking, asking, person_asking, tell_author


class HeldTexts:
    """Says once that a text waits: after the request that wrote it, or with the next page where that was known only
    later. Costs no query when there is nothing to say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Around every request of a page or of the API."""
        now = Asking(request)
        token = asking.set(now)
        try:
            if now.is_page and request.method == "GET" and region_or_none() is not None:
                self._say_news(request, person_asking())
            response = self.get_response(request)
        finally:
            asking.reset(token)
        if now.held:
            response.headers["X-Text-Held"] = str(now.held)
            words = ngettext(
                "Sudah disimpan. Satu tulisan menunggu ditinjau petugas sebelum ditampilkan.",
                "Sudah disimpan. %(count)s tulisan menunggu ditinjau petugas sebelum ditampilkan.",
                now.held,
            )
            self._say(request, words % {"count": now.held})
        return response

    def _say_news(self, request: HttpRequest, person: User | None) -> None:
        if person is not None and person.text_news == TextNews.NEW:
            if request.path != reverse("texts-mine"):  # the list itself says it best
                self._say(request, _("Ada kabar tentang tulisan Anda yang ditinjau petugas."))
            tell_author(person, TextNews.SAID)

    def _say(self, request: HttpRequest, words: str) -> None:
        link = format_html('<a href="{}">{}</a>', reverse("texts-mine"), _("Lihat tulisan saya"))
        messages.warning(request, format_html("{} {}", words, link), fail_silently=True)
