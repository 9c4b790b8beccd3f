"""Incidents that share an observable know of each other."""

from __future__ import annotations

from control.incidents.leading import merge
from control.incidents.linking import linked_to
from control.incidents.models import Incident
from kernel.accounts.models import User
from tests.control.incidents.hits import a_hit


def found(incident: Incident) -> list[tuple[str, list[str]]]:
    return [(link.incident.title, [row.value for row in link.shared]) for link in linked_to(incident)]


def test_the_one_with_the_most_in_common_comes_first_the_newer_before_the_older(desk: None) -> None:
    one = a_hit(observables={"address": ["203.0.113.1", "203.0.113.2"], "domain": ["a.example"]})
    a_hit("b", key="b", title="Lama", observables={"address": ["203.0.113.1"]})
    a_hit("c", key="c", title="Baru", observables={"address": ["203.0.113.1"]})
    a_hit("d", key="d", title="Paling serupa", observables={"address": ["203.0.113.2"], "domain": ["a.example"]})
    a_hit("e", key="e", title="Lain", observables={"address": ["198.51.100.7"]})
    assert found(one) == [
        ("Paling serupa", ["203.0.113.2", "a.example"]),
        ("Baru", ["203.0.113.1"]),
        ("Lama", ["203.0.113.1"]),
    ]


def test_the_same_value_of_another_kind_links_nothing(desk: None) -> None:
    one = a_hit(observables={"domain": ["203.0.113.1"]})
    a_hit("b", key="b", observables={"address": ["203.0.113.1"]})
    assert found(one) == []


def test_what_was_merged_into_it_is_no_other_incident(desk: None, operator: User) -> None:
    one = a_hit(observables={"address": ["203.0.113.1"]})
    two = a_hit("b", key="b", observables={"address": ["203.0.113.1"]})
    merge(uid=two.uid, into=one.number, reason="Sama.", actor=operator)
    assert found(one) == []
