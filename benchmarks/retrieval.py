"""How well the right article is found, by words alone, by the encoder alone, and by what was learned of both.

What is learned is judged on each collection by weights learned on the others. Run it with:
TRIAGEM_BENCH_DATA=DIR TRIAGEM_BENCH_RIVAL=FOLDER python -m benchmarks.retrieval
where FOLDER, which may be left out, is another encoder, as `python -m training.encoder.export` writes it.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import data_digest, data_folder, write_result
from training.collections import (
    Collection,
    Judged,
    read_collections,
    read_judges,
    read_off_topic,
    read_requests_elsewhere,
)
from training.metrics import bootstrap_interval, calibration_error, chance_error, ndcg, recall_at, reciprocal_rank
from training.recalibration import fit
from training.relevance import DESK, Examples, examples_of, learn, open_collection, shuffled
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.search.recalibration import Recalibration
from triagem.search.relevance import SHOW_AT, Model
from triagem.search.searcher import Evidence, Query, Searcher
from triagem.types import Kind

_WORK = Path("build/collections")
_UNANSWERED = 150
# What a desk has heard when it recalibrates, and how often its observations are drawn anew.
_OBSERVED, _DRAWS = 100, 20
_READ = (
    "adobe_commerce_kb",
    "aia_bde_pt",
    "alchemy_m365_kb_ptbr",
    "banking77",
    "clinc150",
    "stackfaq",
    "tais_ptbr",
    "tobi_synthetic_tickets",
)
# What the project set itself for nDCG@10 before the first line of it was written.
_GOALS = {
    "adobe en symptom -> article": 0.93,
    "adobe pt-BR symptom -> article": 0.92,
    "adobe pt title -> en article": 0.95,
    "aia_bde rewording -> question": 0.87,
    "aia_bde rewording -> answer only": 0.58,
    "stackfaq question -> thread": 0.92,
    "alchemy en heading -> pt body": 0.72,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One query with what both legs found for it."""

    judged: Judged
    evidence: Evidence


def ask(searcher: Searcher, queries: Sequence[Judged]) -> list[Asked]:
    return [Asked(judged, searcher.evidence(DESK, Query(judged.text, prefers=judged.language))) for judged in queries]


def ranked(evidence: Evidence, value: NDArray[np.floating[Any]]) -> list[str]:
    """Ids by falling value; ties by id."""
    return [evidence.ids[n] for n in sorted(range(len(evidence.ids)), key=lambda n: (-value[n], evidence.ids[n]))]


def fused(evidence: Evidence) -> NDArray[np.float64]:
    """Both legs without anything learned: the sum of 1 / (60 + rank) in each, `(n,)`.

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods, SIGIR 2009.
    """
    total = np.zeros(len(evidence.ids))
    place = {one: at for at, one in enumerate(evidence.ids)}
    for value in (evidence.features.words, evidence.features.nearest):
        for rank, one in enumerate(ranked(evidence, value), start=1):
            total[place[one]] += 1 / (60 + rank)
    return total


def quality(asked: Sequence[Asked], values: Sequence[NDArray[np.floating[Any]]]) -> dict[str, Any]:
    """nDCG@10 with its interval, R@1, R@3, MRR over all queries."""
    lists = [ranked(one.evidence, value) for one, value in zip(asked, values, strict=True)]
    gains = [ndcg(found, one.judged.relevant) for found, one in zip(lists, asked, strict=True)]
    pairs = list(zip(lists, (one.judged.relevant for one in asked), strict=True))
    return {
        "ndcg@10": float(np.mean(gains)),
        "interval": bootstrap_interval(gains),
        "r@1": float(np.mean([recall_at(found, relevant, 1) for found, relevant in pairs])),
        "r@3": float(np.mean([recall_at(found, relevant, 3) for found, relevant in pairs])),
        "mrr": float(np.mean([reciprocal_rank(found, relevant) for found, relevant in pairs])),
    }


def trust(
    asked: Sequence[Asked], strangers: Sequence[Asked], elsewhere: Sequence[Asked], model: Model
) -> dict[str, float]:
    """Is relevance a probability, and is nothing shown where nothing helps?

    Nothing helps `strangers`, who are off any topic, and here nothing those who ask for what is `elsewhere`.
    The calibration error is that of the first article of every query, one in five of them a stranger's; `by_chance` is
    what an exact probability would show on as many.
    """
    best, right = [], []
    for one in asked:
        first = int(np.argmax(model.log_odds(one.evidence.features)))
        best.append(model.relevance(one.evidence.features)[first])
        right.append(one.evidence.ids[first] in one.judged.relevant)
    foreign, others = (
        np.array([model.relevance(one.evidence.features).max(initial=0.0) for one in several])
        for several in (strangers, elsewhere)
    )
    some = foreign[: len(asked) // 4]
    shown = np.array(best) >= SHOW_AT
    everyone, helped = np.append(best, some), np.append(right, np.zeros(len(some), bool))
    return {
        "ece_of_first": calibration_error(everyone, helped),
        "ece_by_chance": chance_error(everyone),
        **recalibrated(everyone, helped),
        "shown": float(shown.mean()),
        "right_when_shown": float(np.array(right)[shown].mean()) if shown.any() else 0.0,
        "right_but_hidden": float((~shown & np.array(right)).sum() / max(1, sum(right))),
        "strangers_answered_nothing": float((foreign < SHOW_AT).mean()),
        "others_answered_nothing": float((others < SHOW_AT).mean()),
    }


def recalibrated(said: NDArray[np.float64], helped: NDArray[np.bool_]) -> dict[str, float]:
    """What a desk's own observations make of the calibration error, measured on the half that they are not from.

    The mean over draws; `by_chance` is what exact probabilities would show on as many.
    """
    drawn = np.random.default_rng(0)
    found: dict[str, list[float]] = {"ece_of_half": [], "ece_of_half_own": [], "ece_of_half_by_chance": []}
    for _ in range(_DRAWS):
        order = drawn.permutation(len(said))
        seen, rest = order[: len(said) // 2][:_OBSERVED], order[len(said) // 2 :]
        own = Recalibration(0, *fit(said[seen], helped[seen].astype(np.float64))).of_many(said[rest])
        found["ece_of_half"].append(calibration_error(said[rest], helped[rest]))
        found["ece_of_half_own"].append(calibration_error(own, helped[rest]))
        found["ece_of_half_by_chance"].append(chance_error(own))
    return {name: float(np.mean(values)) for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Queries that a collection does not answer: off any topic, and for other desks. Nothing is learned from them."""

    off_topic: Sequence[Judged]
    elsewhere: Sequence[Judged]


def measure(
    collection: Collection, searcher: Searcher, unanswered: Unanswered, others: Sequence[Examples]
) -> dict[str, Any]:
    model = learn(others)[Kind.ARTICLE]
    asked = ask(searcher, collection.queries)
    unaccented = ask(searcher, collection.without_accents().queries)
    learned = [model.log_odds(one.evidence.features) for one in asked]
    return {
        "queries": len(asked),
        "articles": len(collection.articles),
        "words": quality(asked, [one.evidence.features.words for one in asked]),
        "encoder": quality(asked, [one.evidence.features.nearest for one in asked]),
        "both": quality(asked, [fused(one.evidence) for one in asked]),
        "learned": quality(asked, learned),
        "learned, no accents": quality(unaccented, [model.log_odds(one.evidence.features) for one in unaccented]),
        **trust(asked, ask(searcher, unanswered.off_topic), ask(searcher, unanswered.elsewhere), model),
    }


def folder_of(collection: Collection, encoder: Encoder) -> Path:
    """Where a collection's index of one encoder is kept between runs."""
    return _WORK / encoder.digest[:12] / collection.name.replace(" ", "_").replace(">", "")


def measure_all(encoder: Encoder, data: Path) -> dict[str, dict[str, Any]]:
    """Every collection's figures with one encoder, judged by weights learned with it on the other collections."""
    off_topic = shuffled(read_off_topic(data))
    learned_from = [off_topic[1::2], shuffled(read_requests_elsewhere(data))]
    judges = {collection.name for collection in read_judges(data)}
    collections = [*read_collections(data), *read_judges(data)]
    searchers = {}
    for collection in collections:
        print(f"{encoder.name}: {collection.name}", file=sys.stderr)
        searchers[collection.name] = open_collection(collection, encoder, folder_of(collection, encoder))
    examples = {
        one.name: examples_of(one, searchers[one.name], learned_from) for one in collections if one.name not in judges
    }
    figures = {}
    for one in collections:
        # Collections over the same articles would give each other away.
        apart = [other for other in collections if other.name.split()[0] != one.name.split()[0]]
        elsewhere = shuffled(query for other in apart for query in other.queries)
        unanswered = Unanswered(off_topic[::2][:_UNANSWERED], elsewhere[:_UNANSWERED])
        others = [examples[other.name] for other in apart if other.name in examples]
        figures[one.name] = measure(one, searchers[one.name], unanswered, others)
    return figures


def main() -> None:
    data = data_folder()
    figures = measure_all(open_encoder("default"), data)
    rival = os.environ.get("TRIAGEM_BENCH_RIVAL")
    beside = measure_all(open_encoder(rival), data) if rival else {}
    for name, one in beside.items():
        figures[name]["rival"] = {key: one[key] for key in ("encoder", "learned")}
    write_result(
        "retrieval",
        figures=figures,
        title="Finding the article: nDCG@10 on development collections",
        columns=[
            "collection", "queries", "words", "MiniLM", "encoder", "both", "learned, MiniLM", "learned", "95 %", "goal",
            "R@1", "R@3", "no accents", "ECE", "by chance", "ECE with 100 of its own", "shown",
            "right when shown", "right but hidden",
            "nothing for strangers", "nothing for other desks",
        ],
        rows=[row(name, one) for name, one in figures.items()],
        notes="`learned` ranks by weights fitted on the other collections. To alchemy, tobi and tais nothing is "
        "fitted; alchemy was in view (its loss led to the rule on untitled articles), tobi and tais were used "
        "for no choice of ranking, though tais's questions taught the others what is asked elsewhere. `learned, "
        "MiniLM` has MiniLM's vectors and our table of word pieces. `both` fuses words and encoder by rank "
        "alone. `ECE with 100 of its own`: on half of the queries, with the shipped relevance and after "
        "`triagem calibrate` on 100 of the other half; in brackets what exact probabilities show on as many.",
        data=data_digest(*(path for folder in _READ for path in sorted((data / folder).glob("*.*")))),
        seed=0,
    )  # fmt: skip


def row(name: str, one: dict[str, Any]) -> list[Any]:
    learned = one["learned"]
    low, high = learned["interval"]
    rival = {key: _two(one["rival"][key]["ndcg@10"]) if "rival" in one else "–" for key in ("encoder", "learned")}
    return [
        name, one["queries"], _two(one["words"]["ndcg@10"]), rival["encoder"], _two(one["encoder"]["ndcg@10"]),
        _two(one["both"]["ndcg@10"]),
        rival["learned"], _two(learned["ndcg@10"]), f"{_two(low)}–{_two(high)}", _goal(name, learned["ndcg@10"]),
        _two(learned["r@1"]), _two(learned["r@3"]),
        _two(one["learned, no accents"]["ndcg@10"]), _two(one["ece_of_first"]), _two(one["ece_by_chance"]),
        f"{_two(one['ece_of_half'])} → {_two(one['ece_of_half_own'])} ({_two(one['ece_of_half_by_chance'])})",
        f"{one['shown']:.0%}",
        f"{one['right_when_shown']:.0%}", f"{one['right_but_hidden']:.0%}", f"{one['strangers_answered_nothing']:.0%}",
        f"{one['others_answered_nothing']:.0%}",
    ]  # fmt: skip


def _goal(name: str, value: float) -> str:
    if name not in _GOALS:
        return "–"
    return f"{_GOALS[name]:.2f} {'reached' if value >= _GOALS[name] else 'missed'}"


def _two(value: float) -> str:
    return f"{value:.3f}"


if __name__ == "__main__":
    main()
