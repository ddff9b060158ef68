"""What past tickets teach the search: the same queries before and after a desk's solved tickets were indexed.

Of half the articles of a collection, drawn by chance, two of the queries become solved tickets that link them (the
sample desk has tickets of its own). Asked are the queries left: those of articles that tickets taught, and of others,
which must not get lost behind them. Ranked by the shipped weights. Run it with:
TRIAGEM_BENCH_DATA=DIR python -m benchmarks.solved
"""

import random
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.harness import data_digest, data_folder, write_result
from benchmarks.retrieval import Asked, ask, folder_of, quality
from training.collections import Collection, Judged, read_collections, sample_tickets
from training.metrics import calibration_error
from training.relevance import DESK, open_collection
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.search.build import build_generation
from triagem.search.relevance import shipped
from triagem.store.database import Database
from triagem.types import Kind, Ticket

_READ = ("aia_bde_pt", "stackfaq")
_SEEDS = range(3)
_TICKETS_EACH = 2
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SAMPLE = "sample desk query -> article"


@dataclass(frozen=True, slots=True)
class Taught:
    """A collection with solved tickets, and the queries left: of articles that have some, and of those without."""

    collection: Collection
    taught: tuple[Judged, ...]
    untaught: tuple[Judged, ...]


def teach(collection: Collection, *, seed: int) -> Taught:
    """Half of the articles that are asked for get two of their queries as solved tickets."""
    drawn = random.Random(seed)
    by_article: dict[str, list[Judged]] = {}
    for query in collection.queries:
        by_article.setdefault(min(query.relevant), []).append(query)
    chosen = set(drawn.sample(sorted(by_article), len(by_article) // 2))
    tickets, taught, untaught = [], [], []
    for article_id, several in by_article.items():
        if article_id not in chosen:
            untaught += several
            continue
        drawn.shuffle(several)
        count = min(_TICKETS_EACH, len(several) - 1)
        tickets += [_solved(f"{article_id}/{n}", one, article_id) for n, one in enumerate(several[:count])]
        taught += several[count:]
    return Taught(replace(collection, tickets=tuple(tickets)), tuple(taught), tuple(untaught))


def _solved(ticket_id: str, query: Judged, article_id: str) -> Ticket:
    return Ticket(
        ticket_id, _ANY_DAY, query.text, language=query.language, closed_at=_ANY_DAY, article_ids=(article_id,)
    )


def taught_collections(data: Path) -> Iterable[tuple[str, list[Taught]]]:
    """By name each collection whose articles several queries ask for, with as many draws as there are seeds."""
    for collection in read_collections(data):
        if collection.name == _SAMPLE:
            yield collection.name, [Taught(replace(collection, tickets=sample_tickets()), collection.queries, ())]
        elif len({min(query.relevant) for query in collection.queries}) < len(collection.queries) / 2:
            yield collection.name, [teach(collection, seed=seed) for seed in _SEEDS]


def measure(several: Sequence[Taught], encoder: Encoder) -> dict[str, Any]:
    """nDCG@10 and the calibration error of first answers before and after, over all draws together."""
    asked: dict[str, list[Asked]] = {"taught before": [], "taught": [], "untaught before": [], "untaught": []}
    for one in several:
        articles = folder_of(one.collection, encoder)
        before = open_collection(replace(one.collection, tickets=()), encoder, articles)
        with TemporaryDirectory(dir=articles.parent) as folder:
            copy = Path(shutil.copytree(articles, folder, dirs_exist_ok=True))
            after = open_collection(one.collection, encoder, copy)
            build_generation(Database(copy), encoder, desk=DESK)
            for when, searcher in ((" before", before), ("", after)):
                asked[f"taught{when}"] += ask(searcher, one.taught)
                asked[f"untaught{when}"] += ask(searcher, one.untaught)
    return {"tickets": float(np.mean([len(one.collection.tickets) for one in several]))} | {
        part: judge(queries) for part, queries in asked.items() if queries
    }


def judge(asked: Sequence[Asked]) -> dict[str, Any]:
    model = shipped()[Kind.ARTICLE]
    odds = [model.log_odds(one.evidence.features) for one in asked]
    firsts = [int(np.argmax(values)) for values in odds]
    said = [model.relevance(one.evidence.features)[first] for one, first in zip(asked, firsts, strict=True)]
    right = [one.evidence.ids[first] in one.judged.relevant for one, first in zip(asked, firsts, strict=True)]
    return {
        "queries": len(asked),
        **quality(asked, odds),
        "ece_of_first": calibration_error(np.array(said), np.array(right)),
    }


def main() -> None:
    data = data_folder()
    encoder = open_encoder("default")
    figures = {}
    for name, several in taught_collections(data):
        print(name, file=sys.stderr)
        figures[name] = measure(several, encoder)
    write_result(
        "solved",
        figures=figures,
        title="What solved tickets teach the search: nDCG@10 before and after",
        columns=["collection", "tickets", "queries", "before", "after", "R@1", "ECE", "of untaught articles"],
        rows=[row(name, one) for name, one in figures.items()],
        notes="`untaught` are queries for articles that no ticket links, in the same index. Three draws; the sample "
        "desk has tickets of its own, which link every article.",
        data=data_digest(*(path for folder in _READ for path in sorted((data / folder).glob("*.*")))),
        seed=0,
    )


def row(name: str, one: dict[str, Any]) -> list[Any]:
    before, after = one["taught before"], one["taught"]
    return [
        name,
        round(one["tickets"]),
        after["queries"],
        f"{before['ndcg@10']:.3f}",
        f"{after['ndcg@10']:.3f}",
        f"{before['r@1']:.2f} → {after['r@1']:.2f}",
        f"{before['ece_of_first']:.3f} → {after['ece_of_first']:.3f}",
        f"{one['untaught before']['ndcg@10']:.3f} → {one['untaught']['ndcg@10']:.3f}" if "untaught" in one else "–",
    ]


if __name__ == "__main__":
    main()
