"""The lane's tables are analysed once in some thousand rows instead of once in some dozens.

Each ANALYZE makes every connection of the lane read the table's catalogue anew. With PostgreSQL's own thresholds that
happened in the storm itself: every phone's last contact moves in the morning, a tenth of them is enough, and in hundreds
of regions at once it cost a fifth of all work (docs/benchmarks.md). These tables are asked by their keys.
"""

from django.db import migrations

_TABLES = {
    "punches_phonekey": ("autovacuum_analyze_threshold = 5000", "autovacuum_analyze_scale_factor = 1"),
    "punches_punch": ("autovacuum_analyze_threshold = 5000",),
    "punches_punchproof": ("autovacuum_analyze_threshold = 5000",),
}


def _set() -> str:
    return "".join(f"ALTER TABLE {table} SET ({', '.join(values)});\n" for table, values in _TABLES.items())


def _reset() -> str:
    names = {table: ", ".join(value.split(" ")[0] for value in values) for table, values in _TABLES.items()}
    return "".join(f"ALTER TABLE {table} RESET ({those});\n" for table, those in names.items())


class Migration(migrations.Migration):
    dependencies = [("punches", "0003_summarised_blocks")]

    operations = [migrations.RunSQL(_set(), _reset())]
