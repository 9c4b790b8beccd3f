"""The arithmetic of the evaluation, on small sets made here."""

from pathlib import Path

import pytest

from kernel.judol import Verdict
from kernel.judol.disguises import DISGUISES, disguised
from kernel.judol.evaluating import BLOCKED, REVIEWED, Report, Share, tier_of
from kernel.judol.linear import MASK
from kernel.judol.tuning import NoTuningData, Tuning, labelled, names_in, parts_of, read_folder, to_train_with


def test_the_wilson_interval() -> None:
    # 8 of 10: middle (0.8 + 3.8416 / 20) / 1.38416 = 0.71674, reach 0.22659
    low, high = Share(8, 10).interval
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert str(Share(8, 10)) == "0.8000 (0.4902 to 0.9433) 8/10"
    assert Share(0, 0).interval == (0.0, 1.0)


def test_precision_and_recall_of_the_tiers() -> None:
    verdicts = [(Verdict.BLOCK, True)] * 3 + [(Verdict.REVIEW, True), (Verdict.ALLOW, True), (Verdict.BLOCK, False)]
    assert tier_of(verdicts, BLOCKED).precision == Share(3, 4)
    assert tier_of(verdicts, BLOCKED).recall == Share(3, 5)
    assert tier_of(verdicts, REVIEWED).precision == Share(4, 5)
    assert tier_of(verdicts, REVIEWED).recall == Share(4, 5)


def test_a_bound_that_is_missed_is_named() -> None:
    report = Report()
    report.bound("recall", 0.7, least=0.8)
    report.bound("alarms", 0.1, most=0.01)
    report.bound("held", 0.9, least=0.8, most=0.95)
    assert [line.split(":")[0] for line in report.missed] == ["recall", "alarms"]


def test_no_name_stands_in_two_parts() -> None:
    texts = [
        labelled(f"main di {a} dan {b}", promotes=True) for a, b in (("KORUS77", "BAMBU88"), ("BAMBU88", "DELIMA99"))
    ]
    texts += [labelled(f"rezeki di TAMBUR{number}TOTO", promotes=True) for number in "abcdefghij"]
    parts = parts_of(texts)
    assert parts[0] == parts[1]
    assert len(set(parts)) == 3
    for part in range(3):
        inside = names_in(t for t, at in zip(texts, parts, strict=True) if at == part)
        outside = names_in(t for t, at in zip(texts, parts, strict=True) if at != part)
        assert not inside & outside


def test_a_folder_is_read(tmp_path: Path) -> None:
    with pytest.raises(NoTuningData):
        read_folder(tmp_path)
    (tmp_path / "comments.csv").write_text('label,text\n1,"main di KORUS77"\n0,Rapat staf\n')
    with pytest.raises(NoTuningData):
        read_folder(tmp_path)
    (tmp_path / "negatives_laws.txt").write_text("Pasal 1\n\nPasal 2\n")
    tuning = read_folder(tmp_path)
    assert [(text.promotes, sorted(text.brands)) for text in tuning.comments] == [(True, ["korus77"]), (False, [])]
    assert [text.text for text in tuning.benign["laws"]] == ["Pasal 1", "Pasal 2"]


def test_benign_texts_are_learnt_from_with_a_name_in_them_too() -> None:
    comments = tuple(labelled(f"rapat staf {word}", promotes=False) for word in ("satu", "dua", "tiga", "empat"))
    spam = labelled("main di KORUS77", promotes=True)
    laws = (labelled("Pasal 1", promotes=False), labelled("Puskesmas Melati88", promotes=False))
    learnt = to_train_with(Tuning((spam, *comments), {"laws": laws}))
    assert [(name, at) for name, at, _text in learnt[7:]] == [("", 4), ("laws", 0)]
    assert all(text.words.count(MASK) == 1 and not text.promotes for _name, _at, text in learnt[7:])


def test_there_are_twelve_disguises_and_each_hides_names_and_words_of_the_trade_alone() -> None:
    hidden = {name: disguised("Rapat di KORUS77 gacor", name) for name in DISGUISES}
    assert len(hidden) == 12
    assert all(text.startswith("Rapat di ") and "KORUS77" not in text for text in hidden.values())
    assert hidden["leet"] == "Rapat di k0ru577 g4c0r"
    assert hidden["in twos"] == "Rapat di KO RU S7 7 ga co r"
