"""How well tickets are sorted, beside a linear model on words and a logistic regression on the encoder's vectors.

All three learn from the same tickets and are judged on the same others. Run it with:
TRIAGEM_BENCH_DATA=DIR python -m benchmarks.classification
"""

import argparse
import gzip
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from benchmarks.harness import Stopwatch, data_digest, data_folder, peak_memory_mb, write_result
from training.dataset import Example, Snapshot
from training.fit import fit, readable
from training.metrics import auroc, calibration_error, macro_f1
from training.report import realised
from triagem.encoder.base import Encoder, Vectors
from triagem.encoder.open import open_encoder
from triagem.text.normalise import digest, fold
from triagem.triage.classifier import Judgement
from triagem.triage.thresholds import Evidence, thresholds
from triagem.types import Language, TicketField

FIELD = TicketField.CATEGORY
TARGETS = (0.90, 0.95)
_CACHE = Path("build/benchmark-vectors")
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their vectors and labels."""

    texts: Sequence[str]
    vectors: Vectors
    labels: NDArray[np.str_]

    def at(self, positions: Sequence[int] | NDArray[Any]) -> "Labelled":
        return Labelled([self.texts[at] for at in positions], self.vectors[positions], self.labels[positions])


@dataclass(frozen=True, slots=True)
class Ours:
    """A fitted classifier of ours: what it makes of other texts, and what its evidence proves."""

    classes: NDArray[np.str_]
    judged: Judgement
    evidence: Evidence
    seconds: float

    @property
    def predicted(self) -> NDArray[np.str_]:
        named: NDArray[np.str_] = self.classes[self.judged.probabilities.argmax(axis=1)]
        return named

    @property
    def confidence(self) -> NDArray[np.float64]:
        highest: NDArray[np.float64] = self.judged.probabilities.max(axis=1)
        return highest


class Bench:
    """One encoder, whose vectors are kept between runs, and both other learners."""

    def __init__(self, encoder: Encoder, seeds: int) -> None:
        self.encoder = encoder
        self.seeds = seeds

    def labelled(self, rows: Sequence[tuple[str, str]]) -> Labelled:
        texts = [text for text, _ in rows]
        path = _CACHE / f"{digest(self.encoder.digest, *texts)[:32]}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, self._encoded(texts))
        vectors = np.load(path).astype(np.float32)
        return Labelled(texts, vectors, np.array([label for _, label in rows]))

    def ours(self, learn: Labelled, judge: Labelled, *, known: Iterable[str] = ()) -> Ours:
        watch = Stopwatch()
        day = datetime(2026, 1, 1, tzinfo=UTC)
        examples = tuple(
            Example(f"{at:06}", day, Language.UND, text, str(at), {FIELD: str(label)})
            for at, (text, label) in enumerate(zip(learn.texts, learn.labels, strict=True))
        )
        listed = {FIELD: dict.fromkeys(known, "")}
        snapshot = Snapshot(examples, learn.vectors, "", self.encoder.digest, 0, known=listed)
        fitted = fit(
            snapshot,
            self.encoder,
            [FIELD],
            seed=0,
            threads=os.cpu_count() or 1,
            on_progress=lambda share, what: None,  # noqa: ARG005
        )
        seconds, head = watch.seconds(), fitted.classifier.heads[FIELD]
        judged = fitted.classifier.judge(judge.texts, judge.vectors)[FIELD]
        return Ours(np.array(head.classes), judged, head.evidence, seconds)

    def linear(self, learn: Labelled, judge: Labelled) -> NDArray[np.str_]:
        """TF-IDF of words 1-2 and characters 3-4 with a linear support vector machine."""
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, preprocessor=fold)
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, preprocessor=fold)
        model = make_pipeline(make_union(words, grams), LinearSVC(C=0.5))
        predicted: NDArray[np.str_] = model.fit(learn.texts, learn.labels).predict(judge.texts)
        return predicted

    def logistic(self, learn: Labelled, judge: Labelled) -> NDArray[np.str_]:
        """Logistic regression on the encoder's vectors alone."""
        model = LogisticRegression(C=10, max_iter=300)
        predicted: NDArray[np.str_] = model.fit(learn.vectors, learn.labels).predict(judge.vectors)
        return predicted

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float16]:
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        encoded = np.zeros((len(texts), self.encoder.dimension), dtype=np.float16)
        for start in range(0, len(order), _AT_ONCE):
            chunk = order[start : start + _AT_ONCE]
            encoded[chunk] = self.encoder.encode([texts[at] for at in chunk])
        return encoded


def fifths(labels: NDArray[np.str_], seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions to learn from and a stratified fifth to judge by."""
    drawn = np.random.default_rng(seed)
    out = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        of_class = drawn.permutation(np.flatnonzero(labels == label))
        out[of_class[: round(len(of_class) / 5)]] = True
    return np.flatnonzero(~out), np.flatnonzero(out)


def sorting(bench: Bench, every: Labelled) -> dict[str, Any]:
    """Accuracy of the three over several fifths, calibration, and what auto covers at two targets."""
    runs = [_one_fifth(bench, every, seed) for seed in range(bench.seeds)]
    return _mean_of(runs)


def _one_fifth(bench: Bench, every: Labelled, seed: int) -> dict[str, float]:
    learning, judging = fifths(every.labels, seed)
    learn, judge = every.at(learning), every.at(judging)
    return {
        "linear": float((bench.linear(learn, judge) == judge.labels).mean()),
        "logistic": float((bench.logistic(learn, judge) == judge.labels).mean()),
        **_quality(bench.ours(learn, judge), judge),
    }


def _quality(ours: Ours, judge: Labelled) -> dict[str, float]:
    right = ours.predicted == judge.labels
    found = {
        "ours": float(right.mean()),
        "macro_f1": macro_f1(judge.labels, ours.predicted),
        "ece": calibration_error(ours.confidence, right),
        "fit_s": ours.seconds,
    }
    best = ours.judged.probabilities.argmax(axis=1).astype(np.int32)
    unseen = Evidence(best, ours.confidence, right)
    for target in TARGETS:
        proven = thresholds(ours.evidence, classes=len(ours.classes), target=target)
        outcome, opened = realised(unseen, proven), [one for one, bar in enumerate(proven) if bar.tickets]
        bars = np.array([bar.probability for bar in proven])
        covered = unseen.probability >= bars[best]
        kept = [right[covered & (best == one)].mean() >= target for one in opened if (covered & (best == one)).any()]
        found[f"coverage@{target}"] = outcome["coverage"] or 0.0
        found[f"precision@{target}"] = outcome["precision"] or 0.0
        found[f"classes_kept@{target}"] = float(np.mean(kept)) if kept else 1.0
    return found


def few(bench: Bench, every: Labelled, examples: int) -> dict[str, Any]:
    """Learning from that many examples a class; with none, from the classes' names alone."""
    runs = []
    classes = np.unique(every.labels)
    names = bench.labelled([(readable(name), name) for name in classes])
    for seed in range(bench.seeds if examples else 1):
        learning, judging = fifths(every.labels, seed)
        drawn = np.random.default_rng(seed).permutation(learning)
        chosen = [at for name in classes for at in drawn[every.labels[drawn] == name][:examples]]
        learn, judge = every.at(np.array(chosen, dtype=np.intp)), every.at(judging)
        joined = Labelled(
            [*names.texts, *learn.texts],
            np.concatenate([names.vectors, learn.vectors]),
            np.concatenate([names.labels, learn.labels]),
        )
        runs.append(
            {
                "linear": float((bench.linear(joined, judge) == judge.labels).mean()),
                "logistic": float((bench.logistic(joined, judge) == judge.labels).mean()),
                "ours": float((bench.ours(learn, judge, known=classes).predicted == judge.labels).mean()),
            }
        )
    return _mean_of(runs)


def strangers(bench: Bench, learn: Labelled, inside: Labelled, outside: Labelled) -> dict[str, Any]:
    """AUROC of telling texts of no class from those of some, and accuracy on the latter."""
    joined = Labelled(
        [*inside.texts, *outside.texts],
        np.concatenate([inside.vectors, outside.vectors]),
        np.concatenate([inside.labels, outside.labels]),
    )
    ours = bench.ours(learn, joined)
    cut = len(inside.texts)
    return {
        "ours": float((ours.predicted[:cut] == inside.labels).mean()),
        "linear": float((bench.linear(learn, inside) == inside.labels).mean()),
        "logistic": float((bench.logistic(learn, inside) == inside.labels).mean()),
        "auroc": auroc(ours.judged.familiarity[:cut], ours.judged.familiarity[cut:]),
        "auroc_of_probability": auroc(ours.confidence[:cut], ours.confidence[cut:]),
        "ece": calibration_error(ours.confidence[:cut], ours.predicted[:cut] == inside.labels),
        "fit_s": ours.seconds,
    }


def split(bench: Bench, learn: Labelled, judge: Labelled) -> dict[str, Any]:
    """The three on a split that the collection itself makes."""
    return {
        "linear": float((bench.linear(learn, judge) == judge.labels).mean()),
        "logistic": float((bench.logistic(learn, judge) == judge.labels).mean()),
        **_quality(bench.ours(learn, judge), judge),
    }


def _mean_of(runs: Sequence[dict[str, float]]) -> dict[str, Any]:
    means = {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
    spread = {f"{name}_sd": float(np.std([run[name] for run in runs])) for name in ("ours",)}
    return {**means, **spread, "seeds": len(runs)}


def _rows(path: Path, text: str = "text", label: str = "label", **only: Any) -> list[tuple[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    records = [json.loads(line) for line in content.splitlines()]
    return [
        (record[text], record[label])
        for record in records
        if all(record.get(name) == value for name, value in only.items())
    ]


def _severities(path: Path, part: str) -> list[tuple[str, str]]:
    severe = {"blocker": "severe", "critical": "severe", "major": "severe", "minor": "mild", "trivial": "mild"}
    rows = (
        _rows(path, label="severity", split=part, in_train=0)
        if part == "test"
        else _rows(path, label="severity", split=part)
    )
    return [(text, severe[label]) for text, label in rows if label in severe]


def measure(bench: Bench, data: Path, chosen: Sequence[str]) -> dict[str, Any]:
    """Every collection that was chosen."""
    clinc, oos = data / "clinc150", data / "oos_banking_clinc" / "banking77_oos.jsonl"
    mozilla = data / "bugzilla_reports" / "mozilla_severity_balanced.jsonl.gz"
    figures: dict[str, Any] = {}
    if "banking77" in chosen:
        every = bench.labelled(_rows(data / "banking77" / "train.jsonl"))
        figures["banking77"] = sorting(bench, every)
        for examples in (10, 5, 1, 0):
            figures[f"banking77, {examples} a class"] = few(bench, every, examples)
    if "tais" in chosen:
        every = bench.labelled(_rows(data / "tais_ptbr" / "utterances.jsonl", label="intent"))
        figures["tais (pt-BR)"] = sorting(bench, every)
    if "oos" in chosen:
        parts = [bench.labelled(_rows(oos, split=split_, scope=scope)) for split_, scope in _OOS_PARTS]
        figures["banking77_oos, near"] = strangers(bench, parts[0], parts[1], parts[2])
    if "clinc150" in chosen:
        learn = bench.labelled(_rows(clinc / "train.jsonl", oos=0))
        inside, outside = (bench.labelled(_rows(clinc / "val.jsonl", oos=number)) for number in (0, 1))
        figures["clinc150"] = strangers(bench, learn, inside, outside)
    if "mozilla" in chosen:
        learn, judge = (bench.labelled(_severities(mozilla, part)) for part in ("train", "test"))
        figures["mozilla severe/mild"] = split(bench, learn, judge)
    return figures


_OOS_PARTS = (("train", "in"), ("valid", "in"), ("valid", "id-oos"))
_SETS = ("banking77", "tais", "oos", "clinc150", "mozilla")
_FILES = (
    "banking77/train.jsonl",
    "tais_ptbr/utterances.jsonl",
    "oos_banking_clinc/banking77_oos.jsonl",
    "clinc150/train.jsonl",
    "clinc150/val.jsonl",
    "bugzilla_reports/mozilla_severity_balanced.jsonl.gz",
)
_SHOWN = ("linear", "logistic", "ours", "ece", "auroc", "coverage@0.9", "coverage@0.95", "fit_s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(_SETS), help="Comma-separated: %(default)s")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--encoder", default=os.environ.get("TRIAGEM_ENCODER", "default"))
    asked = parser.parse_args()
    data = data_folder()
    encoder = open_encoder(asked.encoder)
    figures = measure(Bench(encoder, asked.seeds), data, asked.sets.split(","))
    figures["encoder"], figures["peak_memory_mb"] = encoder.digest, peak_memory_mb()
    rows = [
        [name, *(f"{found[shown]:.3f}" if shown in found else "" for shown in _SHOWN)]
        for name, found in figures.items()
        if isinstance(found, dict)
    ]
    write_result(
        "classification",
        figures=figures,
        title="Sorting the ticket: accuracy on tickets that were not learned from",
        columns=["set", "TF-IDF + SVM", "encoder + logistic", "Triagem", "ECE", "out-of-scope AUROC", *_SHOWN[5:]],
        rows=rows,
        notes="Development parts only. Coverage is the share that 'auto' fills at a proven precision of 0.90 and 0.95.",
        data=data_digest(*(data / name for name in _FILES)),
        seed=0,
    )


if __name__ == "__main__":
    main()
