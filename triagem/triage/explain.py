"""Why a field was given a value: the words and the sentence without which it would be less likely, and tickets like it.

Everything is measured by asking the model again, so that whoever removes a named word sees what was said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder
from triagem.text.normalise import fold
from triagem.triage.classifier import Classifier
from triagem.triage.grounds import Neighbour, neighbours
from triagem.types import TicketField

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
# Each part costs one call of the encoder's batch; what a longer ticket says after these is seldom what decides.
_MOST_WORDS = 60
_MOST_SENTENCES = 20
_NAMED_WORDS = 5
_LEAST_WEIGHT = 0.005


@dataclass(frozen=True, slots=True)
class Part:
    """A word, folded, or a sentence. Without it the value's probability is lower by `weight`."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of the likeliest value, for which all classes of its name count: what weighed, heaviest first, and the tickets
    most like this one, whatever their label.

    `sentence` is None for a text of one sentence, or when none decides.
    """

    value: str
    probability: float
    words: tuple[Part, ...]
    sentence: Part | None
    neighbours: tuple[Neighbour, ...]


def explain(classifier: Classifier, field: TicketField, text: str, encoder: Encoder) -> Explanation:
    """Explains one field of one text; takes as long as encoding it once for each of its words."""
    return explain_all([classifier], text, encoder)[0][field]


def explain_all(classifiers: Sequence[Classifier], text: str, encoder: Encoder) -> list[dict[TicketField, Explanation]]:
    """Explains every field of each classifier; the text is encoded without each of its parts once for all of them."""
    words = list(dict.fromkeys(fold(word) for word in _WORD.findall(text)))[:_MOST_WORDS]
    sentences = [part for part in _SENTENCE_END.split(text) if part.strip()][:_MOST_SENTENCES]
    wordless = [_without_word(text, word) for word in words]
    variants = [text, *wordless, *(_without(sentences, at) for at in range(len(sentences)))]
    vectors = encoder.encode(variants)
    return [
        {
            field: _explained(classifier, field, judged.probabilities, words, sentences, text, vectors[0])
            for field, judged in classifier.judge(variants, vectors).items()
        }
        for classifier in classifiers
    ]


def _explained(
    classifier: Classifier,
    field: TicketField,
    probabilities: NDArray[np.float64],
    words: Sequence[str],
    sentences: Sequence[str],
    text: str,
    vector: NDArray[np.float32],
) -> Explanation:
    """`probabilities` are of the text, of it without each word, and of it without each sentence."""
    head = classifier.heads[field]
    names, place = head.names()
    summed = probabilities @ np.eye(len(names))[place]
    best = int(summed[0].argmax())
    weights = summed[0, best] - summed[1:, best]
    alike = classifier.alike([text], vector[None, :], head.likeness)[0]
    return Explanation(
        value=names[best],
        probability=float(summed[0, best]),
        words=_heaviest(words, weights[: len(words)])[:_NAMED_WORDS],
        sentence=next(iter(_heaviest(sentences, weights[len(words) :])), None) if len(sentences) > 1 else None,
        neighbours=neighbours(classifier, head, alike),
    )


def _heaviest(parts: Sequence[str], weights: NDArray[np.float64]) -> tuple[Part, ...]:
    named = [Part(part, float(weight)) for part, weight in zip(parts, weights, strict=True) if weight >= _LEAST_WEIGHT]
    return tuple(sorted(named, key=lambda part: -part.weight))


def _without_word(text: str, word: str) -> str:
    return _WORD.sub(lambda found: "" if fold(found.group()) == word else found.group(), text)


def _without(sentences: Sequence[str], at: int) -> str:
    return " ".join(one for number, one in enumerate(sentences) if number != at)
