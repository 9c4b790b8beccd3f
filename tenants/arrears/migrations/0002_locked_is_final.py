"""The differences of a run that was ever locked are final, and what was decided or taken back never changes its sums.

The checks over locked runs are those of the slips. Of an order only its cancelling and what took it are written later, of
a recovery its withdrawal, of a late fact which lock settled it.
"""

from django.db import migrations

PARTS = {
    "arrears_differenceslip": ("difference", "rows"),
    "arrears_differenceissue": ("difference_issue", "rows"),
    "arrears_differencespan": ("difference_span", "rows"),
    "arrears_differenceline": ("difference_line", "difference_lines"),
}
# What may still be written of these rows.
LATER = {
    "arrears_order": ["cancelled_by_id", "cancelled_at", "cancel_reason", "taken_in_id"],
    "arrears_recovery": ["withdrawn_at"],
    "arrears_latefact": ["settled_by_id"],
}
STAYING = [*PARTS, *LATER, "arrears_recoveryshare"]


def _triggers() -> str:
    statements = []
    for table, (name, what) in PARTS.items():
        statements += [
            f"""CREATE TRIGGER locked_{name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_{what}();""",
            f"""CREATE TRIGGER locked_{name}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_{what}();""",
            f"""CREATE TRIGGER locked_{name}_update AFTER UPDATE ON {table}
                REFERENCING OLD TABLE AS former NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_{what}_update();""",
        ]
    for table, columns in LATER.items():
        kept = " - ".join(["to_jsonb({row})", *(f"'{column}'" for column in columns)])
        statements.append(
            f"""
            CREATE FUNCTION {table}_keeps_its_sum() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF TG_OP = 'UPDATE' AND {kept.format(row="NEW")} = {kept.format(row="OLD")} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'what was decided stays' USING ERRCODE = 'integrity_constraint_violation';
            END
            $body$;
            CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_keeps_its_sum();
            """
        )
    statements += [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        for table in STAYING
    ]
    return "\n".join(statements)


def _drops() -> str:
    statements = [f"DROP TRIGGER {table}_no_truncate ON {table};" for table in STAYING]
    for table in LATER:
        statements += [f"DROP TRIGGER {table}_final ON {table};", f"DROP FUNCTION {table}_keeps_its_sum();"]
    for table, (name, _) in PARTS.items():
        statements += [f"DROP TRIGGER locked_{name}_{event} ON {table};" for event in ("insert", "delete", "update")]
    return "\n".join(statements)


class Migration(migrations.Migration):
    dependencies = [
        ("arrears", "0001_initial"),
        ("tpp", "0002_locked_month_is_final"),
        ("audit", "0002_append_only"),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_locked_difference_lines() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM refuse_locked((
                    SELECT array_agg(DISTINCT s.run_id) FROM arrears_differenceslip s
                    WHERE s.id IN (SELECT slip_id FROM changed)));
                RETURN NULL;
            END
            $body$;
            CREATE FUNCTION refuse_locked_difference_lines_update() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM refuse_locked((
                    SELECT array_agg(DISTINCT s.run_id) FROM arrears_differenceslip s
                    WHERE s.id IN (SELECT slip_id FROM changed UNION SELECT slip_id FROM former)));
                RETURN NULL;
            END
            $body$;
            CREATE TRIGGER recovery_share_append_only BEFORE UPDATE OR DELETE ON arrears_recoveryshare
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """
            + _triggers(),
            _drops()
            + """
            DROP TRIGGER recovery_share_append_only ON arrears_recoveryshare;
            DROP FUNCTION refuse_locked_difference_lines_update();
            DROP FUNCTION refuse_locked_difference_lines();
            """,
        ),
    ]
