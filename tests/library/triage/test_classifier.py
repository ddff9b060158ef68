import json
from pathlib import Path

import numpy as np
import pytest

from tests.library.triage.handmade import ENCODER, handmade
from triagem.errors import UnsupportedFormat
from triagem.triage.classifier import likest
from triagem.triage.files import DESCRIPTION, load_classifier, save_classifier
from triagem.triage.kernel import Likeness
from triagem.triage.scale import Scale
from triagem.types import TicketField

MANY = 1_000_000_000


def test_a_text_gets_the_class_of_what_it_is_like() -> None:
    texts = ["my invoice is wrong", "router offline again"]
    found = handmade().judge(texts, ENCODER.encode(texts))[TicketField.CATEGORY].probabilities
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert found.sum(axis=1).round(9).tolist() == [1.0, 1.0]


def test_no_texts_give_no_rows() -> None:
    found = handmade().judge([], ENCODER.encode([]))
    assert found[TicketField.CATEGORY].probabilities.shape == (0, 2)


def test_many_texts_are_answered_as_one_by_one() -> None:
    texts = [f"invoice {number} of the router" for number in range(300)]
    vectors = ENCODER.encode(texts)
    together = handmade().judge(texts, vectors)[TicketField.CATEGORY].probabilities
    alone = handmade().judge(texts[299:], vectors[299:])[TicketField.CATEGORY].probabilities
    assert np.allclose(together[299], alone[0], atol=1e-6)


def test_a_saved_model_answers_the_same_and_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        save_classifier(folder, handmade())
    files = sorted(path.name for path in folders[0].iterdir())
    assert all((folders[0] / name).read_bytes() == (folders[1] / name).read_bytes() for name in files)
    text, vector = ["the invoice"], ENCODER.encode(["the invoice"])
    before = handmade().judge(text, vector)[TicketField.CATEGORY].probabilities
    after = load_classifier(folders[0]).judge(text, vector)[TicketField.CATEGORY].probabilities
    assert np.allclose(before, after, atol=1e-3)  # anchors are kept in half precision


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    save_classifier(tmp_path, handmade())
    description = json.loads((tmp_path / DESCRIPTION).read_text(encoding="utf-8"))
    (tmp_path / DESCRIPTION).write_text(json.dumps({**description, "format": 4}), encoding="utf-8")
    with pytest.raises(UnsupportedFormat, match="reads up to 3"):
        load_classifier(tmp_path)


def test_equal_scores_are_equally_likely_and_offsets_tip_them() -> None:
    scores = np.full((1, 2), 0.5, dtype=np.float32)
    assert Scale(3.0, 0.01, np.zeros(2), MANY).probabilities(scores).tolist() == [[0.5, 0.5]]
    assert Scale(3.0, 0.01, np.array([np.log(3.0), 0.0]), MANY).probabilities(scores).round(6).tolist() == [
        [0.75, 0.25]
    ]


def test_twice_the_score_is_two_to_the_power_as_likely_and_nothing_is_impossible() -> None:
    scale = Scale(2.0, 0.0, np.zeros(2), MANY)
    assert scale.probabilities(np.array([[0.4, 0.2]], dtype=np.float32)).round(6).tolist() == [[0.8, 0.2]]
    assert Scale(2.0, 0.1, np.zeros(2), MANY).probabilities(np.array([[0.9, -5.0]], dtype=np.float32))[0, 1] > 0.0


def test_equal_texts_are_most_alike() -> None:
    one, none = np.ones((1, 1), dtype=np.float32), np.zeros((1, 1), dtype=np.float32)
    assert Likeness(1.0, 1.0).of(2 * one, one)[0, 0] == 3.0
    assert Likeness(1.0, 1.0).of(none, none)[0, 0] == pytest.approx(np.exp(-2.0))


def test_few_tickets_cannot_be_nearly_certain() -> None:
    sure = np.array([[1.0, 0.0, 0.0, 0.0]], dtype=np.float32)
    few, many = (Scale(30.0, 0.005, np.zeros(4), tickets).probabilities(sure)[0] for tickets in (25, 10_000))
    assert few.tolist() == pytest.approx([25.25 / 26, *[0.25 / 26] * 3])
    assert many[0] > 0.9999
    assert (few.sum(), many.sum()) == pytest.approx((1.0, 1.0))


def test_a_model_of_the_first_format_says_what_it_said(tmp_path: Path) -> None:
    save_classifier(tmp_path, handmade())
    description = json.loads((tmp_path / DESCRIPTION).read_text(encoding="utf-8"))
    for head in description["heads"].values():
        del head["tickets"]
    (tmp_path / DESCRIPTION).write_text(json.dumps({**description, "format": 1}), encoding="utf-8")
    texts = ["the invoice"]
    was, now = (
        one.judge(texts, ENCODER.encode(texts))[TicketField.CATEGORY] for one in (handmade(), load_classifier(tmp_path))
    )
    np.testing.assert_allclose(now.probabilities, was.probabilities, atol=1e-3)


def test_a_broad_class_is_known_by_its_likest_tickets_and_nobody_is_like_themselves() -> None:
    alike = np.zeros((2, 100), dtype=np.float32)
    alike[0, :30] = 0.8
    alike[1, :10] = 0.6
    assert likest(alike, 100).tolist() == pytest.approx([0.8, 0.2])
    assert likest(alike[:, :11], np.array([11, 10])).tolist() == pytest.approx([0.8, 0.6])


def test_what_was_familiar_to_an_older_model_is_not_asked(tmp_path: Path) -> None:
    save_classifier(tmp_path, handmade(least_familiar=-3.0))
    assert load_classifier(tmp_path).heads[TicketField.CATEGORY].least_familiar == -3.0
    description = json.loads((tmp_path / DESCRIPTION).read_text(encoding="utf-8"))
    (tmp_path / DESCRIPTION).write_text(json.dumps({**description, "format": 2}), encoding="utf-8")
    assert load_classifier(tmp_path).heads[TicketField.CATEGORY].least_familiar is None
