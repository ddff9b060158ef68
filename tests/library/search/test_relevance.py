"""How candidates are compared: beside the best of their own language, and sure only where nothing stands close."""

import numpy as np
import pytest
from numpy.typing import NDArray

from triagem.search.relevance import Features, Model, assurance, read_model, shipped, standing, write_model
from triagem.types import Kind


def floats(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def features(
    *, words: NDArray[np.float32], title: NDArray[np.float32] | None = None, foreign: list[bool], terms: int = 20
) -> Features:
    same = np.full(len(words), 0.5, np.float32)
    return Features(
        same, same, words, words if title is None else title, same, np.array(foreign, bool), terms, 0.3, 1_000
    )


NONE = floats(0, 0)
MODEL = Model(order=floats(10, 0, 2, 0, 0), sure=floats(0, 1, 1, 0, 0), base=-2.0, rival=5.0)


def test_words_are_judged_beside_the_best_of_the_same_language() -> None:
    several = features(words=floats(0.8, 0.4, 0.2, 0.1), foreign=[False, False, True, True])
    assert standing(several)[:, 2].tolist() == pytest.approx([1.0, 0.5, 1.0, 0.5])


def test_a_single_word_of_a_short_query_does_not_make_a_best() -> None:
    short = features(words=floats(0.25, 0.0), foreign=[False, False], terms=4)
    assert standing(short)[:, 2].tolist() == pytest.approx([0.25 / 0.75, 0.0])
    shorter = features(words=floats(0.5, 0.0), foreign=[False, False], terms=2)
    assert standing(shorter)[:, 2].tolist() == pytest.approx([0.5, 0.0])


def test_both_cosines_count_the_better_one_and_their_mean() -> None:
    one = Features(
        floats(0.6), floats(0.2), floats(0), floats(0), floats(0), np.array([False]), terms=1, small_talk=0.3, entries=9
    )
    assert standing(one)[0, :2].tolist() == pytest.approx([0.6, 0.4])


def test_near_words_count_as_they_are() -> None:
    one = Features(
        floats(0.6),
        floats(0.6),
        floats(0),
        floats(0),
        floats(0.4),
        np.array([False]),
        terms=1,
        small_talk=0.3,
        entries=9,
    )
    assert standing(one)[0, 4] == pytest.approx(0.4)


def test_a_lead_is_measured_within_a_language_and_against_an_assumed_rival() -> None:
    several = features(words=floats(0, 0, 0), foreign=[False, False, True])
    lead, field = assurance(several, floats(9, 7, 9), rival=5.0)[:, 1:3].T
    assert lead.tolist() == pytest.approx([2.0, 0.0, 4.0])  # the lone foreign one leads the assumed rival
    assert field.tolist() == pytest.approx([9 - (7 + 4 * 5) / 5, 7 - (7 + 4 * 5) / 5, 4.0])


def test_the_same_first_is_less_sure_with_a_close_second() -> None:
    far, close = (
        Features(floats(0.6, second), floats(0.6, second), NONE, NONE, NONE, np.array([False, False]), 3, 0.3, 1_000)
        for second in (0.3, 0.59)
    )
    assert MODEL.relevance(far)[0] > MODEL.relevance(close)[0]


def test_nothing_found_is_no_error() -> None:
    nothing = features(words=floats(), foreign=[])
    assert len(MODEL.relevance(nothing)) == 0


def test_a_model_is_read_as_it_was_written() -> None:
    for kind in (Kind.ARTICLE, Kind.TICKET):
        model = shipped()[kind]
        again = read_model(write_model(model))
        assert write_model(again) == write_model(model)
        assert (again.order >= 0).all()
        assert (again.sure >= 0).all()
