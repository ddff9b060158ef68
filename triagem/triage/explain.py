"""Why a field was given a value: the words and the sentence without which it would be less likely, and tickets like it.

Everything is measured by asking the model again, so that whoever removes a named word sees what was said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from triagem.encoder.base import Encoder, Vectors
from triagem.text.normalise import fold
from triagem.triage.classifier import Classifier, Head
from triagem.triage.grounds import Neighbour, neighbours
from triagem.triage.kernel import Matrix
from triagem.types import TicketField

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
# Each part costs one call of the encoder's batch; what a longer ticket says after these is seldom what decides.
_MOST_WORDS = 60
_MOST_SENTENCES = 20
_NAMED_WORDS = 5
# Measured on the sample desk, on what it learned and on what half of it had not seen: from these on 5 % of the words
# that say nothing of a subject are named, and 32 % or 24 % of the others. Without the share of the heaviest it is 10 %.
_LEAST_WEIGHT = 0.2
_LEAST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """A word, folded, or a sentence. Without it the log-odds of the value are lower by `weight`.

    They are those of the scale's logits, which still move where the probability is as near to 1 as it can be.
    """

    text: str
    weight: float

    @property
    def factor(self) -> float:
        """By what the odds are divided without it."""
        return exp(self.weight)


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
    return [_explained_fields(one, variants, vectors, words, sentences) for one in classifiers]


def _explained_fields(
    classifier: Classifier, variants: Sequence[str], vectors: Vectors, words: Sequence[str], sentences: Sequence[str]
) -> dict[TicketField, Explanation]:
    likenesses = {head.likeness for head in classifier.heads.values()}
    alike = {likeness: classifier.alike(variants, vectors, likeness) for likeness in likenesses}
    return {
        field: _explained(classifier, head, alike[head.likeness], words, sentences)
        for field, head in classifier.heads.items()
    }


def _explained(
    classifier: Classifier, head: Head, alike: Matrix, words: Sequence[str], sentences: Sequence[str]
) -> Explanation:
    """`alike` are the text, the text without each word, and the text without each sentence."""
    names, place = head.names()
    scores = alike @ head.weights
    summed = np.bincount(place, weights=head.scale.probabilities(scores[:1])[0])
    best = int(summed.argmax())
    odds = _log_odds(head.scale.logits(scores), place == best)
    weights = odds[0] - odds[1:]
    return Explanation(
        value=names[best],
        probability=float(summed[best]),
        words=_heaviest(words, weights[: len(words)])[:_NAMED_WORDS],
        sentence=next(iter(_heaviest(sentences, weights[len(words) :])), None) if len(sentences) > 1 else None,
        neighbours=neighbours(classifier, head, alike[0]),
    )


def _log_odds(logits: NDArray[np.float64], own: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of the classes of one name against all others, `(n,)`; 0 where there are no others to be taken for."""
    if own.all():
        return np.zeros(len(logits))
    odds: NDArray[np.float64] = np.logaddexp.reduce(logits[:, own], axis=1) - np.logaddexp.reduce(
        logits[:, ~own], axis=1
    )
    return odds


def _heaviest(parts: Sequence[str], weights: NDArray[np.float64]) -> tuple[Part, ...]:
    least = max(_LEAST_WEIGHT, _LEAST_SHARE * weights.max(initial=0.0))
    named = [Part(part, float(weight)) for part, weight in zip(parts, weights, strict=True) if weight >= least]
    return tuple(sorted(named, key=lambda part: -part.weight))


def _without_word(text: str, word: str) -> str:
    return _WORD.sub(lambda found: "" if fold(found.group()) == word else found.group(), text)


def _without(sentences: Sequence[str], at: int) -> str:
    return " ".join(one for number, one in enumerate(sentences) if number != at)
