"""The operators' console and the audit trail."""

from control.regions.models import Domain, Region
from tests.architecture.permission_table import Cast, operators, region


def manado(cast: Cast) -> dict[str, object]:
    return {"code": "manado"}


def another_name(cast: Cast) -> dict[str, object]:
    return {"name": "absen.manado.example"}


def a_name_that_is_there(cast: Cast) -> dict[str, object]:
    Domain.objects.get_or_create(
        domain="lama.manado.example", tenant=Region.objects.get(code="manado"), is_primary=False
    )
    return {"name": "lama.manado.example"}


def an_application(cast: Cast) -> dict[str, object]:
    return {
        "kind": "kota",
        "name": "Kota Tomohon",
        "short_name": "Tomohon",
        "code": "tomohon",
        "time_zone": "Asia/Makassar",
        "admin_name": "Admin",
        "admin_nip": "198505052010021001",
    }


ROWS = [
    operators("console-regions", "GET", "operator billing"),
    operators("console-refresh-figures", "POST", "operator billing", ok=302),
    operators("console-new-region", "GET", "operator"),
    operators("console-new-region", "POST", "operator", data=an_application),
    operators("console-region", "GET", "operator billing", args=manado),
    operators("console-add-name", "POST", "operator", ok=302, args=manado, data=another_name),
    operators("console-remove-name", "POST", "operator", ok=302, args=manado, data=a_name_that_is_there),
    operators("console-visits", "GET", "operator"),
    operators("console-held-files", "GET", "operator billing"),
    operators("audit-events", "GET", "operator"),
    region("audit-events", "GET", "bkpsdm inspektorat diskominfo"),
    operators("audit-seals", "GET", "operator"),
    region("audit-seals", "GET", "bkpsdm inspektorat diskominfo"),
]
