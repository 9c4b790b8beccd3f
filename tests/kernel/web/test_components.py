"""Icons, components and forms as markup."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest, QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from lucide import IconDoesNotExist

from kernel.web.forms import DateField, MonthField, RupiahField


def rendered(source: str, **context: Any) -> str:
    return Template("{% load kd %}" + source).render(Context(context))


class Work(forms.Form):
    day = DateField(label="Tanggal", help_text="Paling lama tiga hari ke belakang.")
    text = forms.CharField(label="Uraian", widget=forms.Textarea)
    way = forms.ChoiceField(label="Cara", choices=[("a", "Kantor"), ("b", "Luar")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Setuju")
    limit = RupiahField(label="Pagu", required=False)
    secret = forms.CharField(widget=forms.HiddenInput)


def test_an_icon_is_hidden_from_screen_readers() -> None:
    svg = rendered('{% icon "check" 16 %}')
    assert svg.startswith("<svg")
    assert 'aria-hidden="true"' in svg
    assert 'width="16"' in svg


def test_an_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(IconDoesNotExist):
        rendered('{% icon "no-such-icon" %}')


def test_a_chip_never_speaks_by_colour_alone() -> None:
    for kind in ("ok", "wait", "bad", "info", "plain"):
        chip = render_to_string("components/chip.html", {"kind": kind, "text": "Menunggu"})
        assert "<svg" in chip
        assert "Menunggu" in chip


def test_text_in_a_component_is_escaped() -> None:
    for name in ("chip", "empty", "stat", "back", "button", "notice", "dialog"):
        shown = render_to_string(
            f"components/{name}.html",
            {"text": "<i>", "title": "<i>", "label": "<i>", "value": "<i>", "body": "<i>", "kind": "ok", "id": "x"},
        )
        assert "<i>" not in shown, name
        assert "&lt;i&gt;" in shown, name


def test_a_notice_keeps_markup_of_the_template_and_escapes_its_variables() -> None:
    shown = rendered('{% notice kind="wait" title=t %}<p>{{ t }}</p>{% endnotice %}', t="<i>")
    assert "<p>&lt;i&gt;</p>" in shown
    assert "<i>" not in shown


def test_query_changes_only_what_it_is_told() -> None:
    request = HttpRequest()
    request.GET = QueryDict("q=ani&setelah=abc")
    shown = Template('{% load kd %}{% query setelah=None bulan="2026-11" %}').render(Context({"request": request}))
    assert shown == "?q=ani&amp;bulan=2026-11"


def test_a_fresh_form_ties_label_help_and_control_together() -> None:
    html = str(Work())
    assert '<label class="field__label" for="id_day">Tanggal' in html
    assert 'id="id_day_helptext"' in html
    assert 'aria-describedby="id_day_helptext"' in html
    assert 'type="date"' in html
    assert html.count("boleh kosong") == 1
    assert "data-errors" not in html
    assert 'type="hidden" name="secret"' in html


def test_a_refused_form_keeps_what_was_typed_and_leads_to_each_error() -> None:
    form = Work({"day": "2026-11-20", "text": "", "way": "z", "limit": "1,5"})
    html = str(form)
    assert 'value="2026-11-20"' in html
    assert 'value="1,5"' in html
    assert "data-errors" in html
    for field in ("text", "limit"):
        assert f'href="#id_{field}"' in html
        assert f'id="id_{field}_error"' in html
        assert 'aria-invalid="true"' in html
    # The group of choices has no single control: its link leads to the fieldset.
    assert 'href="#id_way"' in html
    assert '<fieldset id="id_way"' in html
    # A hidden field cannot be led to, but its error is not swallowed.
    assert 'href="#id_secret"' not in html
    assert html.count("<li>") >= 5


@pytest.mark.parametrize(
    ("typed", "rupiah"),
    [
        ("3660909", 3660909),
        ("3.660.909", 3660909),
        ("Rp 3.660.909", 3660909),
        ("Rp3.660.909", 3660909),
        ("-500", -500),
        ("Rp 3.660.909,00", 3660909),
        ("3,660,909", 3660909),
    ],
)
def test_rupiah_is_read_as_people_type_it(typed: str, rupiah: int) -> None:
    assert RupiahField().clean(typed) == rupiah


def test_a_sum_that_the_page_puts_in_has_thousand_points_and_no_cents_and_can_be_sent_as_it_stands() -> None:
    shown = RupiahField().prepare_value(Decimal("14086562.00"))
    assert shown == "14.086.562"
    assert RupiahField().clean(shown) == Decimal(14086562)
    assert RupiahField().prepare_value("3,5 juta") == "3,5 juta"


@pytest.mark.parametrize("typed", ["1,5", "3.66", "3.660.909,50", "12.3456", "1e9", "NaN", "1.000.00", "abc"])
def test_rupiah_refuses_what_could_be_misread(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        RupiahField().clean(typed)


def test_a_month_is_its_first_day() -> None:
    assert MonthField().clean("2026-11").isoformat() == "2026-11-01"  # type: ignore[union-attr]
    with pytest.raises(forms.ValidationError):
        MonthField().clean("2026-13")


@pytest.mark.parametrize("finished", [False, True])
def test_progress_asks_again_until_it_is_finished(finished: bool) -> None:
    html = render_to_string(
        "components/progress.html", {"label": "Menghitung", "value": 3, "max": 9, "url": "/x/", "finished": finished}
    )
    assert ('hx-trigger="every 2s"' in html) is not finished
    assert '<progress id="progress-bar" value="3" max="9">' in html


def test_a_button_on_a_page_with_a_form_belongs_to_no_other_form() -> None:
    html = rendered('{% include "components/button.html" with text="Cari" %}', form=Work())
    assert html.startswith('<button class="button" type="submit">')


def test_a_button_may_stand_outside_of_its_form() -> None:
    assert 'form="saring"' in rendered('{% include "components/button.html" with text="Cari" form_id="saring" %}')
