"""A region's rule set as one frozen, dated tree; reading, checking and writing it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field, PrivateAttr, ValidationError
from typing_extensions import override

from kernel.money import RoundingPolicy

from .canonical import canonical_json, plain
from .checks import problems_in
from .deduction_nodes import Deduction, DeductionRule, references_of
from .errors import Problem, RuleSetError
from .fields import Clause, Code, Criterion, Day, Figure, Measure, Node, NodeId, Part, Words
from .national import table
from .nodes import KIND_TITLES, PartChild, PointNode, StartScore, TopNode, children_of, tags_of

MAX_TEXT: Final = 1_000_000
# Lists and pairs within each other; a node takes two. No regulation comes near it, and Python's stack ends later.
MAX_DEPTH: Final = 60


class Regulation(Part):
    """The regulation that the rule set carries out. ``date`` is unknown only where the source does not give it."""

    number: Words
    title: Words
    date: Day | None = None


class CriterionTitle(Part):
    """Name of a criterion on the slip and its budget account."""

    label: Words
    account: str = ""


class MeasureTitle(Part):
    """A figure that the region records per month and that rules read as ``ukuran.CODE``.

    ``per`` ``unit``: it counts for the people of that unit and of the units ``below`` it, or in the ``line`` for
    every superior above as well (collective liability). ``missing`` is its value where none is recorded; without
    one a person without the figure cannot be computed.
    """

    label: Words
    unit_label: str = ""
    per: Literal["employee", "unit"]
    spread: Literal["below", "line"] = "below"
    missing: Measure | None = None


class Rounding(Part):
    """Step 10. The policy of each printed figure. ``carry`` says what the next step starts from: the ``unrounded``
    value (each figure is then rounded on its own) or the ``rounded`` one (criteria are rounded, then added)."""

    clause: Clause
    assumption: str = ""
    pagu: RoundingPolicy = "half_up_rupiah"
    criterion: RoundingPolicy = "half_up_rupiah"
    gross: RoundingPolicy = "half_up_rupiah"
    deduction: RoundingPolicy = "half_up_rupiah"
    net: RoundingPolicy = "half_up_rupiah"
    carry: Literal["unrounded", "rounded"]


class Example(Part):
    """A stored example: facts as ``MonthFacts.from_mapping`` takes them and the figures they must give, by name:
    ``pagu gross tax contributions deductions net``, a criterion (``PK``), or a node id for its result."""

    name: Words
    source: str = ""
    facts: dict[str, Any]
    expect: Annotated[dict[str, Figure], Field(min_length=1)]


class RuleSet(Part):
    """A region's rules from ``valid_from`` up to but without ``valid_to``. Build it with ``load_rule_set``."""

    code: NodeId
    title: Words
    regulation: Regulation
    valid_from: Day
    valid_to: Day | None = None
    source: str = ""
    criteria: Annotated[dict[Criterion, CriterionTitle], Field(min_length=1)]
    rounding: Rounding
    measures: dict[Code, MeasureTitle] = Field(default_factory=dict)
    nodes: Annotated[tuple[TopNode, ...], Field(min_length=1)]
    examples: tuple[Example, ...] = ()

    _prepared: object = PrivateAttr(default=None)
    _day_rules: object = PrivateAttr(default=None)

    def is_in_force(self, month: str) -> bool:
        """Whether the rule set holds on the first day of the month ``"2024-03"``."""
        first = date.fromisoformat(f"{month}-01")
        return self.valid_from <= first and (self.valid_to is None or first < self.valid_to)

    def walk(self) -> Iterator[tuple[int, Node]]:
        """Every node with its depth, in the order a page shows them."""

        def below(node: Node, depth: int) -> Iterator[tuple[int, Node]]:
            yield depth, node
            for child in children_of(node):
                yield from below(child, depth + 1)

        for node in self.nodes:
            yield from below(node, 0)

    def node(self, node_id: str) -> Node:
        """The node with this id. Raises ``KeyError``."""
        for _, node in self.walk():
            if node.id == node_id:
                return node
        raise KeyError(node_id)


def load_rule_set(source: str | bytes | Mapping[str, Any]) -> RuleSet:
    """Read and check a rule set from YAML or JSON text, or from a mapping.

    Raises ``RuleSetError`` with every problem found, each with its path and a message in Bahasa Indonesia.
    """
    tree = source if isinstance(source, Mapping) else _parse(source)
    unreadable = list(_unreadable(tree, ""))
    if unreadable:
        raise RuleSetError(unreadable)
    try:
        rule_set = RuleSet.model_validate(tree)
    except ValidationError as error:
        raise RuleSetError(_translated(error, tree)) from error
    problems = problems_in(rule_set)
    if problems:
        raise RuleSetError(problems)
    return rule_set


def dump(rule_set: RuleSet) -> dict[str, Any]:
    """The rule set in JSON's own types, fields in their written order, defaults left out."""
    mapping: dict[str, Any] = plain(rule_set.model_dump(by_alias=True, exclude_defaults=True))
    return mapping


def dump_yaml(rule_set: RuleSet) -> str:
    """The rule set as YAML text that ``load_rule_set`` reads back to the same digest."""
    text: str = yaml.dump(dump(rule_set), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def canonical_text(rule_set: RuleSet) -> str:
    """Canonical JSON: what the digest is taken over. National tables count with their content."""
    references = national_references(rule_set)
    if not references:
        return canonical_json(dump(rule_set))
    return canonical_json({**dump(rule_set), "national": {name: table(name).digest for name in references}})


def national_references(rule_set: RuleSet) -> tuple[str, ...]:
    """The national tables that the rule set reads (`ter_bulanan@2024-01-01`), each once, in the order of the tree."""
    found: dict[str, None] = {}
    for node in rule_set.nodes:
        if isinstance(node, Deduction):
            found.update(dict.fromkeys(references_of(node.rule)))
    return tuple(found)


# --- reading text ----------------------------------------------------------------------------------------------------


# Parsed and written by libyaml where PyYAML was built with it, ten times as fast as in Python.
_BaseLoader: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Final[type[yaml.SafeDumper]] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_BaseLoader):  # type: ignore[misc,valid-type]  # one of two
    """Safe YAML without double keys (the second would silently win)."""

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int):
                raise yaml.constructor.ConstructorError(
                    None, None, "kunci harus kata atau bilangan", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} ditulis dua kali", key_node.start_mark)
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def _look_through(text: str) -> None:
    """Refuse aliases (they can blow up) and depths at which libyaml's composer would end the process, before a tree is
    made: the events of a text need no stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_BaseLoader):
        # Of the one parser or the other.
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "alias (&, *) tidak diizinkan", mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                words = f"bersarang lebih dari {MAX_DEPTH} tingkat"
                raise yaml.constructor.ConstructorError(None, None, words, mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _parse(text: str | bytes) -> Mapping[str, Any]:
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError as error:
            raise RuleSetError([Problem("", "berkas bukan teks UTF-8")]) from error
    if len(text) > MAX_TEXT:
        raise RuleSetError([Problem("", f"teks lebih dari {MAX_TEXT} karakter")])
    try:
        _look_through(text)
        # The loader builds plain values only.
        tree = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"baris {mark.line + 1}, kolom {mark.column + 1}" if mark else ""
        raise RuleSetError([Problem(place, f"YAML tidak dapat dibaca: {error.problem}")]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise RuleSetError([Problem("", f"YAML tidak dapat dibaca: {error}")]) from error
    if not isinstance(tree, Mapping):
        raise RuleSetError([Problem("", "aturan harus berupa pasangan nama dan nilai")])
    return tree


def _unreadable(value: object, path: str, depth: int = 0) -> Iterator[Problem]:
    if depth > MAX_DEPTH and isinstance(value, Mapping | list | tuple):
        yield Problem(path, f"aturan bersarang lebih dari {MAX_DEPTH} tingkat")
    elif isinstance(value, float):
        yield Problem(path, f'tulis angka pecahan di antara tanda kutip: "{value}"')
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            if isinstance(key, float):
                yield Problem(path, f'tulis kunci di antara tanda kutip: "{key}"')
            yield from _unreadable(entry, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from _unreadable(entry, f"{path}[{index}]", depth + 1)


# --- words for pydantic's errors -------------------------------------------------------------------------------------

_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "": tags_of(TopNode),
    "part_weight": tags_of(PartChild),
    "deduction_score": tags_of(PointNode),
    "deduction": tags_of(DeductionRule),
    "start_score": tags_of(StartScore),
}
_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "wajib diisi",
    "extra_forbidden": "bidang ini tidak dikenal",
    "string_type": "harus teks",
    "int_type": "harus bilangan bulat",
    "bool_type": "harus true atau false",
    "tuple_type": "harus daftar",
    "dict_type": "harus pasangan nama dan nilai",
    "model_type": "harus pasangan nama dan nilai",
    "model_attributes_type": "harus pasangan nama dan nilai",
    "literal_error": "harus salah satu dari {expected}",
    "greater_than_equal": "paling kecil {ge}",
    "less_than_equal": "paling besar {le}",
    "too_short": "paling sedikit {min_length} isian",
    "too_long": "paling banyak {max_length} isian",
    "string_too_long": "paling panjang {max_length} karakter",
    "string_pattern_mismatch": "penulisan tidak sesuai pola {pattern}",
    "invalid_key": "nama bidang harus kata",
    "union_tag_not_found": "jenis simpul (kind) wajib diisi",
}


def _translated(error: ValidationError, tree: Mapping[str, Any]) -> list[Problem]:
    return [_problem(entry, tree) for entry in error.errors(include_url=False)]


def _problem(entry: Any, tree: Mapping[str, Any]) -> Problem:
    path, node_id, parent = _place(entry["loc"], tree)
    context = entry.get("ctx", {})
    if entry["type"] == "union_tag_invalid":
        tag, allowed = context["tag"], ", ".join(_ALLOWED["start_score" if path.endswith(".start_score") else parent])
        if tag in KIND_TITLES:
            message = f"jenis {tag!r} ({KIND_TITLES[tag]}) tidak boleh berada di sini; yang boleh: {allowed}"
        elif parent == "deduction":
            message = f"cara {tag!r} tidak dikenal; yang boleh: {allowed}"
        else:
            message = f"jenis simpul {tag!r} tidak dikenal; yang boleh di sini: {allowed}"
    elif entry["type"] == "value_error":
        message = str(context["error"])
    else:
        template = _MESSAGES.get(entry["type"])
        message = template.format(**context) if template else str(entry["msg"])
    return Problem(path, message, node_id)


def _place(location: tuple[int | str, ...], tree: Mapping[str, Any]) -> tuple[str, str, str]:
    """Path without the union tags that pydantic puts in, the id of the innermost node on the way, and the kind of
    the node that the place belongs to (empty at the top)."""
    path, node_id, kind, parent = "", "", "", ""
    here: Any = tree
    for step in location:
        if step == "[key]":
            continue
        if isinstance(here, Mapping) and here.get("kind", here.get("mode")) == step and step not in here:
            continue
        if isinstance(here, list | tuple) and isinstance(step, int):
            path += f"[{step}]"
            here = here[step] if step < len(here) else None
        else:
            path += f".{step}" if path else str(step)
            here = here.get(step) if isinstance(here, Mapping) else None
        if isinstance(here, Mapping) and isinstance(here.get("id"), str):
            node_id = here["id"]
        if isinstance(here, Mapping) and "mode" not in here:
            parent, kind = kind, str(here.get("kind", ""))
    return path, node_id, kind if kind == "deduction" else parent
