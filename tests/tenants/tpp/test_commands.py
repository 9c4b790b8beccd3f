"""The month by hand: load and publish rules, run, lock, verify."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.rules.actions import sign_rule_set
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthLock, MonthRun, SlipLine
from tests.cast import with_regulation
from tests.tenants.payout.closing_steps import take_steps_before_lock
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case


def say(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_run_lock_and_verify_a_month(cases: list[Case], bkpsdm: User) -> None:
    with clock.at(AFTERWARDS):
        told = say("run_tpp", "manado", "2024-05")
        assert "10 paid, 0 not computed" in told
        assert MonthRun.objects.get().digest in told
        with pytest.raises(CommandError, match="nobody"):
            say("lock_month", "manado", "2024-05", "--by", "siapa")
        with pytest.raises(CommandError, match="Ditutup OPD"):
            say("lock_month", "manado", "2024-05", "--by", bkpsdm.login)
        assert MonthLock.objects.count() == 0
        take_steps_before_lock(MAY)
        assert "locked" in say("lock_month", "manado", "2024-05", "--by", bkpsdm.login)
    assert "intact, 1 OPDs, 10 slips" in say("verify_month", "manado", "2024-05")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE tpp_slipline DISABLE TRIGGER locked_line_update")
        SlipLine.objects.filter(node_id="pph").update(note="diubah")
        cursor.execute("ALTER TABLE tpp_slipline ENABLE TRIGGER locked_line_update")
    with pytest.raises(CommandError, match="10 slips changed"):
        say("verify_month", "manado", "2024-05")


def test_rules_are_loaded_signed_on_the_page_and_published(manado: RegionState, with_role: Callable[..., User]) -> None:
    assert "manado v1: draft" in say("load_rules", "manado", "manado", "--from", "2024-01-01")
    with pytest.raises(CommandError, match="tanda tangan"):
        say("publish_rules", "manado", "manado")
    signers = [with_role(role) for role in ("bkpsdm", "bpkad")]
    draft = with_regulation(StoredRuleSet.objects.get(), signers[0])
    for signer in signers:
        sign_rule_set(uid=draft.uid, actor=signer)
    assert "in force from 2024-01-01" in say("publish_rules", "manado", "manado")
    with pytest.raises(CommandError, match="no draft"):
        say("publish_rules", "manado", "manado")


def test_a_broken_rule_file_is_told_line_by_line(manado: RegionState, tmp_path: Path) -> None:
    file = tmp_path / "aturan.yaml"
    file.write_text("code: x\n")
    with pytest.raises(CommandError, match="title: wajib diisi"):
        say("load_rules", "manado", str(file), "--from", "2024-01-01")
    with pytest.raises(CommandError, match="neither a file"):
        say("load_rules", "manado", "tidak-ada", "--from", "2024-01-01")
