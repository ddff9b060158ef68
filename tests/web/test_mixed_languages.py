"""A knowledge base in two languages of which not everything is translated."""

import pytest

from service.answering import _in_own_language
from triagem.search.searcher import Answer
from triagem.types import Hit, Kind, Language


def hit(article_id: str, language: Language) -> Hit:
    return Hit(article_id, Kind.ARTICLE, article_id, language, "", "", relevance=0.5)


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (["pt-1", "en-1", "pt-2"], ["pt-1", "pt-2"]),  # the second is a translation of the first, most likely
        (["en-1", "pt-1", "en-2"], ["en-1", "pt-1"]),  # what fits best is shown, whatever its language
        (["en-1", "en-2"], ["en-1", "en-2"]),
        (["und-1", "en-1"], ["und-1"]),
        ([], []),
    ],
)
def test_what_stands_first_is_shown_in_any_language_and_the_rest_in_the_askers_own(
    found: list[str], shown: list[str]
) -> None:
    answer = Answer(tuple(hit(one, Language(one.partition("-")[0])) for one in found), "g1")
    assert [one.id for one in _in_own_language(answer, Language.PT).hits] == shown
