"""Models and promotions on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from service.schemas.base import In, Out, Text
from triagem.store.models import Model, Promotion
from triagem.types import TicketField

Why = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=500)]

_Field = Annotated[TicketField, Field(strict=False)]


class TrainIn(In):
    """What to train; every field that has labels unless some are named."""

    fields: Annotated[list[_Field], Field(min_length=1, max_length=4)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    why: Why | None = None


class PromoteIn(In):
    """`force` with a `why` promotes a model that the evidence does not speak for."""

    force: bool = False
    why: Why | None = None

    @model_validator(mode="after")
    def _forces_with_a_reason(self) -> Self:
        if self.force and self.why is None:
            raise ValueError("forcing a promotion needs a why")
        return self


class RollbackIn(In):
    """With `promotion_id`, what is to be taken back: asked twice, because an answer was lost, it goes back once."""

    why: Why | None = None
    promotion_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None


class ModelOut(Out):
    """One training's outcome. `current_for` lists the fields it answers now."""

    version: str
    fields: list[str]
    current_for: list[str]
    model_digest: str
    snapshot_digest: str
    config: dict[str, Any]
    report: dict[str, Any]
    created_at: datetime


class ModelsOut(Out):
    """Newest first."""

    models: list[ModelOut]


class PromotionOut(Out):
    """Which version answers each field from now on."""

    promotion_id: int
    assignments: dict[str, str]
    actor: str
    why: str
    created_at: datetime


def model_out(model: Model, in_force: Promotion | None) -> ModelOut:
    assignments = in_force.assignments if in_force else {}
    return ModelOut(
        version=model.version,
        fields=list(model.fields),
        current_for=[name for name, version in assignments.items() if version == model.version],
        model_digest=model.model_digest,
        snapshot_digest=model.snapshot_digest,
        config=model.config,
        report=model.report,
        created_at=model.created_at,
    )


def promotion_out(promotion: Promotion) -> PromotionOut:
    return PromotionOut(
        promotion_id=promotion.id,
        assignments=promotion.assignments,
        actor=promotion.actor,
        why=promotion.why,
        created_at=promotion.created_at,
    )
