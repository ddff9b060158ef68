"""The quality of triage on the wire."""

from datetime import datetime

from service.schemas.base import Out
from service.schemas.candidates import ShadowOut
from triagem.insight.quality import Alarm, FieldQuality, Quality, Record
from triagem.triage.drift import Moved
from triagem.triage.mix import Standing
from triagem.triage.shadow import shadow_as_record
from triagem.types import Mode, TicketField


class RecordOut(Out):
    """Answers that people reviewed; `bound` is the precision proven with 95 % (one-sided Clopper-Pearson)."""

    reviewed: int
    right: int
    precision: float | None
    bound: float


class MovedOut(Out):
    """The population stability index; `chance` is what chance alone reaches in 5 % of cases, 0.25 a lot."""

    psi: float
    chance: float
    tickets: int
    is_alarming: bool


class DriftOut(Out):
    """How far requests moved from those that the model learned from; null where too few came to tell."""

    classes: MovedOut | None
    confidence: MovedOut | None
    unknown_words: float | None
    unknown_words_trained: float | None


class ShareOut(Out):
    """A class that comes at least twice or at most half as often as among the tickets that were learned from."""

    label: str
    trained: float
    now: float


class MixOut(Out):
    """The mix of classes among the newest requests, which thresholds must hold under too; `closed` names the classes
    that are not proven for it, by mode.
    """

    at: datetime
    tickets: int
    shares: list[ShareOut]
    closed: dict[Mode, list[str]]


class FieldQualityOut(Out):
    """One field since its model answers. `doubted` are the open classes, by mode, that corrections speak against, but
    of too few people to close them; `closed` those that corrections have closed; `mix` is null until a hundred requests
    were triaged; `alarms` name what asks for a look.
    """

    field: TicketField
    version: str | None
    triaged: int
    coverage: dict[Mode, float]
    by_mode: dict[Mode, RecordOut]
    by_language: dict[str, RecordOut]
    by_channel: dict[str, RecordOut]
    by_class: dict[str, RecordOut]
    doubted: dict[str, list[str]]
    closed: dict[str, list[str]]
    mix: MixOut | None
    drift: DriftOut
    alarms: list[Alarm]


class QualityOut(Out):
    since: datetime
    triaged: int
    alarms: int
    fields: list[FieldQualityOut]
    shadow: ShadowOut


def quality_out(quality: Quality) -> QualityOut:
    return QualityOut(
        since=quality.since,
        triaged=quality.triaged,
        alarms=quality.alarms,
        fields=[_field_out(one) for one in quality.fields],
        shadow=ShadowOut.model_validate(shadow_as_record(quality.shadow)),
    )


def _field_out(one: FieldQuality) -> FieldQualityOut:
    return FieldQualityOut(
        field=one.field,
        version=one.version,
        triaged=one.triaged,
        coverage=one.coverage,
        by_mode={name: _record_out(found) for name, found in one.by_mode.items()},
        by_language={name: _record_out(found) for name, found in one.by_language.items()},
        by_channel={name: _record_out(found) for name, found in one.by_channel.items()},
        by_class={name: _record_out(found) for name, found in one.by_class.items()},
        doubted={mode: list(names) for mode, names in one.doubted.items()},
        closed={mode: list(names) for mode, names in one.closed.items()},
        mix=_mix_out(one.mix) if one.mix else None,
        drift=DriftOut(
            classes=_moved_out(one.drift.classes),
            confidence=_moved_out(one.drift.confidence),
            unknown_words=one.drift.unknown_words,
            unknown_words_trained=one.drift.unknown_words_trained,
        ),
        alarms=list(one.alarms),
    )


def _mix_out(standing: Standing) -> MixOut:
    return MixOut(
        at=standing.mix.at,
        tickets=standing.mix.tickets,
        shares=[ShareOut(label=one.label, trained=one.trained, now=one.now) for one in standing.shares],
        closed={mode: list(names) for mode, names in standing.closed.items()},
    )


def _record_out(found: Record) -> RecordOut:
    return RecordOut(reviewed=found.reviewed, right=found.right, precision=found.precision, bound=found.bound)


def _moved_out(found: Moved | None) -> MovedOut | None:
    if found is None:
        return None
    return MovedOut(psi=found.psi, chance=found.chance, tickets=found.tickets, is_alarming=found.is_alarming)
