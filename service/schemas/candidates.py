"""Gate, shadow and replay on the wire."""

from service.schemas.base import Id, In, Out
from service.schemas.models import Why
from triagem.triage.objection import ObjectionCode
from triagem.types import Mode, TicketField


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
    other; null where that was not compared. `untold_classes` and `untold_languages` have fewer than three tickets,
    which are judged together. A field without an objection passes.
    """

    field: TicketField
    against: str
    tickets: int
    gained: int
    lost: int
    is_better: bool
    calibration: tuple[float, float] | None
    seconds: tuple[float, float] | None
    untold_classes: tuple[str, ...]
    untold_languages: tuple[str, ...]
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
