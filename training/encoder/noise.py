"""Writes a sentence as people type it: slips of the finger, dropped letters, chat abbreviations.

Accents need no noise: the tokenizer folds them. Meaning never changes, so the target stays the clean sentence's.
"""

import random

_CHAT = {
    "você": "vc",
    "vocês": "vcs",
    "não": "n",
    "porque": "pq",
    "também": "tb",
    "que": "q",
    "quando": "qdo",
    "quanto": "qto",
    "para": "pra",
    "está": "ta",
    "estou": "to",
    "hoje": "hj",
    "mesmo": "msm",
    "obrigado": "obg",
    "muito": "mto",
    "depois": "dps",
    "mensagem": "msg",
    "número": "num",
    "com": "c",
    "please": "pls",
    "you": "u",
    "your": "ur",
    "because": "bc",
    "thanks": "thx",
}
_SHORTEST = 4  # letters of a word that still reads after a slip


def noisy(text: str, draw: random.Random) -> str:
    """The same sentence with one slip in about eight words, and sometimes chat spelling."""
    chat = draw.random() < 0.4
    words = []
    for word in text.split():
        if chat and word.lower() in _CHAT:
            words.append(_CHAT[word.lower()])
        elif len(word) >= _SHORTEST and draw.random() < 0.12:
            words.append(_slip(word, draw))
        else:
            words.append(word)
    typed = " ".join(words)
    return typed.rstrip("?.!") if draw.random() < 0.5 else typed


def _slip(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(3)
    if kind == 0:  # two letters swapped
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:  # one dropped
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at] + word[at:]  # one doubled
