"""Public test collections as articles and queries: what ranking and relevance are learned and measured on.

The data itself is not part of the project; each reader says which files of a data folder it takes, and how.
"""

import gzip
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triagem.search.records import ticket_from_record
from triagem.text.frontmatter import split_front_matter
from triagem.text.normalise import fold
from triagem.types import Article, BodyFormat, Kind, Language, Ticket

_ASKED, _STORED = 300, 3000
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SAMPLES = Path(__file__).parents[1] / "kb_articles"
_PATCH_NOTES = "support-tools/patches-available-in-qpt-tool/"


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the ids of every article that answers it; none for a query that nothing should answer."""

    text: str
    relevant: frozenset[str]
    language: Language


@dataclass(frozen=True, slots=True)
class Collection:
    """Articles or tickets, and queries that were judged against them."""

    name: str
    queries: tuple[Judged, ...]
    articles: tuple[Article, ...] = ()
    tickets: tuple[Ticket, ...] = ()

    @property
    def kind(self) -> Kind:
        return Kind.TICKET if self.tickets else Kind.ARTICLE

    def without_accents(self) -> "Collection":
        """The same collection asked by people who type no accents (and no capitals)."""
        queries = tuple(replace(query, text=fold(query.text)) for query in self.queries)
        return replace(self, name=f"{self.name}, no accents", queries=queries)


def read_collections(data: Path) -> Iterator[Collection]:
    """Every development collection that the folder holds, in a fixed order, and the sample desk."""
    for reader in (_adobe_symptoms, _adobe_titles, _adobe_half_translated, _aia_bde, _stackfaq):
        yield from reader(data)
    yield _sample_desk()


def read_ticket_collections(data: Path) -> Iterator[Collection]:
    """Tickets of known intent: a ticket is like another when both ask for the same thing."""
    for name, path, label, language in (
        ("banking77", data / "banking77" / "train.jsonl", "label", Language.EN),
        ("tais", data / "tais_ptbr" / "utterances.jsonl", "intent", Language.PT),
    ):
        if not path.exists():
            continue
        rows = _rows(path)
        random.Random(0).shuffle(rows)
        asked, stored = rows[:_ASKED], rows[_ASKED : _ASKED + _STORED]
        tickets = tuple(
            Ticket(
                id=row["id"],
                created_at=_ANY_DAY,
                description=row["text"],
                language=language,
                resolution=row[label],
                closed_at=_ANY_DAY,
            )
            for row in stored
        )
        by_label: dict[str, set[str]] = {}
        for row in stored:
            by_label.setdefault(row[label], set()).add(row["id"])
        queries = tuple(Judged(row["text"], frozenset(by_label.get(row[label], ())), language) for row in asked)
        yield Collection(f"{name} ticket -> same intent", queries, tickets=tickets)


def read_judges(data: Path) -> Iterator[Collection]:
    """The collections that no weight is fitted to, in a fixed order."""
    for reader in (_alchemy, _tobi, _tais_answers):
        yield from reader(data)


def read_off_topic(data: Path) -> Iterator[Judged]:
    """Small talk, and questions about anything but a product: no knowledge base answers them."""
    yield from _unanswered(data / "aia_bde_pt" / "chitchat_out_of_scope.jsonl", Language.PT, least=12)
    yield from _unanswered(data / "clinc150" / "oos_train_extra.jsonl", Language.EN)


def read_requests_elsewhere(data: Path) -> Iterator[Judged]:
    """What a bank and a ministry are asked, which no article of the collections answers."""
    yield from _unanswered(data / "banking77" / "train.jsonl", Language.EN)
    yield from _unanswered(data / "tais_ptbr" / "utterances.jsonl", Language.PT)


def _unanswered(path: Path, language: Language, *, least: int = 0) -> Iterator[Judged]:
    """The texts of a file, of `least` characters or more, as queries that nothing answers."""
    if path.exists():
        yield from (Judged(row["text"], frozenset(), language) for row in _rows(path) if len(row["text"]) >= least)


def _adobe_symptoms(data: Path) -> Iterator[Collection]:
    folder = data / "adobe_commerce_kb"
    for tag, language in (("en", Language.EN), ("pt-BR", Language.PT)):
        path = folder / f"corpus_without_issue_{tag}.jsonl.gz"
        if not path.exists():
            continue
        articles = tuple(
            Article(
                id=row["article_id"],
                title=row["title"],
                body=f"{row['description']}\n\n{row['markdown_without_issue']}",
                language=language,
            )
            for row in _rows(path)
        )
        queries = tuple(
            Judged(row["text"], frozenset([row["article_id"]]), language)
            for row in _rows(folder / f"queries_issue_{tag}.jsonl.gz")
            if row["split"] == "train" and not row["article_id"].startswith(_PATCH_NOTES)
        )
        yield Collection(f"adobe {tag} symptom -> article", queries, articles)


def _adobe_titles(data: Path) -> Iterator[Collection]:
    folder = data / "adobe_commerce_kb"
    if not (folder / "articles_en.jsonl.gz").exists():
        return
    articles = tuple(
        Article(id=row["article_id"], title=row["title"], body=row["markdown"], language=Language.EN)
        for row in _rows(folder / "articles_en.jsonl.gz")
    )
    queries = tuple(
        Judged(row["title_pt"], frozenset([row["article_id"]]), Language.PT)
        for row in _rows(folder / "titles_parallel.jsonl")
        if not row["same"] and not row["article_id"].startswith(_PATCH_NOTES)
    )
    yield Collection("adobe pt title -> en article", queries, articles)


def _adobe_half_translated(data: Path) -> Iterator[Collection]:
    """Every article in English, every second one in Portuguese too; asked in Portuguese for those that are not."""
    folder = data / "adobe_commerce_kb"
    if not (folder / "articles_en.jsonl.gz").exists():
        return
    pairs = _rows(folder / "titles_parallel.jsonl")
    translated = {row["article_id"] for row in sorted(pairs, key=lambda row: row["article_id"])[::2]}
    articles = [
        Article(id=row["article_id"], title=row["title"], body=row["markdown"], language=Language.EN)
        for row in _rows(folder / "articles_en.jsonl.gz")
    ]
    articles += [
        Article(id=f"{row['article_id']} (pt)", title=row["title"], body=row["markdown"], language=Language.PT)
        for row in _rows(folder / "articles_pt-BR.jsonl.gz")
        if row["article_id"] in translated
    ]
    queries = tuple(
        Judged(row["title_pt"], frozenset([row["article_id"]]), Language.PT)
        for row in pairs
        if not row["same"] and not row["article_id"].startswith(_PATCH_NOTES) and row["article_id"] not in translated
    )
    yield Collection("adobe pt title -> en article, half translated", queries, tuple(articles))


def _aia_bde(data: Path) -> Iterator[Collection]:
    folder = data / "aia_bde_pt"
    if not (folder / "faqs.jsonl").exists():
        return
    faqs = _rows(folder / "faqs.jsonl")
    queries = tuple(
        Judged(row["text"], frozenset(row["relevant"]), Language.PT)
        for row in _rows(folder / "queries.jsonl")
        if row["kind"] == "VMT"
    )
    whole = tuple(_text_article(row["faq_id"], row["question"], row["answer"], Language.PT) for row in faqs)
    only_questions = tuple(_text_article(row["faq_id"], row["question"], "", Language.PT) for row in faqs)
    only_answers = tuple(_text_article(row["faq_id"], "", row["answer"], Language.PT) for row in faqs)
    yield Collection("aia_bde rewording -> question", queries, only_questions)
    yield Collection("aia_bde rewording -> answer only", queries, only_answers)
    yield Collection("aia_bde rewording -> question and answer", queries, whole)


def _stackfaq(data: Path) -> Iterator[Collection]:
    folder = data / "stackfaq"
    if not (folder / "docs.jsonl").exists():
        return
    threads: dict[str, list[Mapping[str, Any]]] = {}
    for row in _rows(folder / "docs.jsonl"):
        threads.setdefault(row["thread"], []).append(row)
    articles = tuple(
        _text_article(thread, rows[0]["question"], "\n\n".join(row["answer"] for row in rows), Language.EN)
        for thread, rows in threads.items()
    )
    queries = tuple(
        Judged(row["text"], frozenset([row["thread"]]), Language.EN)
        for row in _rows(folder / "queries.jsonl")
        if row["fold"] in (0, 1, 2)
    )
    yield Collection("stackfaq question -> thread", queries, articles)


def _sample_desk() -> Collection:
    """The Markdown articles of the sample company, each in both languages, and people's words for what they solve."""
    articles = []
    for path in sorted(_SAMPLES.rglob("*.md")):
        said, body = split_front_matter(path.read_text(encoding="utf-8"))
        language = Language(said["language"].partition("-")[0])
        article_id = path.relative_to(_SAMPLES).with_suffix("").as_posix()
        articles.append(Article(id=article_id, title=said["title"], body=body, language=language))
    queries = tuple(
        Judged(row["query"], frozenset(row["article_ids"]), Language(row["language"]))
        for row in _rows(_SAMPLES / "queries.jsonl")
        if {article.id for article in articles}.intersection(row["article_ids"])
    )
    return Collection("sample desk query -> article", queries, tuple(articles))


def sample_tickets() -> tuple[Ticket, ...]:
    """The tickets of the sample desk, most of them solved by articles that they link."""
    return tuple(ticket_from_record(row) for row in _rows(_SAMPLES / "tickets.jsonl"))


def _alchemy(data: Path) -> Iterator[Collection]:
    """English headings to Portuguese bodies without their headings."""
    path = data / "alchemy_m365_kb_ptbr" / "articles_pt-BR.jsonl.gz"
    if not path.exists():
        return
    rows = _rows(path)
    articles = tuple(
        Article(
            id=row["article_id"],
            title="",
            body=_without_first_heading(row["markdown"]),
            language=Language.PT,
        )
        for row in rows
    )
    relevant: dict[str, set[str]] = {}
    for row in rows:
        heading = row["h1_en_from_anchor"]
        if heading and len(heading.split()) > 1:
            relevant.setdefault(heading, set()).add(row["article_id"])
    queries = tuple(Judged(text, frozenset(ids), Language.EN) for text, ids in sorted(relevant.items()))
    yield Collection("alchemy en heading -> pt body", queries, articles)


def _tobi(data: Path) -> Iterator[Collection]:
    """Requests to support and the answers they got, both written by a language model; an answer has no title."""
    path = data / "tobi_synthetic_tickets" / "tickets.jsonl.gz"
    if not path.exists():
        return
    for language in (Language.PT, Language.EN):
        rows = [row for row in _rows(path) if row["lang"] == language.value and row["body"] and row["answer"]]
        articles = tuple(_text_article(row["id"], "", _with_lines(row["answer"]), language) for row in rows)
        queries = tuple(Judged(_with_lines(row["body"]), frozenset([row["id"]]), language) for row in rows[:_ASKED])
        yield Collection(f"tobi {language.value} request -> answer", queries, articles)


def _tais_answers(data: Path) -> Iterator[Collection]:
    """What people ask a ministry's chat, and its answers, which have no titles; small talk among both."""
    folder = data / "tais_ptbr"
    if not (folder / "answers.jsonl").exists():
        return
    answers = {row["intent"]: row["answer"] for row in _rows(folder / "answers.jsonl")}
    intents: dict[str, set[str]] = {}
    for row in _rows(folder / "utterances.jsonl"):
        if row["intent"] in answers:
            intents.setdefault(row["text"], set()).add(row["intent"])
    articles = tuple(_text_article(intent, "", answer, Language.PT) for intent, answer in answers.items())
    queries = tuple(Judged(text, frozenset(several), Language.PT) for text, several in intents.items())
    yield Collection("tais utterance -> answer", queries, articles)


def _text_article(article_id: str, title: str, body: str, language: Language) -> Article:
    return Article(id=article_id, title=title, body=body, format=BodyFormat.TEXT, language=language)


def _with_lines(text: str) -> str:
    """The text with the ends of lines that the source spells as two characters."""
    return text.replace("\\n", "\n")


def _without_first_heading(markdown: str) -> str:
    lines = markdown.splitlines()
    heading = next((number for number, line in enumerate(lines) if line.startswith("#")), None)
    return "\n".join(line for number, line in enumerate(lines) if number != heading)


def _rows(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]
