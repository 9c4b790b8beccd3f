"""What stands in one schema, as sorted lines of text, and what it leans on outside of itself.

Read with that schema alone on the search path, so whatever belongs to it is printed without a schema's name and two
schemas of the same shape give the same lines.
"""

from collections.abc import Collection, Iterable

from django.db import connection

from kernel.tenancy.fence import FENCE_COLUMN, fence_constraint
from kernel.tenancy.state import RegionState

_TABLES = """
    SELECT format('table %%I kind=%%s persistence=%%s rls=%%s/%%s options=%%s', c.relname, c.relkind, c.relpersistence,
                  c.relrowsecurity, c.relforcerowsecurity, c.reloptions)
    FROM pg_class c WHERE c.relnamespace = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
"""
_COLUMNS = """
    SELECT c.relname, a.attname,
           format('column %%I.%%I #%%s %%s%%s%%s%%s', c.relname, a.attname, a.attnum,
                  format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' END,
                  CASE WHEN a.attidentity <> '' THEN ' identity=' || a.attidentity::text END,
                  CASE WHEN a.attgenerated <> '' THEN ' generated=' || a.attgenerated::text END),
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d
         ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS = """
    SELECT format('constraint %%I.%%I %%s validated=%%s', c.relname, k.conname, pg_get_constraintdef(k.oid, true),
                  k.convalidated)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = %s
"""
_INDEXES = """
    SELECT format('index %%s valid=%%s', pg_get_indexdef(i.indexrelid, 0, true), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = %s
"""
_TRIGGERS = """
    SELECT format('trigger %%s enabled=%%s', pg_get_triggerdef(t.oid, true), t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = %s AND NOT t.tgisinternal
"""
_FUNCTIONS = """
    SELECT format('function %%I(%%s) returns %%s %%s %%s secdef=%%s config=%%s body=%%s', p.proname,
                  pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname, p.provolatile,
                  p.prosecdef, p.proconfig, md5(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)))
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = %s
"""
_SEQUENCES = """
    SELECT format('sequence %%I %%s start=%%s by=%%s min=%%s max=%%s cache=%%s cycle=%%s', c.relname,
                  format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relnamespace = %s
"""
_VIEWS = """
    SELECT format('view %%I %%s', c.relname, pg_get_viewdef(c.oid, true))
    FROM pg_class c WHERE c.relnamespace = %s AND c.relkind IN ('v', 'm')
"""
_TYPES = """
    SELECT format('type %%I %%s', t.typname, t.typtype)
    FROM pg_type t WHERE t.typnamespace = %s AND t.typtype IN ('e', 'd', 'r')
"""
_OUTSIDE_KEYS = """
    SELECT format('%%I.%%I refers to %%s', c.relname, k.conname, k.confrelid::regclass)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
    WHERE (k.connamespace = %s OR o.relnamespace = %s) AND o.relnamespace <> k.connamespace
"""
# Any object of this schema (or a table's default, constraint, trigger or view rule) that depends on an object of
# another schema; PostgreSQL's own schemas are everybody's.
_OUTSIDE_DEPENDENCIES = """
    WITH tables AS MATERIALIZED (SELECT oid FROM pg_class WHERE relnamespace = %s),
    here AS MATERIALIZED (
        SELECT 'pg_class'::regclass AS classid, oid FROM tables
        UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = %s
        UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = %s
        UNION ALL SELECT 'pg_constraint'::regclass, oid FROM pg_constraint WHERE connamespace = %s
        UNION ALL SELECT 'pg_attrdef'::regclass, oid FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM tables)
        UNION ALL SELECT 'pg_trigger'::regclass, oid FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM tables)
        UNION ALL SELECT 'pg_rewrite'::regclass, oid FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM tables)
    )
    SELECT format('%%s depends on %%s', pg_describe_object(d.classid, d.objid, d.objsubid),
                  pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid))
    FROM here
         JOIN pg_depend d ON d.classid = here.classid AND d.objid = here.oid
         LEFT JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
         LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
         LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
         JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, p.pronamespace, t.typnamespace)
    WHERE n.oid <> %s AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""


def describe(*, fence: RegionState | None = None, fenced: Collection[str] = ()) -> list[str]:
    """The open scope's schema, sorted.

    `fence` adds to the golden schema's lines what that region's row fence makes of its `fenced` tables, so that the
    result is what the region must look like.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_namespace WHERE nspname = current_schema()")
        found = cursor.fetchone()
        if found is None:
            return []
        (schema,) = found
        lines: list[str] = []
        cursor.execute(_COLUMNS, [schema])
        for table, column, line, default in cursor.fetchall():
            if fence is not None and table in fenced and column == FENCE_COLUMN:
                default = str(fence.number)
            lines.append(line if default is None else f"{line} default {default}")
        for query in (_TABLES, _CONSTRAINTS, _INDEXES, _TRIGGERS, _FUNCTIONS, _SEQUENCES, _VIEWS, _TYPES):
            cursor.execute(query, [schema])
            lines += [line for (line,) in cursor.fetchall()]
    if fence is not None:
        lines += [
            f"constraint {table}.{fence_constraint(table)} CHECK ({FENCE_COLUMN} = {fence.number}) validated=t"
            for table in fenced
        ]
    return sorted(lines)


def differences(expected: Iterable[str], found: Iterable[str]) -> list[str]:
    """`missing: <line>` and `extra: <line>`, sorted; empty when the two are the same."""
    wanted, there = set(expected), set(found)
    return sorted(
        [f"missing: {line}" for line in wanted - there] + [f"extra: {line}" for line in there - wanted],
    )


def outside_references() -> list[str]:
    """Foreign keys that enter or leave the open scope's schema, and objects in it that depend on another schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_namespace WHERE nspname = current_schema()")
        (schema,) = cursor.fetchone() or (0,)
        cursor.execute(_OUTSIDE_KEYS, [schema, schema])
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute(_OUTSIDE_DEPENDENCIES, [schema] * 5)
        lines += [line for (line,) in cursor.fetchall()]
    return sorted(lines)
