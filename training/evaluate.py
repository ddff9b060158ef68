"""Measures what triage and search answer on labelled tickets and query->article pairs that they never saw.

Answers come from the same doors as in the service; what a figure means stands in `training.metrics`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics import (
    bootstrap_interval,
    calibration_error,
    chance_error,
    macro_f1,
    ndcg,
    recall_at,
    reciprocal_rank,
)
from triagem.encoder.base import Encoder
from triagem.errors import InvalidInput, NoModel
from triagem.progress import Progress
from triagem.search.columns import CASE_COLUMNS
from triagem.search.ingest import prepare_ticket
from triagem.search.records import language_of, strings, ticket_from_record
from triagem.search.records_file import records, with_written_name, written_names
from triagem.search.relevance import SHOW_AT
from triagem.search.searcher import Query, Searcher
from triagem.store import articles, tickets
from triagem.store.database import Database
from triagem.text.inputs import input_digest, ticket_input
from triagem.text.language import detect
from triagem.text.normalise import one_form
from triagem.text.synonyms import DeskSynonyms
from triagem.triage.triager import Triager
from triagem.types import FieldDecision, Kind, Language, Mode, Ticket, TicketField

_AT_ONCE = 64
_RANKS = 10
_MEASURES: dict[str, Callable[[Sequence[str], frozenset[str]], float]] = {
    "ndcg@10": ndcg,
    "recall@1": lambda found, relevant: recall_at(found, relevant, 1),
    "recall@3": lambda found, relevant: recall_at(found, relevant, 3),
    "mrr": reciprocal_rank,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and the articles that answer it; none where the right answer is nothing."""

    query: str
    article_ids: frozenset[str]
    language: Language


@dataclass(frozen=True, slots=True)
class _Found:
    """What search found for a pair: the ids of at most ten articles, best first, and how relevant the first is."""

    pair: Pair
    ids: tuple[str, ...]
    relevance: float

    @property
    def is_right(self) -> bool:
        """Whether the first of them answers the query."""
        return bool(self.ids) and self.ids[0] in self.pair.article_ids

    def as_missed(self) -> dict[str, Any]:
        """The query, what answers it and at which of ten places that came, and what came first instead."""
        wanted = self.pair.article_ids
        place = next((place for place, name in enumerate(self.ids, 1) if name in wanted), None)
        return {
            "query": self.pair.query,
            "article_ids": sorted(wanted),
            "place": place,
            "found": self.ids[0] if self.ids else None,
        }


@dataclass(frozen=True, slots=True)
class _Judged:
    language: Language
    truth: str
    decision: FieldDecision


def read_cases(path: Path) -> list[Ticket] | list[Pair]:
    """The labelled tickets or the pairs of a JSONL or CSV file; raises `InvalidInput` naming the first wrong line."""
    cases: list[Any] = []
    for number, record in records(path, CASE_COLUMNS):
        try:
            if isinstance(record, InvalidInput):
                raise record
            cases.append(_pair(record) if "query" in record else _ticket(record, number))
        except InvalidInput as error:
            reason = with_written_name(str(error), written_names(path, CASE_COLUMNS))
            raise InvalidInput(f"{path.name}, line {number}: {reason}") from error
    if not cases:
        raise InvalidInput(f"{path.name} holds nothing to measure with.")
    if len({type(case) for case in cases}) > 1:
        raise InvalidInput(f"{path.name} mixes tickets and query->article pairs; put them into two files.")
    return cases


def evaluate_tickets(
    database: Database, triager: Triager, encoder: Encoder, desk: str, cases: Sequence[Ticket], *, on_progress: Progress
) -> dict[str, Any]:
    """Accuracy, macro-F1, calibration and what each mode achieves, by field and language.

    Tickets whose text stands in the desk's store may have been learned from: they are counted and left out. Raises
    `InvalidInput` where that leaves none, `NoModel` where nothing answers.
    """
    prepared = [prepare_ticket(ticket) for ticket in cases]
    with database.read() as connection:
        seen = {stored.text_digest for stored in tickets.each(connection, desk)}
    new = [ticket for ticket in prepared if input_digest(_text(ticket)) not in seen]
    if not new:
        raise InvalidInput(
            f"Nothing to measure: every ticket of the file ({len(cases)}) stands in this desk already, where a model "
            "may have learned from it. Measure on labelled tickets that were never imported."
        )
    if not triager.answering(desk):
        raise NoModel(
            "Nothing answers, so there is nothing to measure. "
            f"Promote a version, or make the first with: triagem --desk {desk} train"
        )
    judged: dict[TicketField, list[_Judged]] = {field: [] for field in TicketField}
    for start in range(0, len(new), _AT_ONCE):
        on_progress(start / len(new), "Measuring triage")
        chunk = new[start : start + _AT_ONCE]
        for ticket, vector in zip(chunk, encoder.encode([_text(ticket) for ticket in chunk]), strict=True):
            triaged = triager.decide(
                desk,
                subject=ticket.subject,
                description=ticket.description,
                vector=vector,
            )
            for field, decision in triaged.fields.items():
                if truth := ticket.label(field):
                    judged[field].append(_Judged(ticket.language, truth, decision))
    fields = {field.value: _by_language(some) for field, some in judged.items() if some}
    return {"kind": "tickets", "tickets": len(new), "already_stored": len(cases) - len(new), "fields": fields}


def evaluate_pairs(
    database: Database,
    encoder: Encoder,
    desk: str,
    cases: Sequence[Pair],
    *,
    on_progress: Progress,
    synonyms: DeskSynonyms | None = None,
) -> dict[str, Any]:
    """nDCG@10, recall@1 and @3 and MRR@10 with 95 % bootstrap intervals, over all and by language.

    `shown` says how far relevance may be trusted at the form's threshold, over all and by language (`_shown`). `missed`
    are the queries whose first article was another, `unknown_articles` the ids that the pairs name and the desk does
    not have.
    """
    searcher = Searcher(database, encoder, synonyms=synonyms)
    found: list[_Found] = []
    for number, case in enumerate(cases):
        on_progress(number / len(cases), "Measuring search")
        query = Query(case.query, kind=Kind.ARTICLE, prefers=case.language, limit=_RANKS)
        hits = searcher.search(desk, query).hits
        found.append(_Found(case, tuple(hit.id for hit in hits), hits[0].relevance if hits else 0.0))
    answerable = [one for one in found if one.pair.article_ids]
    languages = sorted({one.pair.language for one in answerable})
    return {
        "kind": "pairs",
        "queries": len(cases),
        "all": _means(answerable),
        "by_language": {
            name.value: _means([one for one in answerable if one.pair.language is name]) for name in languages
        },
        "shown": {**_shown(found), "by_language": _shown_by_language(found)},
        "missed": [one.as_missed() for one in answerable if not one.is_right],
        "unknown_articles": _unknown(database, desk, cases),
    }


def _unknown(database: Database, desk: str, cases: Sequence[Pair]) -> list[str]:
    named = sorted({name for case in cases for name in case.article_ids})
    with database.read() as connection:
        known = articles.digests(connection, desk, named)
    return [name for name in named if name not in known]


def _shown_by_language(found: Sequence[_Found]) -> dict[str, dict[str, float | None]]:
    languages = sorted({one.pair.language for one in found})
    return {name.value: _shown([one for one in found if one.pair.language is name]) for name in languages}


def _shown(found: Sequence[_Found]) -> dict[str, float | None]:
    """What the threshold does to these queries; a share of none is None.

    Of the answerable: how many are shown something, and how many of the right first articles are hidden all the same.
    Of those shown something: how many a right first article. Of those `answered_nothing`: how many rightly, which is
    where nothing answers them. Of those that nothing answers, how many are answered with nothing. The calibration error
    is of every query's first article, that `by_chance` what an exact probability would show on so few.
    """
    relevance = np.array([one.relevance for one in found])
    right = np.array([one.is_right for one in found], dtype=bool)
    answerable = np.array([bool(one.pair.article_ids) for one in found], dtype=bool)
    shown = relevance >= SHOW_AT
    return {
        "queries": len(found),
        "unanswerable": int((~answerable).sum()),
        "share_of_answerable": _share(shown[answerable]),
        "right_when_shown": _share(right[shown]),
        "right_but_hidden": _share(~shown[right]),
        "answered_nothing": _share(~shown),
        "rightly_answered_nothing": _share(~answerable[~shown]),
        "nothing_where_nothing_helps": _share(~shown[~answerable]),
        "calibration_error": calibration_error(relevance, right),
        "calibration_error_by_chance": chance_error(relevance),
    }


def _share(flags: NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None


def _by_language(judged: Sequence[_Judged]) -> dict[str, Any]:
    languages = sorted({one.language for one in judged})
    parts = {name.value: _figures([one for one in judged if one.language is name]) for name in languages}
    return {**_figures(judged), "by_language": parts}


def _figures(judged: Sequence[_Judged]) -> dict[str, Any]:
    names = [one.decision.candidates[0].value if one.decision.candidates else "" for one in judged]
    predicted, truth = np.array(names), np.array([one.truth for one in judged])
    confidence = np.array([one.decision.probability or 0.0 for one in judged])
    return {
        "tickets": len(judged),
        "accuracy": float((predicted == truth).mean()),
        "macro_f1": macro_f1(truth, predicted),
        "ece": calibration_error(confidence, predicted == truth),
        "modes": {mode.value: _mode(judged, mode) for mode in Mode},
    }


def _mode(judged: Sequence[_Judged], mode: Mode) -> dict[str, float | None]:
    """How many tickets a mode covers, and how often its value is right."""
    right = [one.decision.value == one.truth for one in judged if one.decision.mode is mode]
    precision = sum(right) / len(right) if right and mode is not Mode.ABSTAIN else None
    return {"coverage": len(right) / len(judged), "precision": precision}


def _means(found: Sequence[_Found]) -> dict[str, Any]:
    """Each measure's mean with its interval, both None of no query."""
    if not found:
        return {"queries": 0, **{name: {"mean": None, "interval": None} for name in _MEASURES}}
    figures = {}
    for name, measure in _MEASURES.items():
        values = [measure(one.ids, one.pair.article_ids) for one in found]
        figures[name] = {"mean": float(np.mean(values)), "interval": list(bootstrap_interval(values))}
    return {"queries": len(found), **figures}


def _pair(record: Mapping[str, Any]) -> Pair:
    query, article, several = (record.get(name) for name in ("query", "article_id", "article_ids"))
    if not isinstance(query, str) or not query.strip():
        raise InvalidInput("query is empty.")
    if article not in (None, "") and several not in (None, ""):
        raise InvalidInput("Both article_id and article_ids are given; write all of them as article_ids.")
    if "article_ids" not in record and not isinstance(article, str):
        raise InvalidInput("Give article_id, or article_ids as a list; an empty one where nothing helps.")
    ids = (one_form(article),) if isinstance(article, str) and article else strings(several, "article_ids")
    language = language_of(record.get("language"))
    return Pair(query, frozenset(filter(None, ids)), detect(query) if language is Language.UND else language)


def _ticket(record: Mapping[str, Any], number: int) -> Ticket:
    """A labelled ticket; its id and its dates are not read, because nothing measured depends on them."""
    now = datetime.now(UTC).isoformat()
    return ticket_from_record({**record, "id": f"line-{number}", "created_at": now, "closed_at": None})


def _text(ticket: Ticket) -> str:
    return ticket_input(ticket.subject, ticket.description)
