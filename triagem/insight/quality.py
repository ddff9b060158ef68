"""How good triage is at a desk now: what is filled and how often rightly, and how far requests moved from the training.

What is said of answers is read by `triagem.triage.labels`, no person beyond the cap; classes are closed by
`triagem.triage.watch`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from triagem.insight.remembered import Answer, Remembered
from triagem.store import models
from triagem.store.database import Connection
from triagem.triage import mix, taxonomy
from triagem.triage.decide import Targets
from triagem.triage.drift import Moved, confidence_shares, moved
from triagem.triage.labels import Review, of_answers, reviews_of, within_cap
from triagem.triage.mix import Standing
from triagem.triage.shadow import ShadowRecord, shadow_record
from triagem.triage.targets import closed_classes
from triagem.triage.thresholds import precision_bound
from triagem.triage.triager import Answering
from triagem.triage.watch import Broken, counting, doubted
from triagem.types import Mode, TicketField

_MOST_TRIAGES = 5_000
_MOST_TEXTS = 1_000
_FEWEST = 50
# Fewer than the cap on one person, so that a desk where one person reviews is told too.
_FEWEST_REVIEWS = 30
# So much more unknown words than in training, in all words of a ticket, is another world.
_MANY_UNKNOWN = 0.10
_LESS_ACCEPTED = 0.05

_Name = TypeVar("_Name")


class Alarm(StrEnum):
    """What asks for a look at a field; a closed list.

    Requests of other classes than in training (`CLASSES`), answers surer or less sure (`CONFIDENCE`), words that were
    never seen (`WORDS`), fewer answers right than in training (`ACCEPTANCE`), open classes that corrections speak
    against, but of too few people to close them (`DOUBTED`), closed classes (`CLOSED`), classes that are not proven for
    the mix that requests come in (`MIX`).
    """

    CLASSES = "classes"
    CONFIDENCE = "confidence"
    WORDS = "words"
    ACCEPTANCE = "acceptance"
    DOUBTED = "doubted"
    CLOSED = "closed"
    MIX = "mix"


@dataclass(frozen=True, slots=True)
class Record:
    """Answers that people reviewed, and how many were right; `bound` is proven with 95 % (Clopper-Pearson)."""

    reviewed: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.reviewed if self.reviewed else None

    @property
    def bound(self) -> float:
        return precision_bound(self.right, self.reviewed)


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a field moved from its model's training; None where that training kept no profile or too little came."""

    classes: Moved | None
    confidence: Moved | None
    unknown_words: float | None
    unknown_words_trained: float | None


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """One field since its model answers, under the names of now. `coverage` are shares of triaged requests by mode.

    `doubted` are open classes that corrections speak against, but of too few people to close them, `closed` those that
    they have closed, both by mode; `mix` is what the mix of the newest requests does.
    """

    field: TicketField
    version: str | None
    triaged: int
    coverage: dict[Mode, float]
    by_mode: dict[Mode, Record]
    by_language: dict[str, Record]
    by_channel: dict[str, Record]
    by_class: dict[str, Record]
    doubted: dict[str, tuple[str, ...]]
    closed: dict[str, tuple[str, ...]]
    mix: Standing | None
    drift: Drift
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """The desk's quality `since` a moment, and the candidate in shadow beside what answers, if there is one."""

    since: datetime
    triaged: int
    fields: tuple[FieldQuality, ...]
    shadow: ShadowRecord | None

    @property
    def alarms(self) -> int:
        return sum(len(field.alarms) for field in self.fields)


def measure_quality(
    connection: Connection,
    desk: str,
    *,
    since: datetime,
    answering: Mapping[TicketField, Answering],
    targets: Mapping[TicketField, Targets],
    remembered: Remembered,
) -> Quality:
    """Measures from the newest 5,000 triages after `since`, and of those only the ones that today's models answered.

    `answering` are the opened models of the fields that are answered, under `targets`; what was `remembered` of the log
    is not read again.
    """
    promotion = models.in_force(connection, desk)
    start = max(since, promotion.created_at) if promotion else since
    many, answers = remembered.answers(connection, desk, since=start, limit=_MOST_TRIAGES)
    names = taxonomy.load(connection, desk)
    words = remembered.words(connection, desk, since=start)
    reviews = reviews_of(within_cap(of_answers(words), own_labels={}))
    promoted_at = promotion.created_at if promotion else None
    said = words if start == promoted_at else remembered.words(connection, desk, since=promoted_at)
    watched = counting(connection, desk, said)
    in_force, closed = models.answering(connection, desk), closed_classes(connection, desk)
    mixes = mix.in_force(connection, desk)
    opened = {model.version: answering[field].classifier for field, model in in_force.items() if field in answering}
    vocabularies = {version: one.lexicon.words for version, one in opened.items()}
    counted = remembered.unknown_words(connection, desk, vocabularies, since=start, limit=_MOST_TEXTS)
    unknown = {version: _unknown(counts) for version, counts in counted.items()}
    fields = []
    for field in TicketField:
        model, answer, named = in_force.get(field), answering.get(field), partial(names.known_as, field)
        mixed = mixes.get(model.version, {}).get(field) if model and answer else None
        said = [one for one in watched if one.field is field]
        described = model.report.get("fields", {}).get(field.value, {}) if model else {}
        fields.append(
            _field(
                field,
                model.version if model else None,
                answers[field],
                [one for one in reviews if one.field is field],
                doubted=doubted(answer.rules, targets[field], said, answer.version) if answer else [],
                closed=closed.get(model.version, {}).get(field.value, {}) if model else {},
                standing=mix.standing_of(answer.terms.head, targets[field], mixed, named) if answer and mixed else None,
                profile=described.get("profile"),
                unknown=unknown.get(model.version) if model else None,
                named=named,
            )
        )
    return Quality(start, many, tuple(fields), shadow_record(connection, desk, since=since))


def _field(
    field: TicketField,
    version: str | None,
    answers: Sequence[Answer],
    reviews: Sequence[Review],
    *,
    doubted: Sequence[Broken],
    closed: Mapping[str, Sequence[str]],
    standing: Standing | None,
    profile: Mapping[str, Any] | None,
    unknown: float | None,
    named: Callable[[str], str],
) -> FieldQuality:
    modes = Counter(answer.mode for answer in answers)
    drift = _drift(answers, profile, unknown, named)
    return FieldQuality(
        field=field,
        version=version,
        triaged=len(answers),
        coverage={mode: modes[mode] / max(1, len(answers)) for mode in Mode},
        by_mode=_by(reviews, lambda one: one.mode, [Mode.AUTO, Mode.PRESELECT, Mode.SUGGEST]),
        by_language=_by(reviews, lambda one: str(one.triage.get("language"))),
        by_channel=_by(reviews, lambda one: str(one.triage.get("channel") or "api")),
        by_class=_by(reviews, lambda one: str(one.shown)),
        doubted={
            mode.value: tuple(dict.fromkeys(map(named, names)))
            for mode in Mode
            if (names := [one.name for one in doubted if one.mode is mode])
        },
        closed={mode: tuple(dict.fromkeys(map(named, names))) for mode, names in closed.items() if names},
        mix=standing,
        drift=drift,
        alarms=tuple(_alarms(drift, reviews, doubted, closed, standing, profile)),
    )


def _drift(
    answers: Sequence[Answer],
    profile: Mapping[str, Any] | None,
    unknown: float | None,
    named: Callable[[str], str],
) -> Drift:
    judged = [one.likeliest for one in answers if one.probability is not None]
    if profile is None or len(judged) < _FEWEST:
        return Drift(None, None, unknown, profile["unseen_words"] if profile else None)
    mix = _renamed({name: count / len(judged) for name, count in Counter(judged).items()}, named)
    confidence = confidence_shares([one.probability for one in answers if one.probability is not None])
    sizes = {"trained": profile["tickets"], "seen": len(judged)}
    return Drift(
        classes=moved(_renamed(profile["predicted"], named), mix, **sizes),
        confidence=moved(profile["confidence"], confidence, **sizes),
        unknown_words=unknown,
        unknown_words_trained=profile["unseen_words"],
    )


def _renamed(shares: Mapping[str, float], named: Callable[[str], str]) -> dict[str, float]:
    """The same shares by other names; those that get one name add up."""
    found: dict[str, float] = {}
    for name, share in shares.items():
        found[named(name)] = found.get(named(name), 0.0) + share
    return found


def _alarms(
    drift: Drift,
    reviews: Sequence[Review],
    doubted: Sequence[Broken],
    closed: Mapping[str, Sequence[str]],
    standing: Standing | None,
    profile: Mapping[str, Any] | None,
) -> Iterable[Alarm]:
    if drift.classes is not None and drift.classes.is_alarming:
        yield Alarm.CLASSES
    if drift.confidence is not None and drift.confidence.is_alarming:
        yield Alarm.CONFIDENCE
    known_before = drift.unknown_words_trained
    if drift.unknown_words is not None and known_before is not None:
        yield from [Alarm.WORDS] if drift.unknown_words > known_before + _MANY_UNKNOWN else []
    if profile is not None and len(reviews) >= _FEWEST_REVIEWS:
        accepted = sum(one.is_right for one in reviews) / len(reviews)
        if accepted < profile["accuracy"] - _LESS_ACCEPTED:
            yield Alarm.ACCEPTANCE
    if doubted:
        yield Alarm.DOUBTED
    if any(closed.values()):
        yield Alarm.CLOSED
    if standing is not None and standing.closed:
        yield Alarm.MIX


def _unknown(counted: Sequence[tuple[int, int]]) -> float | None:
    """The share of words that the model has never seen, by each text's counts; None where too few came to tell."""
    if len(counted) < _FEWEST:
        return None
    return sum(unknown for unknown, _ in counted) / max(1, sum(words for _, words in counted))


def _by(reviews: Sequence[Review], name: Callable[[Review], _Name], names: Iterable[_Name] = ()) -> dict[_Name, Record]:
    found = {one: Record(0, 0) for one in names}
    for review in reviews:
        before = found.get(name(review), Record(0, 0))
        found[name(review)] = Record(before.reviewed + 1, before.right + review.is_right)
    return found
