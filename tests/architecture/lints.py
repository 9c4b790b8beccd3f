"""What is banned in our code, as functions from a module's syntax tree to findings.

A lesson learnt twice becomes a rule here, unless ruff has it (naive instants: DTZ; print: T20). Each rule has a sample
that breaks it in test_banned_patterns.py.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CHECKOUT = Path(__file__).resolve().parents[2]
OUR_CODE = ("platform", "tenants", "api", "billing")
MONEY = ("tenants/rules/", "tenants/tpp/", "tenants/payout/", "billing/", "platform/kernel/money.py")

Check = Callable[[ast.Module], Iterator[ast.AST]]


@dataclass(frozen=True)
class Rule:
    """`why` is the sentence that a finding is shown with; `applies` says to which files, by their path."""

    why: str
    check: Check
    applies: Callable[[str], bool] = lambda path: True


def code_files() -> list[Path]:
    """Every module of the product and of the tests."""
    found = [path for root in (*OUR_CODE, "tests") for path in (CHECKOUT / root).rglob("*.py")]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def is_product(path: str) -> bool:
    return path.startswith(tuple(f"{root}/" for root in OUR_CODE))


def is_migration(path: str) -> bool:
    return PurePosixPath(path).parent.name == "migrations"


def _names(node: ast.AST) -> str:
    """`a.b.c` of an attribute chain or a name; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _names(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, _names(node.func)


def with_tenant(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                last = _names(item.context_expr).rsplit(".", 1)[-1].lower()
                if last.endswith(("tenant", "region")):
                    yield node


def stock_contexts(tree: ast.Module) -> Iterator[ast.AST]:
    banned = {"schema_context", "tenant_context", "set_tenant", "set_schema", "set_schema_to_public", "all_tenants"}
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.Name) and node.id in banned)
            or (isinstance(node, ast.Call) and _names(node.func).rsplit(".", 1)[-1] in banned)
            or (isinstance(node, ast.ImportFrom) and banned & {alias.name for alias in node.names})
        ):
            yield node


def raw_connection(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "connection":
            owner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if _names(owner).rsplit(".", 1)[-1] in {"connection", "connections", "cursor"}:
                yield node


def psycopg_connect(tree: ast.Module) -> Iterator[ast.AST]:
    for node, name in _calls(tree):
        if name in {"psycopg.connect", "psycopg.Connection.connect", "psycopg.AsyncConnection.connect"}:
            yield node


def async_code(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            yield node


def generic_keys(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        last = (node.module or "") if isinstance(node, ast.ImportFrom) else _names(node).rsplit(".", 1)[-1]
        if (
            last.startswith(("django.contrib.contenttypes", "GenericForeignKey", "GenericRelation"))
            or last == "ContentType"
        ):
            yield node


def other_clocks(tree: ast.Module) -> Iterator[ast.AST]:
    for node, name in _calls(tree):
        last_two = ".".join(name.split(".")[-2:])
        if last_two in {
            "datetime.now",
            "datetime.utcnow",
            "datetime.today",
            "date.today",
            "timezone.now",
            "timezone.localdate",
            "time.time",
        }:
            yield node


def patched_clock(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.split(".")[0] for alias in node.names} | {(getattr(node, "module", "") or "")}
            if names & {"freezegun", "time_machine"}:
                yield node
        elif isinstance(node, ast.Call):
            name = _names(node.func)
            if name.rsplit(".", 1)[-1] in {"patch", "setattr"} or name.endswith("patch.object"):
                targets = [argument for argument in node.args[:2]]
                texts = [a.value for a in targets if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                chains = [_names(a) for a in targets]
                if any("clock" in part for text in texts + chains for part in [text.replace("_clock", "")] if part):
                    yield node


def floats(tree: ast.Module) -> Iterator[ast.AST]:
    """float as a type, a call, a literal or a column. `isinstance(x, float)`, which refuses one, is meant."""
    refusing: set[int] = set()
    for call, name in _calls(tree):
        if name == "isinstance":
            refusing |= {id(inner) for inner in ast.walk(call)}
    for node in ast.walk(tree):
        if id(node) in refusing:
            continue
        if (
            (isinstance(node, ast.Name) and node.id == "float")
            or (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.Attribute) and node.attr == "FloatField")
            or (isinstance(node, ast.Call) and _names(node.func) in {"math.sqrt", "statistics.mean", "round"})
        ):
            yield node


def bare_select_related(tree: ast.Module) -> Iterator[ast.AST]:
    for node, name in _calls(tree):
        if name.rsplit(".", 1)[-1] == "select_related" and not node.args and not node.keywords:
            yield node


PATTERN_FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


def _put_in(pattern: ast.AST) -> Iterator[ast.expr]:
    """What is filled into a pattern, but for what is escaped."""
    if isinstance(pattern, ast.Call) and ast.unparse(pattern.func) == "re.escape":
        return
    if isinstance(pattern, ast.FormattedValue):
        yield pattern.value
    for child in ast.iter_child_nodes(pattern):
        yield from _put_in(child)


def unescaped_patterns(tree: ast.Module) -> Iterator[ast.AST]:
    """A regular expression into which something is put that is neither escaped nor a constant of ours."""
    for node, name in _calls(tree):
        if name in {f"re.{function}" for function in PATTERN_FUNCTIONS} and node.args:
            for value in _put_in(node.args[0]):
                is_escaped = isinstance(value, ast.Call) and ast.unparse(value.func) == "re.escape"
                if not is_escaped and not (isinstance(value, ast.Name) and value.id.isupper()):
                    yield node


ALLOWED_IN_MIGRATIONS = {"kernel.clock", "kernel.ids", "kernel.ranges", "kernel.exact", "kernel.tenancy.fence"}
ROOTS = {"config", "kernel", "control", "tenants", "api", "billing"}


def application_imports(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        if any(module.split(".")[0] in ROOTS and module not in ALLOWED_IN_MIGRATIONS for module in modules):
            yield node


def run_python(tree: ast.Module) -> Iterator[ast.AST]:
    for node, name in _calls(tree):
        if name.rsplit(".", 1)[-1] == "RunPython":
            yield node


def threads_without_scope(tree: ast.Module) -> Iterator[ast.AST]:
    hands_over = any(isinstance(node, ast.Name) and node.id == "in_this_scope" for node in ast.walk(tree))
    for node, name in _calls(tree):
        if name.rsplit(".", 1)[-1] in {"Thread", "ThreadPoolExecutor", "ProcessPoolExecutor"} and not hands_over:
            yield node


def tasks_without_base(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                name = _names(decorator.func if isinstance(decorator, ast.Call) else decorator)
                if name.rsplit(".", 1)[-1] in {"shared_task"} or name.endswith("app.task"):
                    base = [k for k in decorator.keywords if k.arg == "base"] if isinstance(decorator, ast.Call) else []
                    if not base or _names(base[0].value) not in {"RegionTask", "ControlTask"}:
                        yield node


def commands_without_side(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "BaseCommand" in {_names(base) for base in node.bases}:
            yield node


TENANCY = "platform/kernel/tenancy/"
RULES: dict[str, Rule] = {
    "with tenant": Rule("`with tenant:` keeps one stack for all threads; open region_scope(...)", with_tenant),
    "stock contexts": Rule(
        "schemas follow region_scope()/control_scope(); django-tenants' own switches are not used",
        stock_contexts,
        lambda path: not path.startswith((f"{TENANCY}backend/", "tests/kernel/tenancy/")),
    ),
    "raw connection": Rule(
        "the driver's connection skips the search path; use connection.cursor()",
        raw_connection,
        lambda path: not path.startswith((f"{TENANCY}backend/", "tests/")),
    ),
    "own connection": Rule("a connection of one's own knows no region", psycopg_connect, lambda path: is_product(path)),
    "async code": Rule(
        "no async views: the region and the connection would not be the request's", async_code, is_product
    ),
    "generic keys": Rule("regions have no content types; name the other side by its uid", generic_keys, is_product),
    "other clocks": Rule(
        "ask kernel.clock; a second clock cannot be set in tests and previews",
        other_clocks,
        lambda path: is_product(path) and path != "platform/kernel/clock.py",
    ),
    "patched clock": Rule(
        "set the clock with kernel.clock.at(...)", patched_clock, lambda path: path.startswith("tests/")
    ),
    "floats": Rule(
        "money is Decimal from the text to the database",
        floats,
        lambda path: path.startswith(MONEY) and not is_migration(path),
    ),
    "unescaped patterns": Rule("text is escaped before it stands in a pattern", unescaped_patterns, is_product),
    "bare select_related": Rule(
        "name the relations: without names it follows all that are not null", bare_select_related
    ),
    "application code in a migration": Rule(
        "a migration must still run when the application has moved on",
        application_imports,
        lambda path: is_product(path) and is_migration(path),
    ),
    "Python in a region's migration": Rule(
        "regions get rendered SQL; mending rows is a job",
        run_python,
        lambda path: is_migration(path) and path.startswith(("tenants/", "platform/kernel/")),
    ),
    "threads without a scope": Rule(
        "a thread has no region; wrap its function with in_this_scope", threads_without_scope, is_product
    ),
    "tasks without a base": Rule("a task is a RegionTask or a ControlTask", tasks_without_base, is_product),
    "commands without a side": Rule(
        "a command is a RegionCommand or a ControlCommand",
        commands_without_side,
        lambda path: (
            is_product(path)
            and path not in {"platform/kernel/tenancy/commands.py"}
            and PurePosixPath(path).stem not in {"migrate", "migrate_platform", "load_demo"}
        ),
    ),
}


def findings(name: str, module: ast.Module) -> list[int]:
    """Line numbers at which a module breaks the rule."""
    return sorted({getattr(node, "lineno", 0) for node in RULES[name].check(module)})
