"""Words and traces of slips, lines and frozen facts: no query chooses by them, so ANALYZE need not read them.

A run adds a tenth and more to these tables, each time reason enough for autovacuum to analyse them; sorting the words
of thirty thousand lines was three quarters of that.
"""

from django.db import migrations

_COLUMNS = {
    "tpp_monthfacts": ("heading", "text", "digest"),
    "tpp_slip": ("heading", "unrounded", "criteria", "figures", "facts_digest", "digest"),
    "tpp_slipline": (
        "label",
        "clause_text",
        "clause_reference",
        "unit",
        "amount",
        "base",
        "quantity",
        "rate",
        "inputs",
        "note",
    ),
}


def _with_target(target: int) -> str:
    return "".join(
        f"ALTER TABLE {table} {', '.join(f'ALTER COLUMN {column} SET STATISTICS {target}' for column in columns)};\n"
        for table, columns in _COLUMNS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("tpp", "0002_locked_month_is_final")]

    operations = [migrations.RunSQL(_with_target(0), _with_target(-1))]
