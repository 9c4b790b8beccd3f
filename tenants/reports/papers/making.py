"""From an OPD-month to its papers: who is on which list, what the letters say, and the digest of what was said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, cast

from django.urls import reverse

from kernel.date_words import day_words, month_words
from kernel.money import decimal_text
from kernel.papers.blocks import (
    Block,
    Pairs,
    Paper,
    Paragraph,
    Seal,
    Signature,
    Signatures,
    Table,
)
from kernel.papers.values import Value
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import rupiah
from tenants.reports.models import Signer
from tenants.reports.papers import letters
from tenants.reports.papers.columns import Row
from tenants.reports.papers.differences import differences, payments
from tenants.reports.papers.dressing import Dressing
from tenants.reports.papers.kinds import PAYMENT, RECEIPT, plain
from tenants.reports.papers.lists import people_table
from tenants.reports.papers.opd_month import OpdMonth, title_of
from tenants.reports.papers.plan import PlannedPaper, others
from tenants.reports.papers.releases import releases
from tenants.reports.papers.rows import rows_of

KONSEP: Final = "KONSEP"
LATIHAN: Final = "LATIHAN"
# A worker has no request that says whose addresses count.
_URLS: Final = "config.urls_region"
# Forms that are written once for everybody, on the short side of the paper.
_LETTERS: Final = ("cover", "accounts", "statement")


def make(
    opd_month: OpdMonth,
    planned: PlannedPaper,
    part: str,
    dressing: Dressing,
    *,
    dated: Any,
    number: str = "",
    seal: Seal | None = None,
    is_split: bool = False,
) -> Paper:
    """The paper. Its tables read the database while they are written."""
    form = planned.kind.form
    blocks: list[Block]
    if form == "cover":
        blocks = letters.cover(opd_month, dressing)
    elif form == "accounts":
        blocks = letters.accounts(opd_month)
    elif form == "statement":
        blocks = letters.statement(opd_month, dressing)
    elif form == "differences":
        blocks = differences(opd_month.differences(part), is_split=is_split)
    elif form == "difference_payment":
        blocks = payments(opd_month.differences(part), is_split=is_split)
    elif form == "releases":
        blocks = releases(opd_month.releases(part), opd_month.slips(part), is_split=is_split)
    else:
        blocks = _list(opd_month, planned, part, is_split=is_split)
    signatures = _signatures(planned.roles, dressing, dated, is_list=form not in _LETTERS)
    if form == "cover":
        blocks = letters.with_examiner(blocks, signatures, planned.roles)
    else:
        blocks.append(signatures)
    return Paper(
        title=title_of(opd_month, planned),
        subtitle=_subtitle(opd_month, part, form),
        number=number,
        letterhead=dressing.letterhead,
        blocks=blocks,
        is_wide=form not in _LETTERS and form != "receipt",
        size=dressing.size,
        stamp=LATIHAN if opd_month.is_practice else "" if seal else KONSEP,
        seal=seal,
    )


def _subtitle(opd_month: OpdMonth, part: str, form: str) -> str:
    who = "" if form in _LETTERS else f" · {part or others(opd_month.plan.apart)}"
    return f"{opd_month.opd.name} · Bulan {month_words(opd_month.month)}{who}"


def _list(opd_month: OpdMonth, planned: PlannedPaper, part: str, *, is_split: bool) -> list[Block]:
    rows: Iterator[Row] = rows_of(opd_month.people(planned, part))
    table, _ = people_table(planned.columns, rows, is_split=is_split, has_signature=planned.kind is RECEIPT)
    blocks: list[Block] = [table]
    if planned.kind in (PAYMENT, RECEIPT):
        held = opd_month.slips(part).exclude(holds=[]).sums()
        if held["people"]:
            blocks.append(
                Paragraph(
                    f"Tidak termasuk {held['people']} pegawai yang pembayarannya ditahan menurut aturan, "
                    f"sebesar {rupiah(cast('Decimal', held['net']))}."
                )
            )
    return blocks


def _signatures(roles: Sequence[int], dressing: Dressing, dated: Any, *, is_list: bool) -> Signatures:
    """The one who makes the paper signs at the right under place and date; the head beside as who knows of it."""
    place = f"{dressing.place}, {day_words(dated)}"
    signed: list[Signature] = []
    heads = [role for role in roles if role == Signer.Role.HEAD]
    rest = [role for role in roles if role != Signer.Role.HEAD]
    order = [*heads, *rest] if is_list else [*rest, *heads]
    for index, role in enumerate(order):
        is_last = index == len(order) - 1
        above = place if is_last else "Mengetahui," if role == Signer.Role.HEAD else ""
        signer = dressing.signers.get(role)
        if signer is None:
            signed.append(Signature(above, Signer.Role(role).label, ""))
        else:
            signed.append(Signature(above, signer.title, signer.name, signer.rank, signer.nip))
    return Signatures(signed)


def seal_of(code: str, digest: str) -> Seal:
    """The seal of an issued paper; the QR leads to the region's own host."""
    host = current_region().hosts[0]
    return Seal(code, f"https://{host}{reverse('papers-verify-code', args=[code], urlconf=_URLS)}", digest)


def digest_of(opd_month: OpdMonth, planned: PlannedPaper, part: str, dressing: Dressing, dated: Any) -> str:
    """SHA-256 over what the paper says; its people are read once, none is kept."""
    paper = make(opd_month, planned, part, dressing, dated=dated, is_split=True)
    seal = hashlib.sha256()
    region = current_region()
    _feed(seal, [region.code, opd_month.opd.code, str(opd_month.month), opd_month.kind, planned.kind.code, part])
    _feed(seal, [plain(paper.title)])
    for block in paper.blocks:
        _feed_block(seal, block)
    return seal.hexdigest()


def _feed_block(seal: Any, block: Block) -> None:
    if isinstance(block, Signatures) or getattr(block, "is_layout", False):
        return
    if isinstance(block, Table):
        _feed(seal, [column.title for column in block.columns])
        for row in block.rows:
            _feed(seal, row)
        for foot in block.foot:
            _feed(seal, [foot.label, *foot.values])
    elif isinstance(block, Pairs):
        for label, value in block.rows:
            _feed(seal, [label, value])
    else:
        _feed(seal, [repr(block)])


def _feed(seal: Any, values: Sequence[Value]) -> None:
    texts = (
        decimal_text(value) if isinstance(value, Decimal) else "" if value is None else str(value) for value in values
    )
    seal.update("\x1f".join(texts).encode() + b"\x1e")


def sealed(paper: Paper, seal: Seal, number: str) -> Paper:
    """The same paper, issued."""
    return replace(paper, seal=seal, number=number, stamp="")
