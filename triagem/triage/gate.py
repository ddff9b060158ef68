"""Whether the evidence speaks for a version: compared with what answers now, on the same tickets, ticket by ticket.

It judges and changes nothing; promoting is left to `triagem.store.models`, by whoever asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triagem.store import models
from triagem.store.database import Database
from triagem.triage.classifier import Classifier
from triagem.triage.compared import Compared, calibration, compare, contradicted, seconds_a_ticket
from triagem.triage.learnable import learnable
from triagem.triage.objection import FEWEST_TICKETS, NotPromoted, Objection, ObjectionCode, sentence
from triagem.triage.paired import FEWEST_OF_PART, Comparison
from triagem.triage.triager import open_model
from triagem.types import Language, TicketField

# Where labels are corrected, few change and most of these to what the model said: decision 20.
_CONTRADICTED = 0.10
# The calibration error of a few hundred tickets moves by a hundredth or two of itself.
_WORSE_CALIBRATION = 0.03
# Judging is a small part of an answer; twice the time and two milliseconds more would be felt.
_SLOWER_TIMES, _SLOWER_S = 2.0, 0.002
COMMONEST = "the commonest class"


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """What the gate found of one field; `objection` is None when nothing speaks against the new version.

    `against` is the version that answers now, or `COMMONEST` where none does. `calibration` are the calibration errors
    and `seconds` the times to judge a ticket, of the new version and of the other; None where that was not compared, as
    `seconds` of two versions with the same digest.
    `untold_classes` and `untold_languages` have too few tickets to tell what became of each: they are judged together.
    """

    field: TicketField
    against: str
    comparison: Comparison
    objection: Objection | None
    calibration: tuple[float, float] | None = None
    seconds: tuple[float, float] | None = None
    untold_classes: tuple[str, ...] = ()
    untold_languages: tuple[str, ...] = ()


def gate_as_record(version: str, verdicts: Sequence[FieldVerdict], language: Language) -> dict[str, Any]:
    """What the gate found, for programs: the one shape in which it is told by command and over HTTP."""
    return {"version": version, "fields": [_field_record(one, language) for one in verdicts]}


def gate_as_details(verdicts: Sequence[FieldVerdict]) -> dict[str, dict[str, Any]]:
    """What the audit log keeps of a judgement, by field. Counts are left out where no tickets were compared."""
    return {one.field.value: _field_details(one) for one in verdicts}


def judge_promotion(database: Database, desk: str, version: str, *, encoder_digest: str) -> list[FieldVerdict]:
    """A verdict for each field of `version` that it does not answer yet. Raises `NotFound` for an unknown version.

    It is compared with the version that answers now on the same tickets, and everywhere with always naming the
    commonest class.
    """
    with database.read() as connection:
        model = models.get(connection, desk, version)
        current = models.in_force(connection, desk)
        assigned = current.assignments if current else {}
        answering = {
            TicketField(name): other for name, other in assigned.items() if name in model.fields and other != version
        }
        unanswered = [TicketField(name) for name in model.fields if name not in assigned]
        others = {other: models.get(connection, desk, other) for other in set(answering.values())}
        stored = list(learnable(connection, desk).tickets) if answering else []
    described = model.report.get("fields", {})
    guessed = {TicketField(name) for name in model.fields if name in described and not beats_majority(described[name])}
    first = [first_verdict(field, described.get(field.value)) for field in unanswered]
    if not answering:
        return first

    def opened(name: str) -> Classifier:
        known = model if name == version else others[name]
        return open_model(database.data_dir, desk, known, encoder_digest=encoder_digest)

    new, old = opened(version), {name: opened(name) for name in sorted(others)}
    seconds = {
        other: seconds_a_ticket(database, desk, (new, one), stored, encoder_digest)
        for other, one in old.items()
        if others[other].model_digest != model.model_digest
    }
    judged = [
        with_costs(
            with_labels(
                verdict(field, other, list(compare(database, desk, field, new, old[other], stored, encoder_digest))),
                changed=contradicted(database, desk, field, old[other], stored),
                guessed=field in guessed,
            ),
            calibration=calibration(field, new, old[other], stored),
            seconds=seconds.get(other),
        )
        for field, other in answering.items()
    ]
    return [*judged, *first]


def verdict(field: TicketField, against: str, compared: Sequence[Compared]) -> FieldVerdict:
    """Passes what is better, or not inferior, and lost no class or language, by `Comparison.is_worse`.

    Those of fewer than three tickets are judged together, and named as `untold`.
    """
    whole = _comparison(compared)
    (classes, untold_classes), (languages, untold_languages) = _parts(compared, "label"), _parts(compared, "language")
    among = len(classes) + len(languages)
    worse_classes, worse_languages = _worse(classes, "label", among), _worse(languages, "language", among)
    objection = None
    if whole.tickets < FEWEST_TICKETS:
        objection = Objection(ObjectionCode.FEW_TICKETS, tickets=whole.tickets)
    elif worse_classes or worse_languages:
        objection = Objection(ObjectionCode.WORSE_IN_PART, classes=worse_classes, languages=worse_languages)
    elif not whole.is_better and not whole.is_not_inferior:
        objection = Objection(ObjectionCode.NOT_SHOWN, tickets=whole.tickets, gained=whole.gained, lost=whole.lost)
    return FieldVerdict(
        field, against, whole, objection, untold_classes=untold_classes, untold_languages=untold_languages
    )


def with_labels(found: FieldVerdict, *, changed: tuple[int, int] | None, guessed: bool) -> FieldVerdict:
    """The verdict with what speaks against the labels that both were judged by, before all else.

    Of so many tickets that the old model learned from, `changed[1]`, so many have another label now that it would not
    give them, `changed[0]`. With more than one in ten they are not the labels any more that it was chosen by, and no
    comparison by them means anything. `guessed` is whether the new one is no better than the commonest class.
    """
    objection = found.objection
    if changed is not None and changed[0] > _CONTRADICTED * changed[1]:
        objection = Objection(ObjectionCode.LABELS_CHANGED, changed=changed[0], tickets=changed[1])
    elif guessed:
        objection = Objection(ObjectionCode.NO_BETTER_THAN_GUESSING)
    return replace(found, objection=objection)


def with_costs(
    found: FieldVerdict, *, calibration: tuple[float, float] | None, seconds: tuple[float, float] | None
) -> FieldVerdict:
    """The verdict with what else may speak against a version: probabilities that mean less, and slower answers."""
    objection = found.objection
    if objection is None and calibration is not None and calibration[0] > calibration[1] + _WORSE_CALIBRATION:
        objection = Objection(ObjectionCode.WORSE_CALIBRATED, new=calibration[0], now=calibration[1])
    if objection is None and seconds is not None and seconds[0] > _SLOWER_TIMES * seconds[1] + _SLOWER_S:
        objection = Objection(ObjectionCode.SLOWER, new=seconds[0], now=seconds[1])
    return replace(found, objection=objection, calibration=calibration, seconds=seconds)


def beats_majority(described: Mapping[str, Any]) -> bool:
    """Whether a field's model, by its report, is better than always naming the commonest class.

    On the newest tickets, if they tell. One learned from names alone may answer: it proves nothing and only suggests.
    """
    ahead, left_out = described["ahead"], described["left_out"]
    judged = ahead if ahead["tickets"] >= FEWEST_TICKETS else left_out
    return not left_out["tickets"] or bool(judged["accuracy"] > judged["majority_accuracy"])


def admitted(desk: str, version: str, fields: Sequence[str], verdicts: Iterable[FieldVerdict]) -> tuple[str, ...]:
    """The fields that the version may answer: all but those that it is the first to answer, and no better than a guess.

    Raises `NotPromoted` with every objection when it would replace what is better, or when no field is left; the
    message says how to promote all the same.
    """
    objections = [(one, one.objection) for one in verdicts if one.objection is not None]
    guessed = {one.field.value for one, _ in objections if one.against == COMMONEST}
    kept = tuple(name for name in fields if name not in guessed)
    if len(guessed) < len(objections) or not kept:
        raise NotPromoted(desk, version, [(one.field, objection) for one, objection in objections])
    return kept


def first_verdict(field: TicketField, described: Mapping[str, Any] | None) -> FieldVerdict:
    """The verdict on a field that nothing answers yet."""
    guessed = described is not None and not beats_majority(described)
    objection = Objection(ObjectionCode.NO_BETTER_THAN_GUESSING) if guessed else None
    return FieldVerdict(field, COMMONEST, Comparison(0, 0, 0), objection)


def _parts(compared: Sequence[Compared], attribute: str) -> tuple[list[list[Compared]], tuple[str, ...]]:
    """The tickets by class or by language, those of fewer than three tickets as one part, and the names of these."""
    by_name: defaultdict[str, list[Compared]] = defaultdict(list)
    for one in compared:
        by_name[getattr(one, attribute)].append(one)
    untold = tuple(sorted(name for name, part in by_name.items() if len(part) < FEWEST_OF_PART))
    together = [one for name in untold for one in by_name.pop(name)]
    return [*by_name.values(), *([together] if together else [])], untold


def _worse(parts: Iterable[Sequence[Compared]], attribute: str, among: int) -> tuple[str, ...]:
    """The names of what lost tickets in the parts that are worse."""
    names: set[str] = set()
    for part in parts:
        if _comparison(part).is_worse(among=among, was_right=sum(one.old_right for one in part)):
            names |= {getattr(one, attribute) for one in part if one.old_right and not one.new_right}
    return tuple(sorted(names))


def _comparison(compared: Sequence[Compared]) -> Comparison:
    gained = sum(one.new_right and not one.old_right for one in compared)
    lost = sum(one.old_right and not one.new_right for one in compared)
    return Comparison(len(compared), gained, lost)


def _field_details(one: FieldVerdict) -> dict[str, Any]:
    found = one.comparison
    counts = {"tickets": found.tickets, "gained": found.gained, "lost": found.lost} if found.tickets else {}
    return {"against": one.against, **counts, "objection": one.objection.code.value if one.objection else None}


def _field_record(one: FieldVerdict, language: Language) -> dict[str, Any]:
    objection = one.objection
    return {
        "field": one.field.value,
        "against": one.against,
        "tickets": one.comparison.tickets,
        "gained": one.comparison.gained,
        "lost": one.comparison.lost,
        "is_better": one.comparison.is_better,
        "calibration": one.calibration,
        "seconds": one.seconds,
        "untold_classes": one.untold_classes,
        "untold_languages": one.untold_languages,
        "objection": {"code": objection.code.value, "sentence": sentence(objection, language)} if objection else None,
    }
