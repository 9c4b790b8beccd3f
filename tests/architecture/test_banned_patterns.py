"""What is banned is not there, and each ban would be noticed."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.lints import CHECKOUT, RULES, code_files, findings

SAMPLES = {
    "with tenant": (
        "with tenant:\n    pass",
        "with self.region:\n    pass",
    ),
    "stock contexts": (
        "from django_tenants.utils import schema_context",
        "with tenant_context(region):\n    pass",
        "connection.set_tenant(region)",
        "connection.set_schema('r_manado')",
    ),
    "raw connection": (
        "connection.connection.execute('SELECT 1')",
        "connections['default'].connection.cursor()",
        "cursor.connection.commit()",
    ),
    "own connection": ("psycopg.connect(dsn)",),
    "async code": ("async def home(request): ...",),
    "generic keys": (
        "from django.contrib.contenttypes.fields import GenericForeignKey",
        "subject = fields.GenericForeignKey()",
        "ContentType.objects.get_for_model(Unit)",
    ),
    "other clocks": (
        "datetime.now(UTC)",
        "dt.datetime.now(tz=UTC)",
        "date.today()",
        "timezone.now()",
        "timezone.localdate()",
        "time.time()",
    ),
    "patched clock": (
        "monkeypatch.setattr(clock, 'now', lambda: then)",
        "monkeypatch.setattr('kernel.clock.now', lambda: then)",
        "mock.patch('kernel.clock.today')",
        "mock.patch.object(clock, 'now')",
        "import time_machine",
        "from freezegun import freeze_time",
    ),
    "floats": (
        "share = 0.5",
        "amount = float(text)",
        "def share(x: float) -> None: ...",
        "share = models.FloatField()",
        "round(amount, 2)",
    ),
    "unescaped patterns": (
        "re.search(f'^{typed}', text)",
        "re.compile(rf'{re.escape(typed)}|{other}')",
    ),
    "bare select_related": ("Unit.objects.select_related()",),
    "application code in a migration": (
        "from tenants.tpp.models import Slip",
        "import kernel.accounts.models",
    ),
    "Python in a region's migration": ("operations = [migrations.RunPython(fill)]",),
    "threads without a scope": (
        "threading.Thread(target=compute).start()",
        "with ThreadPoolExecutor() as pool:\n    pool.map(compute, units)",
    ),
    "tasks without a base": (
        "@shared_task\ndef compute(): ...",
        "@shared_task(name='x', base=Task)\ndef compute(): ...",
        "@app.task\ndef compute(): ...",
    ),
    "commands without a side": ("class Command(BaseCommand): ...",),
}
INNOCENT = {
    "with tenant": "with region_scope(state):\n    pass",
    "stock contexts": "with region_scope(state), control_scope():\n    pass",
    "raw connection": "with connection.cursor() as cursor:\n    cursor.execute('SELECT 1')",
    "own connection": "connection.ensure_connection()",
    "async code": "def home(request): ...",
    "generic keys": "subject_uid = models.UUIDField()",
    "other clocks": "clock.now(); clock.today(zone); time.monotonic()",
    "patched clock": "with clock.at(instant):\n    monkeypatch.setattr(outbox, 'relay', crash)",
    "floats": "if isinstance(value, float):\n    raise TypeError\nshare = Decimal('0.5')",
    "unescaped patterns": "re.search(rf'{_OPEN}{re.escape(typed)}', f'{text}')",
    "bare select_related": "Unit.objects.select_related('opd')",
    "application code in a migration": "import kernel.ids\nfrom kernel.tenancy.fence import number_of_new_row",
    "Python in a region's migration": "operations = [migrations.RunSQL('SELECT 1')]",
    "threads without a scope": "pool = ThreadPoolExecutor()\npool.map(in_this_scope(compute), units)",
    "tasks without a base": "@shared_task(base=RegionTask, name='x')\ndef compute(): ...",
    "commands without a side": "class Command(RegionCommand): ...",
}


def test_nothing_banned_is_in_the_code() -> None:
    found = []
    for path in code_files():
        name, module = path.relative_to(CHECKOUT).as_posix(), ast.parse(path.read_text())
        for rule in RULES:
            if RULES[rule].applies(name):
                found += [f"{name}:{line}: {RULES[rule].why}" for line in findings(rule, module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "sample"), [(rule, sample) for rule, texts in SAMPLES.items() for sample in texts])
def test_the_ban_would_be_noticed(rule: str, sample: str) -> None:
    assert findings(rule, ast.parse(sample))


@pytest.mark.parametrize("rule", RULES)
def test_the_right_way_is_not_taken_for_it(rule: str) -> None:
    assert findings(rule, ast.parse(INNOCENT[rule])) == []


def test_every_rule_has_a_sample_that_breaks_it() -> None:
    assert set(SAMPLES) == set(RULES)
