"""Gives an English WordPiece vocabulary Portuguese pieces, and each new piece a first meaning.

An English vocabulary cuts Portuguese into twice the tokens. A new piece starts as the mean of the English pieces that
its sentences' translations share most, so that the first step already reads a word-by-word gloss. A word whose
meaning is told starts as the mean of that meaning's pieces.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer, models, trainers

from training.encoder.data import Pair

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_TRAINED_PIECES = 16_000
_LEAST_COUNT = 6
_TRANSLATIONS = 4
_LEAST_LIKENESS = 0.02  # squared cosine of two pieces' sentences; below it a translation is chance
_LEAST_LIKENESS_INSIDE = 0.1  # pieces inside words: endings stand beside everything
_LITTLE_SAID = set("a an the to of in on at for be".split()) | set("();,.-'")
_TYPOGRAPHY = set("€“”‘’–—…•™")


def extend(
    tokenizer_json: str,
    embeddings: NDArray[np.float32],
    pairs: Sequence[Pair],
    *,
    pieces: int,
    words: Sequence[tuple[str, str]] = (),
    more: Sequence[Pair] = (),
) -> tuple[str, NDArray[np.float32]]:
    """The tokenizer with at most `pieces` Portuguese pieces and some `words` more, and its embedding table.

    `words` are Portuguese, each with a meaning in English; phrases, words that are pieces already and those that
    English would be cut into are left out. `more` is text that only tells which words are English; one side of such a
    pair may be empty.
    Pieces of other scripts and unused rows go: no Portuguese or English text needs them.
    """
    old = Tokenizer.from_str(tokenizer_json)
    old_ids = old.get_vocab()
    kept = [piece for piece in sorted(old_ids, key=lambda piece: old_ids[piece]) if _is_latin(piece)]
    kept = [*_SPECIAL, *(piece for piece in kept if piece not in _SPECIAL)]
    new = [piece for piece in _portuguese_pieces(old, [pair.pt for pair in pairs]) if piece not in old_ids][:pieces]
    meanings = _meanings(old, words, without={*old_ids, *new})
    new = without_english(tokenizer_json, kept, [*new, *meanings], [*pairs, *more])
    ordered = [*kept, *new]
    text = _with_vocabulary(tokenizer_json, ordered)
    table = np.zeros((len(ordered), embeddings.shape[1]), dtype=np.float32)
    first_new = len(ordered) - len(new)
    for row, piece in enumerate(ordered[:first_new]):
        table[row] = embeddings[old_ids[piece]]
    _mean_of_old_pieces(table, first_new, new, old, embeddings)
    _mean_of_translations(table, new, Tokenizer.from_str(text), pairs)
    _mean_of_meanings(table, ordered, meanings, old, embeddings)
    return text, table


def without_english(tokenizer_json: str, kept: list[str], new: list[str], pairs: Sequence[Pair]) -> list[str]:
    """The new pieces that no English word would be cut into: English must read as the teacher reads it.

    A word is English, or a name, when it stands in English at least half as often as in Portuguese.
    """
    counts: Counter[str] = Counter()
    tokenizer = Tokenizer.from_str(tokenizer_json)
    for pair in pairs:
        counts.update(dict.fromkeys(_words(tokenizer, pair.en), 2))
        counts.subtract(dict.fromkeys(_words(tokenizer, pair.pt), 1))
    english = [word for word, balance in counts.items() if balance >= 0]
    while True:  # a piece taken away lets another one in
        added = set(new)
        extended = Tokenizer.from_str(_with_vocabulary(tokenizer_json, [*kept, *new]))
        cut = extended.encode_batch(english, add_special_tokens=False)
        harmful = {piece for one in cut for piece in one.tokens if piece in added}
        if not harmful:
            return new
        new = [piece for piece in new if piece not in harmful]


def _words(tokenizer: Tokenizer, text: str) -> list[str]:
    folded = tokenizer.normalizer.normalize_str(text)
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(folded)]


def _is_latin(piece: str) -> bool:
    if piece in _SPECIAL:
        return True
    return not piece.startswith("[unused") and all(ord(letter) < 0x180 or letter in _TYPOGRAPHY for letter in piece)


def _portuguese_pieces(old: Tokenizer, sentences: Iterable[str]) -> list[str]:
    """Pieces trained on folded Portuguese, in the trainer's order: the most useful merges first."""
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106 - a piece's name
    trained.normalizer, trained.pre_tokenizer = old.normalizer, old.pre_tokenizer
    trainer = trainers.WordPieceTrainer(
        vocab_size=_TRAINED_PIECES, min_frequency=_LEAST_COUNT, special_tokens=list(_SPECIAL), show_progress=False
    )
    trained.train_from_iterator(sentences, trainer)
    ids = trained.get_vocab()
    whole = sorted((piece for piece in ids if len(piece.removeprefix("##")) > 1), key=lambda piece: ids[piece])
    return [piece for piece in whole if piece.removeprefix("##").isalpha()]


def _meanings(old: Tokenizer, words: Sequence[tuple[str, str]], *, without: set[str]) -> dict[str, list[str]]:
    """What each word means, as one piece would spell it; phrases and the words `without` left out."""
    meanings: dict[str, list[str]] = {}
    for word, meaning in words:
        spelt = _words(old, word)
        if len(spelt) == 1 and spelt[0].isalpha() and spelt[0] not in without:
            meanings.setdefault(spelt[0], []).append(meaning)
    return meanings


def _with_vocabulary(tokenizer_json: str, ordered: list[str]) -> str:
    raw = json.loads(tokenizer_json)
    ids = {piece: row for row, piece in enumerate(ordered)}
    raw["model"]["vocab"] = ids
    raw["truncation"] = raw["padding"] = None
    for token in raw["added_tokens"]:
        token["id"] = ids[token["content"]]
    after = raw["post_processor"]
    for name, token in after.get("special_tokens", {}).items():
        token["ids"] = [ids[name]]
    for place in ("cls", "sep"):
        if place in after:
            after[place][1] = ids[after[place][0]]
    return json.dumps(raw, ensure_ascii=False)


def _mean_of_old_pieces(
    table: NDArray[np.float32], first: int, new: list[str], old: Tokenizer, embeddings: NDArray[np.float32]
) -> None:
    for row, piece in enumerate(new, start=first):
        bare = piece.removeprefix("##")
        ids = old.encode(bare, add_special_tokens=False).ids
        table[row] = embeddings[ids].mean(axis=0) if ids else embeddings.mean(axis=0)


def _mean_of_translations(
    table: NDArray[np.float32], new: list[str], tokenizer: Tokenizer, pairs: Sequence[Pair]
) -> None:
    """The last rows, the new pieces', become a mean of English rows, weighted by how often they share a pair."""
    size = len(table)
    first = size - len(new)
    portuguese = _presence(tokenizer, [pair.pt for pair in pairs], size)[:, first:].tocsc()
    english = _presence(tokenizer, [pair.en for pair in pairs], size)
    english = english.tocsc()
    english_counts = np.asarray(english.sum(axis=0)).ravel()
    counts = np.asarray(portuguese.sum(axis=0)).ravel()
    together = (portuguese.T @ english).tocsr()
    typical = np.linalg.norm(table[:first], axis=1).mean()
    for row in range(together.shape[0]):
        columns = together.indices[together.indptr[row] : together.indptr[row + 1]]
        shared = together.data[together.indptr[row] : together.indptr[row + 1]].astype(np.float64)
        old = (columns < first) & (columns >= len(_SPECIAL))
        likeness = shared[old] ** 2 / (counts[row] * english_counts[columns[old]])
        best = np.argsort(-likeness)[:_TRANSLATIONS]
        best = best[likeness[best] >= max(_LEAST_LIKENESS, likeness.max(initial=0.0) / 4)]
        if (
            counts[row] < 2
            or not len(best)
            or (new[row].startswith("##") and likeness[best[0]] < _LEAST_LIKENESS_INSIDE)
        ):
            continue
        weight = likeness[best] ** 2
        mean = (table[columns[old][best]] * weight[:, None]).sum(axis=0)
        table[first + row] = mean / max(float(np.linalg.norm(mean)), 1e-9) * typical


def _mean_of_meanings(
    table: NDArray[np.float32],
    ordered: Sequence[str],
    meanings: dict[str, list[str]],
    old: Tokenizer,
    embeddings: NDArray[np.float32],
) -> None:
    """The rows of words whose meaning was told become the mean of their meanings' pieces."""
    typical = np.linalg.norm(embeddings, axis=1).mean()
    for row, piece in enumerate(ordered):
        told = " ".join(meanings.get(piece, ()))
        ids = [
            number
            for word in _words(old, told)
            if word not in _LITTLE_SAID
            for number in old.encode(word, add_special_tokens=False).ids
        ]
        if ids:
            mean = embeddings[ids].mean(axis=0)
            table[row] = mean / np.linalg.norm(mean) * typical


def _presence(tokenizer: Tokenizer, sentences: Sequence[str], size: int) -> csr_matrix:
    """(sentences, pieces): 1 where a piece stands in a sentence."""
    rows = [sorted(set(one.ids)) for one in tokenizer.encode_batch(list(sentences), add_special_tokens=False)]
    ends = np.cumsum([0, *map(len, rows)])
    ids = np.fromiter((piece for row in rows for piece in row), dtype=np.int64, count=int(ends[-1]))
    return csr_matrix((np.ones(len(ids), dtype=np.float32), ids, ends), shape=(len(rows), size))


def make_student(
    teacher: Path,
    out: Path,
    pairs: Sequence[Pair],
    *,
    pieces: int,
    words: Sequence[tuple[str, str]] = (),
    more: Sequence[Pair] = (),
) -> None:
    """Writes the untaught student to `out`: the teacher's layers under the extended vocabulary."""
    from training.encoder.student import read_weights, write_student  # noqa: PLC0415

    weights = read_weights(teacher)
    name = "embeddings.word_embeddings.weight"
    text = (teacher / "tokenizer.json").read_text(encoding="utf-8")
    text, weights[name] = extend(text, weights[name], pairs, pieces=pieces, words=words, more=more)
    write_student(out, weights, json.loads((teacher / "config.json").read_text(encoding="utf-8")), text)
