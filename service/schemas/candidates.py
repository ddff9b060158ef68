"""Gate, shadow and replay on the wire."""

from service.schemas.base import Id, In, Out
from service.schemas.models import Why
from triagem.triage.objection import ObjectionCode
from triagem.triage.replay import Replay
from triagem.triage.shadow import ShadowRecord
from triagem.types import FieldDecision, Mode, TicketField


class ShadowIn(In):
    """The version to answer in shadow; null for none."""

    version: Id | None
    why: Why


class ShadowFieldOut(Out):
    """Of `answers` so many were the `same` as what was answered.

    Of the `reviewed` ones the candidate alone was right in `gained`, what was answered alone in `lost`.
    `is_better` is true once chance explains that in at most 5 % of cases.
    """

    field: TicketField
    answers: int
    same: int
    reviewed: int
    gained: int
    lost: int
    is_better: bool


class ShadowOut(Out):
    """`version` is null while nothing answers in shadow."""

    version: str | None
    fields: list[ShadowFieldOut]


class AnswerOut(Out):
    mode: Mode
    value: str | None
    probability: float | None


class ChangeOut(Out):
    """A field that would be answered otherwise; `label` is what people said, null where nobody did."""

    ticket_id: str
    subject: str
    field: TicketField
    before: AnswerOut
    after: AnswerOut
    label: str | None


class ObjectionOut(Out):
    """Why a field may not be promoted: a code, and the sentence that says it."""

    code: ObjectionCode
    sentence: str


class FieldGateOut(Out):
    """One field beside what answers it now, on the same `tickets`: so many only the new version gets right (`gained`),
    so many only the other (`lost`).

    `calibration` are the calibration errors and `seconds` the times to judge a ticket, of the new version and of the
    other; null where that was not compared. A field without an objection passes.
    """

    field: TicketField
    against: str
    tickets: int
    gained: int
    lost: int
    is_better: bool
    calibration: tuple[float, float] | None
    seconds: tuple[float, float] | None
    objection: ObjectionOut | None


class GateOut(Out):
    """What the gate finds of a version's fields that it does not answer yet."""

    version: str
    fields: list[FieldGateOut]


class FieldReplayOut(Out):
    """How many values and modes change, how many labelled tickets get right or wrong, how many are filled (`auto`)."""

    field: TicketField
    values_changed: int
    modes_changed: int
    became_right: int
    became_wrong: int
    filled_before: int
    filled_after: int


class ReplayOut(Out):
    """The newest `tickets`, answered again; `changes` newest first.

    `left_out` are those that were never encoded, beyond the newest 500 of such: by command they are replayed too.
    """

    tickets: int
    left_out: int
    fields: list[FieldReplayOut]
    changes: list[ChangeOut]


def shadow_out(record: ShadowRecord | None) -> ShadowOut:
    if record is None:
        return ShadowOut(version=None, fields=[])
    return ShadowOut(
        version=record.version,
        fields=[
            ShadowFieldOut(
                field=one.field,
                answers=one.answers,
                same=one.same,
                reviewed=one.comparison.tickets,
                gained=one.comparison.gained,
                lost=one.comparison.lost,
                is_better=one.comparison.is_better,
            )
            for one in record.fields
        ],
    )


def replay_out(found: Replay) -> ReplayOut:
    return ReplayOut(
        tickets=found.tickets,
        left_out=found.left_out,
        fields=[
            FieldReplayOut(
                field=one.field,
                values_changed=one.values_changed,
                modes_changed=one.modes_changed,
                became_right=one.became_right,
                became_wrong=one.became_wrong,
                filled_before=one.filled_before,
                filled_after=one.filled_after,
            )
            for one in found.fields
        ],
        changes=[
            ChangeOut(
                ticket_id=one.ticket_id,
                subject=one.subject,
                field=one.field,
                before=_answer_out(one.before),
                after=_answer_out(one.after),
                label=one.label,
            )
            for one in found.changes
        ],
    )


def _answer_out(decision: FieldDecision) -> AnswerOut:
    return AnswerOut(mode=decision.mode, value=decision.value, probability=decision.probability)
