"""Learns how candidates are ranked and how sure a rank is: the weights that `triagem.search.relevance` applies.

Learned on several public collections at once, each counting alike, and judged on each by weights learned on the others,
so that no collection's quirks are learned. Run it with: python -m training.relevance --data DIR
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training.collections import (
    Collection,
    Judged,
    read_collections,
    read_off_topic,
    read_requests_elsewhere,
    read_ticket_collections,
)
from triagem.encoder import small_talk
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.search import relevance
from triagem.search.build import build_generation, needs_build
from triagem.search.ingest import Incoming, Ingest
from triagem.search.relevance import SURE, Features, Model, assurance, standing
from triagem.search.searcher import Query, Searcher
from triagem.store.database import Database
from triagem.types import Kind

DESK = "main"
_BATCH = 64
_UNANSWERED_SHARE = 0.25
_RIDGE = 1e-6
# A probability learned on other collections had better be held back: by it the calibration errors of the development
# collections were .081 on the mean instead of .093; half or twice as much did about as well.
_SURE_RIDGE = 5e-4
_FAR = 50.0  # log-odds past which exp would overflow and nothing changes any more
# The share of answerable queries whose second best exceeds the assumed rival. With nine in ten a desk that is asked in
# words unlike its articles' had to lead an assumed rival that it never has.
_RIVALS = 0.97


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """The n candidates of one query, which of them are relevant, `(n,)`, and the query's weight."""

    features: Features
    relevant: NDArray[np.bool_]
    weight: float


@dataclass(frozen=True, slots=True)
class Examples:
    """The queries of one collection; their weights add up to 1, so that every collection counts alike."""

    name: str
    kind: Kind
    queries: tuple[AskedQuery, ...]


def open_collection(collection: Collection, encoder: Encoder, folder: Path) -> Searcher:
    """A searcher over the collection's articles or tickets, indexed in `folder` unless they are there already."""
    database = Database(folder)
    ingest = Ingest(database, encoder, desk=DESK)
    for start in range(0, len(collection.articles), _BATCH):
        ingest.put_articles([Incoming(article) for article in collection.articles[start : start + _BATCH]])
    for start in range(0, len(collection.tickets), _BATCH):
        ingest.put_tickets(collection.tickets[start : start + _BATCH])
    if needs_build(database, DESK, encoder_digest=encoder.digest):
        build_generation(database, encoder, desk=DESK)
    return Searcher(database, encoder)


def examples_of(collection: Collection, searcher: Searcher, unanswered: Sequence[Sequence[Judged]]) -> Examples:
    """Every candidate of the collection's queries, and of the first of each kind that nothing here answers: of each a
    quarter as many as of its own.
    """
    count = int(_UNANSWERED_SHARE * len(collection.queries))
    everyone = [*collection.queries, *(one for several in unanswered for one in several[:count])]
    queries = []
    for judged in everyone:
        evidence = searcher.evidence(DESK, Query(judged.text, kind=collection.kind, prefers=judged.language))
        relevant = np.array([entry_id in judged.relevant for entry_id in evidence.ids], dtype=bool)
        queries.append(AskedQuery(evidence.features, relevant, 1 / len(everyone)))
    return Examples(collection.name, collection.kind, tuple(queries))


def learn(several: Sequence[Examples]) -> dict[Kind, Model]:
    """A model for every kind that there are examples of."""
    models: dict[Kind, Model] = {}
    for kind in Kind:
        same_kind = [one for one in several if one.kind is kind]
        if same_kind:
            models[kind] = _fit(same_kind)
    return models


def _fit(several: Sequence[Examples]) -> Model:
    queries = [query for one in several for query in one.queries if len(query.relevant)]
    order = _listwise([query for query in queries if query.relevant.any()])
    ranker = Model(order.astype(np.float32), np.zeros(len(SURE), np.float32), base=0.0, rival=0.0)
    log_odds = [ranker.log_odds(query.features) for query in queries]
    seconds = [
        np.sort(odds)[-2]
        for odds, query in zip(log_odds, queries, strict=True)
        if query.relevant.any() and len(odds) > 1
    ]
    rival = float(np.quantile(seconds, 1 - _RIVALS))
    firsts = [int(np.argmax(odds)) for odds in log_odds]
    sure, base = _logistic(
        np.stack(
            [
                assurance(query.features, odds, rival=rival)[first]
                for query, odds, first in zip(queries, log_odds, firsts, strict=True)
            ]
        ),
        np.array([query.relevant[first] for query, first in zip(queries, firsts, strict=True)]),
        np.array([query.weight for query in queries]),
    )
    return replace(ranker, sure=sure.astype(np.float32), base=base, rival=rival)


def _listwise(queries: Sequence[AskedQuery]) -> NDArray[np.float64]:
    """Weights, none negative, that make a relevant candidate the likeliest of its query: cross-entropy of a softmax.

    Source: Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach, ICML 2007 (top-one probability).
    """
    features = np.concatenate([standing(query.features) for query in queries]).astype(np.float64)
    relevant = np.concatenate([query.relevant for query in queries])
    lengths = np.array([len(query.relevant) for query in queries])
    firsts = np.cumsum(lengths) - lengths
    weights = np.array([query.weight for query in queries])
    weights = weights / weights.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = features @ parameters
        share = np.exp(odds - np.repeat(np.maximum.reduceat(odds, firsts), lengths))
        everything = np.add.reduceat(share, firsts)
        right = np.add.reduceat(share * relevant, firsts)
        gradient = share * np.repeat(weights / everything, lengths) - share * relevant * np.repeat(
            weights / right, lengths
        )
        ridge = _RIDGE * float(parameters @ parameters)
        return float(weights @ np.log(everything / right)) + ridge, features.T @ gradient + 2 * _RIDGE * parameters

    return _minimum(loss, bounds=[(0.0, None)] * features.shape[1])


def _logistic(
    features: NDArray[np.float32], relevant: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """A logistic regression whose weights are not negative: more evidence never lowers the relevance."""
    signs = 2.0 * relevant - 1.0
    weights = weights / weights.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = np.clip(signs * (features @ parameters[:-1] + parameters[-1]), -_FAR, _FAR)
        wrong = -weights * signs / (1 + np.exp(odds))
        ridge = _SURE_RIDGE * float(parameters[:-1] @ parameters[:-1])
        gradient = np.append(features.T @ wrong + 2 * _SURE_RIDGE * parameters[:-1], wrong.sum())
        return float(weights @ np.logaddexp(0, -odds)) + ridge, gradient

    found = _minimum(loss, bounds=[(0.0, None)] * features.shape[1] + [(None, None)])
    return found[:-1], float(found[-1])


Loss = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


def _minimum(loss: Loss, *, bounds: Sequence[tuple[float | None, float | None]]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x
    return found


def write(models: dict[Kind, Model], path: Path) -> None:
    """Writes the file that `triagem.search.relevance` reads."""
    record = {
        "format": relevance.FORMAT,
        "models": {kind.value: relevance.write_model(model) for kind, model in models.items()},
    }
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def gather(data: Path, work: Path, encoder: Encoder) -> Iterator[Examples]:
    """The examples of every collection in the data folder, with queries that no knowledge base answers, and others that
    another desk would.
    """
    unanswered = [shuffled(read_off_topic(data)), shuffled(read_requests_elsewhere(data))]
    for collection in [*read_collections(data), *read_ticket_collections(data)]:
        folder = work / encoder.digest[:12] / collection.name.replace(" ", "_").replace(">", "")
        click.echo(collection.name, err=True)
        searcher = open_collection(collection, encoder, folder)
        yield examples_of(collection, searcher, unanswered if collection.kind is Kind.ARTICLE else [])


def shuffled(queries: Iterable[Judged]) -> list[Judged]:
    """The queries in an order that is always the same."""
    several = list(queries)
    random.Random(0).shuffle(several)
    return several


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the collections.")
@click.option("--work", type=click.Path(path_type=Path), default=Path("build/collections"), show_default=True)
@click.option("--encoder", "spec", default="default", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=relevance.FILE, help="[the shipped file]")
def main(data: Path, work: Path, spec: str, out: Path) -> None:
    """Learn the weights of relevance from public collections and write them."""
    encoder = open_encoder(spec)
    if out == relevance.FILE:
        small_talk.write(encoder, small_talk.VECTORS)
    write(learn(list(gather(data, work, encoder))), out)


if __name__ == "__main__":
    main()
