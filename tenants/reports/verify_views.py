"""The public check of a paper: by the code of its QR, or by the file itself. Names nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.papers.codes import read_code, shown_code
from kernel.web.containment import for_everybody
from kernel.web.limits import is_within
from tenants.reports.errors import TooManyChecks
from tenants.reports.models import IssuedPaper, PaperCopy
from tenants.reports.papers.plan import KIND_WORDS
from tenants.reports.papers.standing import counts_still

# In one minute from one address: many people may stand behind one.
MOST_CHECKS: Final = 60
WINDOW_SECONDS: Final = 60
MAX_BYTES: Final = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the public may know of a paper. `state` is valid, draft, replaced or withdrawn."""

    paper: IssuedPaper
    state: str
    kind_words: str
    newer: str = ""

    @property
    def code(self) -> str:
        return shown_code(self.paper.code)

    @property
    def digest(self) -> str:
        return self.paper.digest[:16]


def _limited(request: HttpRequest) -> None:
    if not is_within(request, "papers.verify", most=MOST_CHECKS, seconds=WINDOW_SECONDS):
        raise TooManyChecks


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Type the code or hand in the file; its bytes are hashed and thrown away."""
    problem = ""
    if request.method == "POST":
        _limited(request)
        upload = request.FILES.get("berkas")
        if upload is None or not upload.size:
            problem = _("Pilih berkas PDF atau XLSX yang ingin diperiksa.")
        elif upload.size > MAX_BYTES:
            problem = _("Berkas lebih besar dari 20 MB, jadi bukan dokumen dari sini.")
        else:
            return _answered_file(request, upload)
    elif "kode" in request.GET:
        code = read_code(request.GET["kode"])
        if code is not None:
            return redirect("papers-verify-code", code=code)
        problem = _("Kode terdiri atas 20 huruf dan angka, seperti tercetak di samping kode QR.")
    context: dict[str, Any] = {"problem": problem, "typed": request.GET.get("kode", "")[:40]}
    return render(request, "tenants/reports/verify.html", context, status=422 if problem else 200)


def _answered_file(request: HttpRequest, upload: File[bytes]) -> HttpResponse:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    copy = PaperCopy.objects.select_related("paper__replaced_by").filter(sha256=digest.hexdigest()).first()
    context = {
        "answer": None if copy is None else _answer(copy.paper),
        "is_file": True,
        "file_digest": digest.hexdigest()[:16],
    }
    return render(request, "tenants/reports/verified.html", context, status=200 if copy else 404)


@for_everybody
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the paper with this code: kind, month, region, state, short digest."""
    _limited(request)
    read = read_code(code)
    paper = None
    if read is not None:
        paper = IssuedPaper.objects.select_related("replaced_by").filter(code=read).first()
    context = {"answer": None if paper is None else _answer(paper), "is_file": False}
    response = render(request, "tenants/reports/verified.html", context, status=200 if paper else 404)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(paper: IssuedPaper) -> Answer:
    state = str(paper.state)
    if paper.state == IssuedPaper.State.VALID and not counts_still(paper):
        state = "draft" if paper.lock_id is None else "replaced"
    newer = paper.replaced_by
    return Answer(paper, state, KIND_WORDS.get(paper.kind, KIND_WORDS["ordinary"]), newer.number if newer else "")
