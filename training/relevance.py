"""Learns what makes a candidate relevant: the weights that `triagem.search.relevance` applies.

Learned on several public collections at once, each counting alike, and judged on each by weights learned on the others,
so that no collection's quirks are learned. Run it with: python -m training.relevance --data DIR
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training.collections import Collection, Judged, read_collections, read_foreign_queries, read_ticket_collections
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.search import relevance
from triagem.search.build import build_generation, needs_build
from triagem.search.ingest import Incoming, Ingest
from triagem.search.relevance import Features, Logistic
from triagem.search.searcher import Query, Searcher
from triagem.store.database import Database
from triagem.types import Kind

DESK = "main"
_BATCH = 64
_FOREIGN_SHARE = 0.25
_RIDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Examples:
    """n candidates of one collection's queries: `(n, features)`, which are relevant, which foreign, their weights."""

    name: str
    kind: Kind
    features: NDArray[np.float32]
    relevant: NDArray[np.bool_]
    foreign: NDArray[np.bool_]
    weights: NDArray[np.float64]


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


def examples_of(collection: Collection, searcher: Searcher, strangers: Sequence[Judged]) -> Examples:
    """Every candidate of the collection's queries, and of `strangers` that nothing here answers."""
    blocks = []
    for judged in [*collection.queries, *strangers]:
        evidence = searcher.evidence(DESK, Query(judged.text, kind=collection.kind, prefers=judged.language))
        relevant = np.array([entry_id in judged.relevant for entry_id in evidence.ids], dtype=bool)
        blocks.append((evidence.features.matrix(), relevant, evidence.foreign))
    features, relevant, foreign = (np.concatenate(column) for column in zip(*blocks, strict=True))
    weights = np.full(len(relevant), 1.0 / len(blocks))
    return Examples(collection.name, collection.kind, features, relevant, foreign, weights)


def fit(several: Sequence[Examples], *, foreign: bool) -> Logistic | None:
    """A logistic model whose weights are not negative: more evidence never lowers the relevance.

    Each collection weighs alike, whatever its size. None without a relevant example.
    """
    parts = [(one, one.foreign == foreign) for one in several]
    features = np.concatenate([one.features[mask] for one, mask in parts]).astype(np.float64)
    relevant = np.concatenate([one.relevant[mask] for one, mask in parts]).astype(np.float64)
    weights = np.concatenate([one.weights[mask] for one, mask in parts])
    if not relevant.any():
        return None
    signs = 2 * relevant - 1
    weights = weights / weights.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = features @ parameters[:-1] + parameters[-1]
        wrong = weights * -signs / (1 + np.exp(signs * odds))
        ridge = _RIDGE * float(parameters[:-1] @ parameters[:-1])
        value = float(weights @ np.logaddexp(0, -signs * odds)) + ridge
        gradient = np.append(features.T @ wrong + 2 * _RIDGE * parameters[:-1], wrong.sum())
        return value, gradient

    width = features.shape[1]
    bounds = [(0.0, None)] * width + [(None, None)]
    found = minimize(loss, np.zeros(width + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    return Logistic(found.x[:-1].astype(np.float32), float(found.x[-1]))


def learn(several: Sequence[Examples]) -> dict[tuple[Kind, bool], Logistic]:
    """The models of every kind, for candidates in the asker's language (True) and in another (False)."""
    models: dict[tuple[Kind, bool], Logistic] = {}
    for kind in Kind:
        same_kind = [one for one in several if one.kind is kind]
        own = fit(same_kind, foreign=False)
        if own is None:
            continue
        models[kind, True] = own
        # Without judged pairs across languages the words still speak, and the vectors say the same.
        models[kind, False] = fit(same_kind, foreign=True) or own
    return models


def write(models: dict[tuple[Kind, bool], Logistic], path: Path) -> None:
    """Writes the file that `triagem.search.relevance` reads."""
    names = [field.name for field in fields(Features)]
    record = {
        "format": relevance.FORMAT,
        "models": [
            {
                "kind": kind.value,
                "same_language": same_language,
                "weights": {name: round(float(weight), 4) for name, weight in zip(names, model.weights, strict=True)},
                "bias": round(model.bias, 4),
            }
            for (kind, same_language), model in sorted(models.items(), reverse=True)
        ],
    }
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def gather(data: Path, work: Path, encoder: Encoder) -> Iterator[Examples]:
    """The examples of every collection in the data folder, each with a quarter as many queries that nothing answers."""
    strangers = list(read_foreign_queries(data))
    random.Random(0).shuffle(strangers)
    for collection in [*read_collections(data), *read_ticket_collections(data)]:
        folder = work / encoder.digest[:12] / collection.name.replace(" ", "_").replace(">", "")
        click.echo(collection.name, err=True)
        searcher = open_collection(collection, encoder, folder)
        count = int(_FOREIGN_SHARE * len(collection.queries))
        yield examples_of(collection, searcher, strangers[:count] if collection.kind is Kind.ARTICLE else [])


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the collections.")
@click.option("--work", type=click.Path(path_type=Path), default=Path("build/collections"), show_default=True)
@click.option("--encoder", "spec", default="default", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=relevance.FILE, help="[the shipped file]")
def main(data: Path, work: Path, spec: str, out: Path) -> None:
    """Learn the weights of relevance from public collections and write them."""
    several = list(gather(data, work, open_encoder(spec)))
    write(learn(several), out)


if __name__ == "__main__":
    main()
