"""What no template may hold: anything that the Content-Security-Policy would refuse, or that trusts typed text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import get_template
from typing_extensions import override

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(path for path in ROOT.rglob("*") if path.suffix in {".html", ".txt"})
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and "emails" not in path.parts]
SCRIPT_IN_ATTRIBUTE = {"hx-on", "hx-vars"}
DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


class Markup(HTMLParser):
    """Collects what the policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.in_script = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        for name, value in names.items():
            if name == "style" or name.startswith("on") or name.split(":")[0] in SCRIPT_IN_ATTRIBUTE:
                self.wrong.append(f"<{tag} {name}>")
            if value.strip().lower().startswith("javascript:") or (name.startswith("hx-") and "js:" in value):
                self.wrong.append(f"<{tag} {name}={value}>")
            if name == "hx-trigger" and "[" in value:
                self.wrong.append(f"<{tag} hx-trigger={value}>: a filter is evaluated")
        if tag == "style":
            self.wrong.append("<style>")
        if tag == "script":
            self.in_script = True
            if "src" not in names or "nonce" not in names:
                self.wrong.append("<script> without src and nonce")
        if tag == "form" and "hx-post" in names and "action" not in names:
            self.wrong.append("<form hx-post> without action: it must work without script")
        if tag != "form" and {"hx-post", "hx-put", "hx-delete", "hx-patch"} & names.keys():
            self.wrong.append(f"<{tag}> writes by htmx outside of a form")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.in_script = False

    @override
    def handle_data(self, data: str) -> None:
        if self.in_script and data.strip():
            self.wrong.append("script inside the page")


def tokens(text: str) -> str:
    """The template with Django's tags out of the way of the HTML parser, which keep what they stand for apart."""
    return DJANGO.sub(lambda found: " " if found[0].startswith("{%") else "x", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_parses(path: Path) -> None:
    get_template(str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_holds_nothing_that_the_policy_refuses(path: Path) -> None:
    markup = Markup()
    markup.feed(tokens(path.read_text()))
    assert markup.wrong == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_trusts_no_text(path: Path) -> None:
    text = path.read_text()
    # Help texts are ours, written in forms and in Django's password rules, never typed by a person.
    for found in re.findall(r"\{\{[^}]*\|\s*(?:safe|safeseq)\b[^}]*\}\}|\{%\s*autoescape off", text):
        assert found == "{{ field.help_text|safe }}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_loads_nothing_from_elsewhere(path: Path) -> None:
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_form_that_writes_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL):
        opening = DJANGO.sub("", form).split(">", 1)[0]
        if re.search(r"""method=["']post["']""", opening) or "hx-post" in opening:
            assert "{% csrf_token %}" in form
