"""Tells Portuguese from English and both from everything else.

It only names the language; what follows from it (thresholds, the wording of an answer) is decided elsewhere.
"""

import re
import threading
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from triagem.text.normalise import fold
from triagem.text.words import (
    ENGLISH_ENDINGS,
    ENGLISH_TELLING,
    PORTUGUESE_ENDINGS,
    PORTUGUESE_TELLING,
    SPANISH_TELLING,
)
from triagem.types import Language

# Measured: the whole model of 142 languages takes 0.6 s to load and 74 MB; with these columns only, 60 MB stay.
# Galician is left out: a third of short Portuguese texts look like it, and who writes it reads Portuguese.
_KNOWN = (
    *("pt", "en", "es", "fr", "de", "it", "nl", "ca", "ro", "pl", "sv", "da", "no", "fi", "tr"),
    *("cs", "hu", "id", "vi", "ru", "uk", "ja", "zh", "ko", "ar", "fa", "he", "el", "hi"),
)
_LOADING = threading.Lock()

_READ_CHARS = 2_000
_SHORT_LETTERS = 20

# Log-likelihoods of the model. Another language must beat the two we serve by this much to be believed:
# 4 keeps 99.5 % of Portuguese questions and names Spanish ones as foreign; less loses the first, more the second.
_FOREIGN_MARGIN = 4.0
_FOREIGN_MARGIN_SHORT = 12.0
# A short text is named when words and model together lean this far; one telling word weighs 8.
_SHORT_MARGIN = 4.0
_WORD_WEIGHT = 8.0
# To be surely of neither language takes more. Of 24,780 texts in Portuguese and English, mostly questions, two are
# beyond these, both full of products' names; 4 took 6 of 1,277 short questions for Spanish or Italian. A short
# text needs so much because names are foreign: 25 for `Lukasz Bajsarowicz`, 36 for `Das WLAN geht nicht`.
_SURELY_FOREIGN = 10.0
_SURELY_FOREIGN_SHORT = 30.0

_NOISE = re.compile(r"[0-9_/\\@]")
_WORD = re.compile(r"[^\W\d_]+")
_PORTUGUESE_LETTERS = re.compile("[ãõç]", re.IGNORECASE)
_SPANISH_LETTERS = re.compile("[ñ¿¡]", re.IGNORECASE)


def detect(text: str, hint: Language | None = None) -> Language:
    """The language of `text`; below 20 letters the hint if there is one, and `UND` when nothing tells.

    Only the first 2,000 characters are read. Addresses, codes and numbers have no language.
    """
    words, letters = _words(text)
    if letters < _SHORT_LETTERS:
        return hint if hint is not None else _detect_short(words, letters)
    scores = _scores(words)
    ours = Language.PT if _lean(words, scores) > 0 else Language.EN
    return ours if scores[ours] + _FOREIGN_MARGIN >= _best_foreign(scores) else Language.UND


def is_foreign(text: str) -> bool:
    """Whether `text` is surely in neither language. That `detect` cannot name one does not say so."""
    words, letters = _words(text)
    if letters == 0:
        return False
    scores = _scores(words)
    margin = _SURELY_FOREIGN if letters >= _SHORT_LETTERS else _SURELY_FOREIGN_SHORT
    return _best_foreign(scores) > max(scores["pt"], scores["en"]) + margin


def _words(text: str) -> tuple[str, int]:
    """What has a language of the first 2,000 characters, and how many letters that is."""
    words = " ".join(word for word in text[:_READ_CHARS].split() if not _NOISE.search(word))
    return words, sum(map(str.isalpha, words))


def _detect_short(words: str, letters: int) -> Language:
    if letters == 0:
        return Language.UND
    scores = _scores(words)
    lean = _lean(words, scores)
    is_foreign = _best_foreign(scores) > max(scores["pt"], scores["en"]) + _FOREIGN_MARGIN_SHORT
    if is_foreign or abs(lean) < _SHORT_MARGIN or _looks_spanish(words):
        return Language.UND
    return Language.PT if lean > 0 else Language.EN


def _lean(words: str, scores: dict[str, float]) -> float:
    """Above zero for Portuguese, below for English: what the model says and what telling words and letters say."""
    terms = _terms(words)
    portuguese = sum(
        term in PORTUGUESE_TELLING or (len(term) > 4 and term.endswith(PORTUGUESE_ENDINGS)) for term in terms
    )
    english = sum(term in ENGLISH_TELLING or (len(term) > 4 and term.endswith(ENGLISH_ENDINGS)) for term in terms)
    letters = len(_PORTUGUESE_LETTERS.findall(words))
    return scores["pt"] - scores["en"] + _WORD_WEIGHT * (portuguese + letters - english)


def _looks_spanish(words: str) -> bool:
    terms = _terms(words)
    spanish = sum(term in SPANISH_TELLING for term in terms) + len(_SPANISH_LETTERS.findall(words))
    return spanish > sum(term in PORTUGUESE_TELLING for term in terms)


def _terms(words: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(words)]


def _scores(text: str) -> dict[str, float]:
    return dict(_identifier().rank(text))


def _best_foreign(scores: dict[str, float]) -> float:
    return max(score for name, score in scores.items() if name not in ("pt", "en"))


def _identifier() -> LanguageIdentifier:
    with _LOADING:
        return _load()


@cache
def _load() -> LanguageIdentifier:
    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    columns = [full.nb_classes.index(name) for name in _KNOWN]
    return LanguageIdentifier(
        full.nb_ptc[:, columns].copy(),
        full.nb_pc[columns],
        list(_KNOWN),
        full.tk_nextmove,
        full.tk_output,
        tk_row=full.tk_row,
    )
