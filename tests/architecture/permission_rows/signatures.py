"""Signatures of attacks, at the operators' host."""

from control.signatures.models import Signature
from tests.architecture.permission_table import Cast, operators

DIGEST = "ab" * 32


def another_one(cast: Cast) -> dict[str, object]:
    return {"kind": "digest", "written": DIGEST, "reason": "Uji"}


def a_signature(cast: Cast) -> dict[str, object]:
    made, _ = Signature.objects.get_or_create(
        kind="digest", value="cd" * 32, defaults={"shown": "cd" * 32, "reason": "Uji", "confirmed_by": "Operator"}
    )
    return {"uid": made.uid}


ROWS = [
    operators("signatures", "GET", "operator"),
    operators("signatures", "POST", "operator", ok=302, data=another_one),
    operators("signature", "GET", "operator", args=a_signature),
    operators("signature-withdraw", "POST", "operator", ok=302, args=a_signature),
]
