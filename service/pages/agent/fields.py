"""What an agent sees of one field of one ticket: what people decided, what triage says, what else it may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from triagem.triage.labels import Review
from triagem.triage.sla import Known
from triagem.triage.targets import PROVEN_MODES
from triagem.types import Candidate, FieldDecision, Mode, Provenance, Reason, Ticket, TicketField

_OTHERS: Final = 3


@dataclass(frozen=True, slots=True)
class FieldView:
    """`value` is what people decided if they did, else what triage proposes; `proposed` is always the latter."""

    field: TicketField
    value: str | None
    decided: bool
    mode: Mode
    proposed: str | None
    probability: float | None
    reason: Reason | None
    others: tuple[Candidate, ...]
    branch: Candidate | None
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.field.value

    @property
    def acceptable(self) -> bool:
        """Whether there is a proposal that nobody has confirmed."""
        return not self.decided and self.proposed is not None

    @property
    def explainable(self) -> bool:
        return bool(self.proposed or self.others)


def fields_of(
    ticket: Ticket,
    decisions: Mapping[TicketField, FieldDecision],
    reviews: Mapping[TicketField, Review],
    *,
    choices: Mapping[TicketField, Sequence[str]] | None = None,
) -> list[FieldView]:
    """All fields in the order they are shown. `choices` are the values that a correction may name."""
    return [
        _view(decisions[field], decided_value(ticket, field, reviews), tuple((choices or {}).get(field, ())))
        for field in TicketField
    ]


def decided_value(ticket: Ticket, field: TicketField, reviews: Mapping[TicketField, Review]) -> str | None:
    """What a person decided: here or by feedback, or before the ticket came."""
    if field in reviews:
        return reviews[field].value
    return None if ticket.provenance is Provenance.AUTO_UNREVIEWED else ticket.label(field)


def decided_values(ticket: Ticket, reviews: Mapping[TicketField, Review]) -> dict[str, str]:
    """The values of the fields that people have decided."""
    return {field.value: value for field in TicketField if (value := decided_value(ticket, field, reviews))}


def closed_ticket(
    ticket: Ticket, decided: Mapping[str, str], *, resolution: str, article_ids: Sequence[str], at: datetime
) -> Ticket:
    """The ticket as it is closed: with what people decided, so that later feedback on it is measured against that.

    A person linked the articles; of a ticket without labels nothing else is known to be a machine's.
    """
    is_unlabelled = not any(ticket.label(field) for field in TicketField)
    return replace(
        ticket,
        category=decided.get(TicketField.CATEGORY, ticket.category),
        type=decided.get(TicketField.TYPE, ticket.type),
        priority=decided.get(TicketField.PRIORITY, ticket.priority),
        team=decided.get(TicketField.TEAM, ticket.team),
        resolution=resolution or ticket.resolution,
        article_ids=tuple(article_ids),
        closed_at=at,
        reopened=False,
        provenance=Provenance.HUMAN if decided or (article_ids and is_unlabelled) else ticket.provenance,
    )


def reopened_ticket(ticket: Ticket) -> Ticket:
    """The ticket as it waits again, with all that was decided and written when it was closed."""
    return replace(ticket, closed_at=None, reopened=True)


def known_of(ticket: Ticket, fields: Sequence[FieldView]) -> Known:
    """What the clocks may count on: decisions, and proposals that are proven."""
    values = {one.field: one.value for one in fields if one.decided or one.mode in PROVEN_MODES}
    return Known(values.get(TicketField.PRIORITY), ticket.contract, values.get(TicketField.TYPE))


def _view(decision: FieldDecision, decided: str | None, choices: tuple[str, ...]) -> FieldView:
    value = decided or decision.value
    others = tuple(one for one in decision.candidates if one.value != value)[:_OTHERS] if decided is None else ()
    known = dict.fromkeys([*choices, *(one.value for one in decision.candidates), *([value] if value else [])])
    return FieldView(
        field=decision.field,
        value=value,
        decided=decided is not None,
        mode=decision.mode,
        proposed=decision.value,
        probability=decision.probability,
        reason=decision.reason,
        others=others,
        branch=decision.branch if decided is None else None,
        choices=tuple(known),
    )
