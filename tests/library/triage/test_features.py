import numpy as np

from triagem.triage.features import count_grams, count_words, learn_vocabulary, words_of


def test_case_accents_and_punctuation_do_not_count() -> None:
    assert words_of("Não consigo ENTRAR!") == ["nao", "consigo", "entrar"]
    left, right = count_words("Não consigo ENTRAR!"), count_words("nao consigo entrar")
    assert left[0].tolist() == right[0].tolist()


def test_three_words_make_three_words_and_two_pairs() -> None:
    hashes, counts = count_words("reset my password")
    assert len(hashes) == 5
    assert counts.tolist() == [1, 1, 1, 1, 1]


def test_a_word_is_taken_apart_into_fours_with_its_ends_marked() -> None:
    # " senha " -> " sen", "senh", "enha", "nha "
    assert len(count_grams("senha")[0]) == 4


def test_a_typo_keeps_some_of_a_words_fours() -> None:
    right, typo = set(count_grams("cancelamento")[0].tolist()), set(count_grams("cancelmento")[0].tolist())
    assert len(right & typo) >= 5


def test_rows_have_unit_length_and_unknown_texts_none() -> None:
    vocabulary = learn_vocabulary([count_words("the invoice is wrong"), count_words("the router is offline")])
    rows = vocabulary.rows([count_words("invoice wrong"), count_words("zebra"), count_words("")])
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1))).ravel()
    assert lengths.round(6).tolist() == [1.0, 0.0, 0.0]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    vocabulary = learn_vocabulary([count_words("the invoice"), count_words("the router"), count_words("the cable")])
    row = vocabulary.rows([count_words("the router")]).toarray()[0]
    the, router = (np.searchsorted(vocabulary.hashes, count_words(word)[0][0]) for word in ("the", "router"))
    assert row[router] > row[the] > 0


def test_a_very_long_text_is_bounded() -> None:
    text = " ".join(f"word{number}" for number in range(5_000))
    assert len(words_of(text)) < 2_000
    assert learn_vocabulary([count_words(text)]).rows([count_words(text)]).nnz == 200
