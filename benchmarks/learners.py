"""The learners that sorting is compared with, all from the same tickets: ours, words alone, vectors alone, contrastive.

What is measured with them stands in `benchmarks.classification`.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from benchmarks.harness import Stopwatch
from training.dataset import Example, Snapshot
from training.encoder.export import packaged_minilm
from training.fit import fit
from triagem.encoder.base import Encoder, Vectors
from triagem.text.normalise import digest, fold
from triagem.triage.classifier import Head, Judgement
from triagem.types import Language, TicketField

FIELD = TicketField.CATEGORY
_CACHE = Path("build/benchmark-vectors")
_AT_ONCE = 64
# SetFit's recipe on two cores: so many steps of so many pairs, half of them of one class.
_STEPS, _PAIRS, _RATE = 200, 16, 2e-5


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their vectors and labels."""

    texts: Sequence[str]
    vectors: Vectors
    labels: NDArray[np.str_]

    def at(self, positions: Sequence[int] | NDArray[Any]) -> "Labelled":
        return Labelled([self.texts[at] for at in positions], self.vectors[positions], self.labels[positions])

    def joined(self, other: "Labelled") -> "Labelled":
        return Labelled(
            [*self.texts, *other.texts],
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.labels, other.labels]),
        )


@dataclass(frozen=True, slots=True)
class Ours:
    """A fitted classifier of ours, what it makes of other texts, and how long fitting took."""

    head: Head
    judged: Judgement
    seconds: float

    @property
    def predicted(self) -> NDArray[np.str_]:
        named: NDArray[np.str_] = np.array(self.head.classes)[self.judged.probabilities.argmax(axis=1)]
        return named

    @property
    def confidence(self) -> NDArray[np.float64]:
        highest: NDArray[np.float64] = self.judged.probabilities.max(axis=1)
        return highest


def labelled(encoder: Encoder, rows: Sequence[tuple[str, str]]) -> Labelled:
    """Texts and labels with their vectors, which are kept between runs."""
    texts = [text for text, _ in rows]
    path = _CACHE / f"{digest(encoder.digest, *texts)[:32]}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, _encoded(encoder, texts))
    return Labelled(texts, np.load(path).astype(np.float32), np.array([label for _, label in rows]))


def ours(encoder: Encoder, learn: Labelled, judge: Labelled, *, known: Iterable[str] = ()) -> Ours:
    watch = Stopwatch()
    day = datetime(2026, 1, 1, tzinfo=UTC)
    examples = tuple(
        Example(f"{at:06}", day, Language.UND, text, str(at), {FIELD: str(label)})
        for at, (text, label) in enumerate(zip(learn.texts, learn.labels, strict=True))
    )
    listed = {FIELD: dict.fromkeys(known, "")}
    snapshot = Snapshot(examples, learn.vectors, 0, listed)
    threads = os.cpu_count() or 1
    fitted = fit(snapshot, encoder, [FIELD], seed=0, threads=threads, on_progress=_quietly)
    seconds = watch.seconds()
    judged = fitted.classifier.judge(judge.texts, judge.vectors)[FIELD]
    return Ours(fitted.classifier.heads[FIELD], judged, seconds)


def linear(learn: Labelled, judge: Labelled) -> NDArray[np.str_]:
    """TF-IDF of words 1-2 and characters 3-4 with a linear support vector machine."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, preprocessor=fold)
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, preprocessor=fold)
    model = make_pipeline(make_union(words, grams), LinearSVC(C=0.5))
    predicted: NDArray[np.str_] = model.fit(learn.texts, learn.labels).predict(judge.texts)
    return predicted


def logistic(learn: Labelled, judge: Labelled) -> NDArray[np.str_]:
    """Logistic regression on the encoder's vectors alone."""
    model = LogisticRegression(C=10, max_iter=300)
    predicted: NDArray[np.str_] = model.fit(learn.vectors, learn.labels).predict(judge.vectors)
    return predicted


def contrastive(learn: Labelled, judge: Labelled, *, seed: int) -> NDArray[np.str_]:
    """MiniLM fine-tuned on pairs of tickets of one class and of two, then logistic regression.

    The recipe of SetFit (Tunstall et al. 2022, arXiv 2209.11055) with a bounded number of steps.
    """
    # Seven seconds and torch, for this learner only.
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.manual_seed(seed)
    model = SentenceTransformer(str(packaged_minilm()), device="cpu")
    optimiser = torch.optim.AdamW(model.parameters(), lr=_RATE)
    drawn = np.random.default_rng(seed)
    model.train()
    for _ in range(_STEPS):
        left, right, same = _pairs(learn.labels, drawn)
        tokens = model.preprocess([learn.texts[at] for at in (*left, *right)])
        vectors = torch.nn.functional.normalize(model(tokens)["sentence_embedding"])
        cosine = (vectors[:_PAIRS] * vectors[_PAIRS:]).sum(dim=1)
        loss = torch.nn.functional.mse_loss(cosine, torch.tensor(same, dtype=torch.float32))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    taught, asked = (
        model.encode(list(part.texts), normalize_embeddings=True, show_progress_bar=False) for part in (learn, judge)
    )
    return logistic(Labelled(learn.texts, taught, learn.labels), Labelled(judge.texts, asked, judge.labels))


def _pairs(labels: NDArray[np.str_], drawn: np.random.Generator) -> tuple[list[int], list[int], list[bool]]:
    left = drawn.integers(0, len(labels), _PAIRS).tolist()
    right = []
    for number, at in enumerate(left):
        alike = np.flatnonzero((labels == labels[at]) == (number % 2 == 0))
        right.append(int(drawn.choice(alike)))
    return left, right, [bool(labels[one] == labels[other]) for one, other in zip(left, right, strict=True)]


def _encoded(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float16]:
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    encoded = np.zeros((len(texts), encoder.dimension), dtype=np.float16)
    for start, end in pairwise([*range(0, len(order), _AT_ONCE), len(order)]):
        encoded[order[start:end]] = encoder.encode([texts[at] for at in order[start:end]])
    return encoded


def _quietly(share: float, what: str) -> None:
    pass
