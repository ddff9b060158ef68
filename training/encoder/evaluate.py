"""Measures an encoder alone on the development sets: nDCG@10 of vectors, no words, no fusion.

The sets lie outside the project; where one is missing its rows are left out. No set that judges the product is read.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder

_CUT = 10
_CHARACTERS = 700  # of an article: about what one passage of the index holds


@dataclass(frozen=True, slots=True)
class Task:
    """Queries against a pool of texts, each of a document; `relevant[i]` are the documents that answer query `i`."""

    name: str
    queries: list[str]
    pool: list[str]
    document: list[int]
    relevant: list[set[int]]


def ndcg(encoder: Encoder, task: Task) -> float:
    """Mean nDCG@10 of the task's queries by cosine."""
    pool = encoder.encode(task.pool)
    queries = encoder.encode(task.queries)
    best = np.full((len(task.queries), max(task.document) + 1), -1.0, dtype=np.float32)
    np.maximum.at(best.T, task.document, pool @ queries.T)
    order = np.argsort(-best, axis=1, kind="stable")[:, :_CUT]
    gains = 1 / np.log2(np.arange(2, _CUT + 2))
    values = []
    for row, relevant in enumerate(task.relevant):
        found = np.array([place in relevant for place in order[row]])
        values.append(float(gains[: len(found)][found].sum() / gains[: len(relevant)].sum()))
    return float(np.mean(values))


def tasks(data: Path) -> list[Task]:
    """Every development task whose files are there."""
    made: list[Task] = []
    adobe = data / "adobe_commerce_kb"
    if adobe.is_dir():
        made += [_symptoms(adobe, "en"), _symptoms(adobe, "pt-BR"), _titles(adobe)]
    aia = data / "aia_bde_pt"
    if aia.is_dir():
        made += [_faq(aia, "question"), _faq(aia, "answer")]
    stack = data / "stackfaq"
    if stack.is_dir():
        made.append(_threads(stack))
    return made


def measure(encoder: Encoder, data: Path, *, only: Iterable[str] = ()) -> dict[str, float]:
    """nDCG@10 by task, rounded to four places."""
    wanted = set(only)
    return {task.name: round(ndcg(encoder, task), 4) for task in tasks(data) if not wanted or task.name in wanted}


def _symptoms(folder: Path, language: str) -> Task:
    articles = _rows(folder / f"corpus_without_issue_{language}.jsonl.gz")
    place = {article["article_id"]: row for row, article in enumerate(articles)}
    queries = [
        query
        for query in _rows(folder / f"queries_issue_{language}.jsonl.gz")
        if query["split"] == "train" and not _is_patch(query["article_id"])
    ]
    return Task(
        f"adobe {language[:2]} symptom -> article",
        [query["text"][:_CHARACTERS] for query in queries],
        [f"{article['title']}. {article['markdown_without_issue'][:_CHARACTERS]}" for article in articles],
        list(range(len(articles))),
        [{place[query["article_id"]]} for query in queries],
    )


def _titles(folder: Path) -> Task:
    articles = _rows(folder / "articles_en.jsonl.gz")
    place = {article["article_id"]: row for row, article in enumerate(articles)}
    titles = [row for row in _rows(folder / "titles_parallel.jsonl") if not _is_patch(row["article_id"])]
    return Task(
        "adobe pt title -> en article",
        [row["title_pt"] for row in titles],
        [f"{article['title']}. {article['markdown'][:_CHARACTERS]}" for article in articles],
        list(range(len(articles))),
        [{place[row["article_id"]]} for row in titles],
    )


def _is_patch(article_id: str) -> bool:
    return article_id.startswith("support-tools/patches-available-in-qpt-tool/")


def _faq(folder: Path, side: str) -> Task:
    questions = _rows(folder / "faqs.jsonl")
    place = {faq["faq_id"]: row for row, faq in enumerate(questions)}
    queries = [query for query in _rows(folder / "queries.jsonl") if query["kind"] == "VMT"]
    return Task(
        f"aia_bde VMT -> {side}",
        [query["text"] for query in queries],
        [faq[side][:_CHARACTERS] for faq in questions],
        list(range(len(questions))),
        [{place[faq] for faq in query["relevant"]} for query in queries],
    )


def _threads(folder: Path) -> Task:
    answers = _rows(folder / "docs.jsonl")
    queries = [query for query in _rows(folder / "queries.jsonl") if query["fold"] in (0, 1, 2)]
    threads = {thread: row for row, thread in enumerate(dict.fromkeys(answer["thread"] for answer in answers))}
    return Task(
        "stackfaq -> question+answer",
        [query["text"] for query in queries],
        [f"{answer['question']}. {answer['answer'][:_CHARACTERS]}" for answer in answers],
        [threads[answer["thread"]] for answer in answers],
        [{threads[query["thread"]]} for query in queries],
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.encoder.evaluate", description=__doc__)
    parser.add_argument("encoders", nargs="+", help="what triagem.encoder.open takes: default, a folder, ...")
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation sets")
    parser.add_argument("--only", nargs="*", default=())
    options = parser.parse_args(arguments)
    for spec in options.encoders:
        result = measure(open_encoder(spec), options.data, only=options.only)
        sys.stdout.write(json.dumps({"encoder": spec, **result}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
