"""How near a query's words are to an entry's: by hand on a table of four pieces, and with the shipped one."""

from pathlib import Path

import numpy as np
import pytest

from triagem.encoder.pieces import shipped
from triagem.search.near_words import AskedPieces, NearWords, ask

BEND = np.array([0.8, 0.6], np.float32)


class FourPieces:
    """Two that are the same, one at a cosine of 0.8 to them, one at a right angle; each in half of the texts."""

    shares = np.full(4, 0.5, np.float32)
    _vectors = np.array([[1, 0], [1, 0], BEND, [0, 1]], np.float32)

    def __len__(self) -> int:
        return 4

    def vectors(self, ids: np.ndarray) -> np.ndarray:
        found: np.ndarray = self._vectors[ids]
        return found


def ids(*several: int) -> np.ndarray:
    return np.array(several, np.uint16)


def asked(*several: int) -> AskedPieces:
    return AskedPieces(ids(*several), FourPieces().vectors(ids(*several)))


def near(query: AskedPieces, *leads: np.ndarray) -> list[float]:
    index = NearWords.build(FourPieces(), leads)  # type: ignore[arg-type]
    return index.likeness(query, np.arange(len(leads))).tolist()


def test_a_piece_meets_the_nearest_one_and_half_alike_is_nothing() -> None:
    same, bent, unlike = ids(1), ids(2, 3), ids(3)
    assert near(asked(0), same, bent, unlike) == pytest.approx([1.0, (0.8 - 0.5) / 0.5, 0.0])


def test_pieces_of_a_query_count_by_their_rarity() -> None:
    # Of 2 entries and 50 believed ones, half of those with each piece, 27 hold piece 1 and 26 piece 3; and half of one.
    often, seldom = -np.log([27.5 / 53, 26.5 / 53])
    assert near(asked(1, 3), ids(1), ids(1, 3)) == pytest.approx([often / (often + seldom), 1.0])


def test_an_entry_or_a_query_without_words_is_near_nothing() -> None:
    assert near(asked(0), ids(), ids(0)) == pytest.approx([0.0, 1.0])
    assert near(asked(), ids(0)) == [0.0]
    assert near(asked(0)) == []


def test_of_a_long_request_the_rarest_pieces_count() -> None:
    said = " ".join(f"{word} {number}" for number, word in enumerate(["o", "de", "para", "que", "com"] * 20))
    index = NearWords.build(shipped(), shipped().of([said] * 30 + ["segunda via do boleto"]))
    query = ask(shipped(), f"boleto {said}")
    assert len(query.ids) > 64
    often, seldom = index.likeness(query, np.array([0, 30]))
    assert often < 1.0
    assert seldom > 0.0


def test_what_was_saved_says_the_same(tmp_path: Path) -> None:
    texts = ["segunda via do boleto", "trocar a senha do e-mail", ""]
    index = NearWords.build(shipped(), shipped().of(texts))
    index.save(tmp_path, "leads")
    query, everyone = ask(shipped(), "how do I change my password"), np.arange(3)
    again = NearWords.load(shipped(), tmp_path, "leads").likeness(query, everyone)
    np.testing.assert_array_equal(again, index.likeness(query, everyone))
    assert int(again.argmax()) == 1


def test_a_few_entries_borrow_the_rarity_of_many() -> None:
    many = NearWords.build(shipped(), shipped().of(["o pedido 7", "o pedido 8", "o pedido atrasou"] * 40))
    few = shipped().of(["o pedido", "atraso na entrega"])
    query, both = ask(shipped(), "pedido com atraso"), np.arange(2)
    alone, borrowed = (NearWords.build(shipped(), few, background=of).likeness(query, both) for of in (None, many))
    assert borrowed[1] - borrowed[0] > alone[1] - alone[0]
