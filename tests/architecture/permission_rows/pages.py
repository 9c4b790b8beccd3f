"""The watch over public names, at the operators' host."""

from django.core.files.base import ContentFile

from control.pages.models import Capture, Scan, WatchedName
from control.regions.models import Region
from kernel.files.actions import store_made
from tests.architecture.permission_table import Cast, operators


def watched(state: str = "proved") -> WatchedName:
    name, _ = WatchedName.objects.get_or_create(
        region=Region.objects.get(code="manado"),
        name="dinas.manado.example",
        defaults={"kind": "own", "state": state, "token": "0" * 32, "added_by": "Operator"},
    )
    return name


def a_name(cast: Cast) -> dict[str, object]:
    return {"uid": watched().uid}


def another_name(cast: Cast) -> dict[str, object]:
    return {"region": "manado", "name": "lain.manado.example"}


def a_scan(cast: Cast) -> dict[str, object]:
    return {"uid": Scan.objects.create(name=watched(), verdict="clean", url="https://dinas.manado.example/").uid}


def a_body(cast: Cast) -> dict[str, object]:
    scan = Scan.objects.create(name=watched(), verdict="cloaked", url="https://dinas.manado.example/")
    kept = store_made(content=ContentFile(b"<p>", "a.txt"), purpose="pages.body", owner=None, kind="application/x")
    return {"uid": Capture.objects.create(scan=scan, visitor="B", url=scan.url, verdict="cloaked", body=kept).uid}


ROWS = [
    operators("pages-names", "GET", "operator"),
    operators("pages-add", "POST", "operator", ok=302, data=another_name),
    operators("pages-name", "GET", "operator", args=a_name),
    operators("pages-prove", "POST", "operator", ok=302, args=a_name),
    operators("pages-scan-now", "POST", "operator", ok=302, args=a_name),
    operators("pages-stop", "POST", "operator", ok=302, args=a_name),
    operators("pages-scan", "GET", "operator", args=a_scan),
    operators("pages-body", "GET", "operator", args=a_body),
]
