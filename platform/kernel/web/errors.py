"""Error pages in the region's look. None of them touches the database, a session or a template context processor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.watching import clients, emit, names

JSON_TYPES = ("application/problem+json", "application/json")
# How Django begins when the form came from another site, and not from a page that was open for too long.
_FROM_ELSEWHERE = ("Origin checking failed", "Referer checking failed")


def plain_page(
    request: HttpRequest, *, status: int, title: str, text: str, advice: str = "", home: bool = True
) -> HttpResponse:
    """Answer with `status` and a page that says what happened and what to do.

    `home` offers the way back to the first page. Who asks for JSON gets problem+json with the same words.
    """
    reference = getattr(request, "request_id", "")
    if request.get_preferred_type(["text/html", *JSON_TYPES]) in JSON_TYPES:
        problem = {"type": "about:blank", "title": title, "status": status, "detail": text}
        if reference:
            problem["instance"] = f"urn:request:{reference}"
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    page = render_to_string(
        "errors/page.html",
        {
            "region": getattr(request, "region", None),
            "status": status,
            "title": title,
            "text": text,
            "advice": advice,
            "home": home,
            "reference": reference,
            "LANGUAGE_CODE": translation.get_language(),
            "theme": request.COOKIES.get("theme", ""),
        },
    )
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400"""
    return plain_page(
        request,
        status=400,
        title=_("Permintaan tidak dapat dibaca"),
        text=_("Alamat atau isi yang dikirim tidak lengkap, sehingga tidak ada yang disimpan."),
        advice=_("Kembali ke halaman sebelumnya, muat ulang, lalu coba sekali lagi."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403"""
    return plain_page(
        request,
        status=403,
        title=_("Anda tidak berwenang membuka halaman ini"),
        text=_("Halaman ini ada, tetapi tugas Anda tidak mencakupnya."),
        advice=_("Bila menurut Anda ini keliru, hubungi admin kepegawaian di OPD Anda."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW"""
    client = clients.client_of(request)
    if reason.startswith(_FROM_ELSEWHERE) and clients.is_first(("elsewhere", client)):
        emit(names.MALICIOUS_CORS, path=request.path)
    return plain_page(
        request,
        status=403,
        title=_("Formulir ini sudah kedaluwarsa"),
        text=_("Demi keamanan, isian dari halaman lama atau dari situs lain tidak diterima. Tidak ada yang disimpan."),
        advice=_("Kembali, muat ulang halamannya, lalu kirim sekali lagi."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404"""
    return plain_page(
        request,
        status=404,
        title=_("Halaman tidak ditemukan"),
        text=_("Alamatnya mungkin salah ketik, atau datanya tidak ada untuk akun Anda."),
        advice=_("Periksa alamatnya, atau mulai lagi dari beranda."),
    )


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """405"""
    return plain_page(
        request,
        status=405,
        title=_("Halaman ini tidak dapat dibuka langsung"),
        text=_("Alamat ini hanya menerima kiriman dari sebuah formulir."),
        advice=_("Mulai lagi dari beranda."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500"""
    return plain_page(
        request,
        status=500,
        title=_("Ada kesalahan di pihak kami"),
        text=_("Permintaan Anda tidak selesai. Yang belum tersimpan perlu dikirim lagi; yang sudah tersimpan aman."),
        advice=_("Coba lagi sebentar. Bila berulang, sampaikan kode di bawah kepada admin."),
    )


def unavailable(request: HttpRequest, *, retry_after: int = 30) -> HttpResponse:
    """503 while the service is overloaded or under maintenance; `retry_after` in seconds."""
    page = plain_page(
        request,
        status=503,
        title=_("Layanan sedang tidak tersedia"),
        text=_("Sistem sedang penuh atau dipelihara. Tidak ada data yang hilang."),
        advice=_("Coba lagi sebentar."),
    )
    page.headers["Retry-After"] = str(retry_after)
    return page


def unknown_host(request: HttpRequest) -> HttpResponse:
    """404 for an address that belongs to no region."""
    return plain_page(
        request,
        status=404,
        title=_("Tidak ada daerah di alamat ini"),
        text=_("Alamat yang Anda buka tidak terdaftar pada layanan ini."),
        advice=_("Periksa ejaannya, atau tanyakan alamat yang benar kepada Diskominfo daerah Anda."),
        home=False,
    )


def suspended(request: HttpRequest) -> HttpResponse:
    """503 for a region that is closed for the time being."""
    page = plain_page(
        request,
        status=503,
        title=_("Layanan daerah ini sedang ditutup sementara"),
        text=_("Data daerah tetap tersimpan dan tidak berubah selama penutupan."),
        advice=_("Keterangan lebih lanjut ada pada Diskominfo daerah Anda."),
        home=False,
    )
    page.headers["Retry-After"] = "3600"
    return page


def read_only(request: HttpRequest) -> HttpResponse:
    """403 for a write in a region that may only be read; a program comes again after a while."""
    region = getattr(request, "region", None)
    page = plain_page(
        request,
        status=403,
        title=_("Daerah ini sedang hanya dapat dibaca"),
        text=_("Perubahan tidak disimpan. Absen tetap diterima, dan semua halaman tetap dapat dilihat dan dicetak."),
        advice=_reason(None if region is None else region.read_only_terms),
    )
    page.headers["Retry-After"] = "300"
    return page


def network_blocked(request: HttpRequest, terms: Mapping[str, Any]) -> HttpResponse:
    """403 for pages that are asked for from a network that is blocked for the time being."""
    return plain_page(
        request,
        status=403,
        title=_("Halaman ditutup sementara dari jaringan Anda"),
        text=_("Absen dari aplikasi yang terpasang tetap terkirim. Halaman lain terbuka lagi dari jaringan lain."),
        advice=_reason(terms),
        home=False,
    )


def public_page_off(request: HttpRequest, terms: Mapping[str, Any]) -> HttpResponse:
    """503 for a page for everybody that is off for the time being; a search engine keeps its place that way."""
    page = plain_page(
        request,
        status=503,
        title=_("Halaman umum ini sedang ditutup sementara"),
        text=_("Halaman untuk umum diperiksa dahulu sebelum dibuka lagi. Pegawai tetap dapat masuk dan absen."),
        advice=_reason(terms),
        home=False,
    )
    page.headers["Retry-After"] = "3600"
    return page


def exports_off(request: HttpRequest, words: str) -> HttpResponse:
    """403 in place of a list or a paper that may not leave the region for the time being."""
    return plain_page(
        request,
        status=403,
        title=_("Unduhan ditutup sementara"),
        text=words,
        advice=_("Isinya tetap dapat dilihat di halaman. Coba unduh lagi setelah penutupan berakhir."),
    )


def _reason(terms: Mapping[str, Any] | None) -> str:
    return "" if terms is None else _("Alasan: %(reason)s") % {"reason": terms["reason"]}
