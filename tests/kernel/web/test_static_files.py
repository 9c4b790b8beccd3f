"""Style sheets and scripts of ours are collected without the comments that stand in them for us."""

import re

from django.conf import settings

from kernel.web.static_files import without_comments


def test_comments_and_indentation_go() -> None:
    style = "/* Why */\n.a {\n  color: red; /* as in the logo */\n}\n\n/* two\n lines */ .b { margin: 0 }\n"
    assert without_comments("kernel/css/a.css", style) == ".a {\ncolor: red;\n}\n.b { margin: 0 }\n"
    script = '// Why\nconst a = 1;  // kept\n\nif (a) {\n  // then\n  go("//x");\n}\n'
    expected = 'const a = 1;  // kept\nif (a) {\ngo("//x");\n}\n'
    assert without_comments("kernel/js/a.js", script) == expected


def test_a_text_over_several_lines_keeps_its_script_as_it_is() -> None:
    script = "// Why\nconst a = `one\n  // two`;\n"
    assert without_comments("kernel/js/a.js", script) == script


def test_no_style_sheet_of_ours_holds_a_comment_mark_in_a_text() -> None:
    sheets = sorted((settings.BASE_DIR / "platform/kernel/web/static/kernel/css").glob("*.css"))
    assert sheets
    for sheet in sheets:
        assert not re.search(r"""["'(][^"')]*/\*""", without_comments(sheet.name, sheet.read_text()))
