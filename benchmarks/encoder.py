"""What the shipped encoder costs beside all-MiniLM-L6-v2 in int8, and what int8 costs it beside its own fp32.

Run it with: TRIAGEM_BENCH_DATA=DIR TRIAGEM_BENCH_TRAINED=FOLDER python -m benchmarks.encoder
where FOLDER, which may be left out, holds the weights that the shipped ones were exported from: what
`python -m training.encoder` leaves as `averaged` among its stages.
"""

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from benchmarks.harness import Stopwatch, data_digest, data_folder, write_result
from training.collections import Collection, read_collections, read_judges
from training.encoder.evaluate import ndcg, tasks
from training.encoder.export import MINILM, export, packaged_minilm
from triagem.encoder.manifest import MODEL, TOKENIZER, read_manifest, sha256, write_manifest
from triagem.encoder.onnx import OnnxEncoder
from triagem.encoder.open import WEIGHTS
from triagem.text.inputs import passage_input
from triagem.text.markdown import read_document

# What the service gives the encoder with one worker: every core that it may use.
THREADS = len(os.sched_getaffinity(0))
_IN_A_ROW = 8
_BATCH = 32
# Passages of some thirty articles, as many as the indexer hands over; the encoder sorts them into batches by length.
_INDEXED = 128
_ARTICLES = 200
_COMPARED = 64
_OURS, _ALIKE, _PLAIN = "ours", "MiniLM exported as ours", "MiniLM in plain int8"
# What the project set itself beside MiniLM in int8 before the first line of it was written.
_SLOWEST_QUERY, _LEAST_INDEXING = 1.2, 1.0
_LEFT_OUT = ("adobe pt title -> en article",)
_READ = ("adobe_commerce_kb", "aia_bde_pt", "alchemy_m365_kb_ptbr", "stackfaq")


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in a drawn order; in how many rounds they are encoded one by one and in batches, and how many at once."""

    name: str
    texts: list[str]
    singly: int
    batched: int
    at_once: int


def texts_of(data: Path) -> list[Texts]:
    """Questions as people ask them, and passages as the indexer hands them to the encoder."""
    read = {one.name: one for one in (*read_collections(data), *read_judges(data))}
    questions = {
        "aia_bde questions, pt": read["aia_bde rewording -> question"],
        "stackfaq questions, en": read["stackfaq question -> thread"],
    }
    bases = {
        "adobe passages, pt": read["adobe pt-BR symptom -> article"],
        "adobe passages, en": read["adobe en symptom -> article"],
        "alchemy passages, pt": read["alchemy en heading -> pt body"],
    }
    return [
        *(
            Texts(name, _drawn([query.text for query in one.queries]), 80, 30, _BATCH)
            for name, one in questions.items()
        ),
        *(Texts(name, _drawn(_passages(one)), 0, 8, _INDEXED) for name, one in bases.items()),
    ]


def _passages(collection: Collection) -> list[str]:
    return [
        passage_input(article.title, passage.heading, passage.text)
        for article in _drawn(collection.articles)[:_ARTICLES]
        for passage in read_document(article.body, article.format).passages
    ]


def _drawn(several: Sequence[Any]) -> list[Any]:
    return random.Random(0).sample(several, len(several))


def rivals(work: Path) -> tuple[OnnxEncoder, dict[str, OnnxEncoder]]:
    """MiniLM in fp32, and in int8 both ways: as `training.encoder.export` does it and as onnxruntime does by itself."""
    export(packaged_minilm(), work / "minilm", name=MINILM, int8=False)
    export(packaged_minilm(), work / "alike", name=MINILM)
    plain_int8(work / "minilm", work / "plain")
    return _opened(work / "minilm"), {_ALIKE: _opened(work / "alike"), _PLAIN: _opened(work / "plain")}


def plain_int8(fp32: Path, out: Path) -> None:
    """Writes the folder again with weights in onnxruntime's dynamic int8, a scale for each column of a matrix.

    One scale for a whole matrix, its default, stands further from fp32 (cosine 0.94 of Portuguese questions, not 0.99).
    """
    manifest = read_manifest(fp32)
    out.mkdir()
    quantize_dynamic(
        fp32 / MODEL,
        out / MODEL,
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},  # of the operators that it does not know
    )
    shutil.copy(fp32 / TOKENIZER, out)
    files = {name: sha256(out / name) for name in (MODEL, TOKENIZER)}
    write_manifest(out, replace(manifest, files=files, made={"from": manifest.name, "weights": "int8"}))


def unrounded(trained: Path, work: Path) -> OnnxEncoder:
    """Our encoder in fp32. Raises `ValueError` where `trained` is not what the shipped weights were exported from."""
    shipped = read_manifest(WEIGHTS)
    again = export(trained, work / "again", name=shipped.name, max_tokens=shipped.max_tokens)
    if any(again.files[name] != shipped.files[name] for name in again.files):
        raise ValueError(f"{trained}, exported, does not give the shipped {MODEL} and {TOKENIZER}: name their source.")
    export(trained, work / "ours", name=shipped.name, max_tokens=shipped.max_tokens, int8=False)
    return _opened(work / "ours")


def _opened(folder: Path) -> OnnxEncoder:
    return OnnxEncoder(folder, threads=THREADS)


def tokens(folder: Path, texts: Sequence[str], *, max_tokens: int) -> dict[str, float]:
    """Tokens of a text on the mean, without the two special ones, and the share of texts that `max_tokens` cuts."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    lengths = np.array([len(one.ids) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)])
    return {"mean": float(lengths.mean()), "cut": float((lengths + 2 > max_tokens).mean())}


def milliseconds(encoder: OnnxEncoder, texts: Sequence[str]) -> float:
    """The median of a single text's."""
    taken = []
    for text in texts:
        watch = Stopwatch()
        encoder.encode([text])
        taken.append(1000 * watch.seconds())
    return float(np.median(taken))


def per_second(encoder: OnnxEncoder, texts: Sequence[str]) -> float:
    watch = Stopwatch()
    encoder.encode(texts)
    return len(texts) / watch.seconds()


def side_by_side(
    measured: Callable[[OnnxEncoder, Sequence[str]], float],
    encoders: Mapping[str, OnnxEncoder],
    texts: Sequence[str],
    *,
    rounds: int,
    at_once: int,
) -> dict[str, dict[str, Any]]:
    """Our encoder beside each other one, which in every round get the same texts one after another, in turned order.

    Medians of the rounds; the ratios are of one round each, so that what slows the machine slows both sides of them.
    """
    found: dict[str, list[float]] = {name: [] for name in encoders}
    for number in range(rounds):
        some = [texts[place % len(texts)] for place in range(number * at_once, (number + 1) * at_once)]
        names = [*encoders][number % len(encoders) :] + [*encoders][: number % len(encoders)]
        for name in names:
            found[name].append(measured(encoders[name], some))
    ours = np.array(found.pop(_OURS))
    return {name: _beside(ours, np.array(its)) for name, its in found.items()}


def _beside(ours: NDArray[np.float64], its: NDArray[np.float64]) -> dict[str, Any]:
    ratios = ours / its
    return {
        "ours": float(np.median(ours)),
        "its": float(np.median(its)),
        "ratio": float(np.median(ratios)),
        "quartiles": [float(one) for one in np.quantile(ratios, (0.25, 0.75))],
        "range": [float(ratios.min()), float(ratios.max())],
    }


def speed(several: Sequence[Texts], others: Mapping[str, OnnxEncoder]) -> dict[str, Any]:
    encoders = {_OURS: _opened(WEIGHTS), **others}
    figures: dict[str, Any] = {"ms": {}, "texts/s": {}}
    for one in several:
        print(one.name, file=sys.stderr)
        for encoder in encoders.values():
            encoder.encode(one.texts[:_BATCH])
        if one.singly:
            figures["ms"][one.name] = side_by_side(
                milliseconds, encoders, one.texts, rounds=one.singly, at_once=_IN_A_ROW
            )
        figures["texts/s"][one.name] = side_by_side(
            per_second, encoders, one.texts, rounds=one.batched, at_once=one.at_once
        )
    return figures


def closeness(encoder: OnnxEncoder, fp32: OnnxEncoder, texts: Sequence[str]) -> dict[str, float]:
    """Mean and lowest cosine of an encoder's vectors to those of the weights before rounding."""
    cosines = np.sum(encoder.encode(texts) * fp32.encode(texts), axis=1)
    return {"mean": float(cosines.mean()), "lowest": float(cosines.min())}


def quality(fp32: OnnxEncoder, data: Path) -> dict[str, dict[str, float]]:
    """nDCG@10 of the vectors alone by development task, ours and in fp32; articles cut as `evaluate` cuts them.

    Titles across languages are left out: near their ceiling and with long texts, they say least for their minutes.
    """
    ours = _opened(WEIGHTS)
    figures = {}
    for task in tasks(data):
        if task.name in _LEFT_OUT:
            continue
        print(task.name, file=sys.stderr)
        figures[task.name] = {"queries": len(task.queries), "ours": ndcg(ours, task), "its": ndcg(fp32, task)}
    return figures


def measure(data: Path, work: Path) -> dict[str, Any]:
    several = texts_of(data)
    minilm, others = rivals(work)
    compared = [text for one in several for text in one.texts[:_COMPARED]]
    ours = read_manifest(WEIGHTS)
    figures = {
        "threads": THREADS,
        "tokens": {
            one.name: {
                "ours": tokens(WEIGHTS, one.texts, max_tokens=ours.max_tokens),
                "MiniLM": tokens(work / "alike", one.texts, max_tokens=minilm.max_tokens),
            }
            for one in several
        },
        **speed(several, others),
        "cosine to fp32": {name: closeness(encoder, minilm, compared) for name, encoder in others.items()},
    }
    trained = os.environ.get("TRIAGEM_BENCH_TRAINED")
    if trained:
        fp32 = unrounded(Path(trained), work)
        figures["cosine to fp32"][_OURS] = closeness(_opened(WEIGHTS), fp32, compared)
        figures["ndcg@10"] = quality(fp32, data)
    return figures


def rows(figures: dict[str, Any]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for name, both in figures["tokens"].items():
        ours, its = both["ours"]["mean"], both["MiniLM"]["mean"]
        found.append(["tokens a text", name, f"{ours:.1f}", "MiniLM", f"{its:.1f}", f"{ours / its:.2f}", "–", "–"])
    for what, unit, digits in (("ms", "ms of one text", 2), ("texts/s", "texts/s in batches of 32", 0)):
        for name, others in figures[what].items():
            for other, one in others.items():
                low, high = one["quartiles"]
                found.append(
                    [
                        unit, name, f"{one['ours']:.{digits}f}", other, f"{one['its']:.{digits}f}",
                        f"{one['ratio']:.2f}", f"{low:.2f}–{high:.2f}", _goal(what, name, one),
                    ]
                )  # fmt: skip
    for name, one in figures.get("ndcg@10", {}).items():
        found.append(
            [
                "nDCG@10, vectors alone", f"{name} ({one['queries']})", f"{one['ours']:.3f}", "ours in fp32",
                f"{one['its']:.3f}", f"{one['ours'] / one['its']:.3f}", "–", "–",
            ]
        )  # fmt: skip
    return found


def _goal(what: str, name: str, one: dict[str, Any]) -> str:
    """Whether the median ratio reaches its goal, and whether the middle half of the rounds leaves that open."""
    if what == "ms":
        sign, bound, is_reached = "≤", _SLOWEST_QUERY, one["ratio"] <= _SLOWEST_QUERY
    elif "passages, pt" in name:
        sign, bound, is_reached = "≥", _LEAST_INDEXING, one["ratio"] >= _LEAST_INDEXING
    else:
        return "–"
    low, high = one["quartiles"]
    return f"{sign} {bound} {'reached' if is_reached else 'missed'}{', within scatter' if low < bound < high else ''}"


def notes(figures: dict[str, Any]) -> str:
    cosines = ", ".join(f"{name} {one['mean']:.3f}" for name, one in figures["cosine to fp32"].items())
    cut = figures["tokens"]["adobe passages, pt"]
    return (
        f"{figures['threads']} threads; in turns in one run: medians of rounds and of their ratios, with quartiles. "
        "Plain int8 is onnxruntime's own, dynamic, of the same graph. Of adobe's Portuguese passages ours cuts "
        f"{cut['ours']['cut']:.0%} at 256 tokens, MiniLM {cut['MiniLM']['cut']:.0%}. Mean cosine to fp32: {cosines}."
    )


def main() -> None:
    data = data_folder()
    work = Path(tempfile.mkdtemp(prefix="triagem-bench-"))
    try:
        figures = measure(data, work)
    finally:
        shutil.rmtree(work)
    write_result(
        "encoder",
        figures=figures,
        title="The encoder beside MiniLM in int8, and beside its own fp32",
        columns=["what", "texts", "ours", "beside", "its", "ours / its", "quartiles", "goal"],
        rows=rows(figures),
        notes=notes(figures),
        data=data_digest(*(path for folder in _READ for path in sorted((data / folder).glob("*.*")))),
        seed=0,
    )


if __name__ == "__main__":
    main()
