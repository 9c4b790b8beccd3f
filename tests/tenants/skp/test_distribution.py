"""Shares of predikat beside what the organisation's rating lets expect."""

from tenants.skp.distribution import shares

ORDER = ("sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")


def test_shares_say_where_they_differ_from_the_guide_and_refuse_nothing() -> None:
    found = {share.predikat: share for share in shares({"sangat_baik": 9, "baik": 1}, ORDER, "istimewa")}
    assert (found["sangat_baik"].percent, found["sangat_baik"].most, found["sangat_baik"].fits) == (90, 70, False)
    assert found["baik"].fits


def test_an_organisation_in_need_of_improvement_expects_most_people_to_need_it() -> None:
    found = {share.predikat: share for share in shares({"butuh_perbaikan": 6, "baik": 4}, ORDER, "butuh_perbaikan")}
    assert found["butuh_perbaikan"].fits
    assert not {share.predikat: share for share in shares({"baik": 1}, ORDER, "butuh_perbaikan")}[
        "butuh_perbaikan"
    ].fits


def test_without_a_rating_of_the_organisation_nothing_is_expected() -> None:
    assert all(share.fits and share.least is None for share in shares({"kurang": 3}, ORDER, ""))
