"""What is asked and answered at the agent's desk: a ticket, and everything that helps with it.

How it is found stands in `service.answering`; what a value rests on, in `service.schemas.evidence`.
"""

from datetime import UTC, datetime, tzinfo
from typing import Annotated

from pydantic import Field

from service.answering import AskedTicket, NearTopic, TriageAnswer
from service.schemas.asked import ArticleHitOut, AskIn, MissingOut, article_out, missing_out
from service.schemas.base import Id, Label, Moment, Out, language_of
from service.schemas.evidence import EvidenceOut, evidence_out
from triagem.triage.explain import Explanation
from triagem.triage.grounds import Grounds
from triagem.triage.priority import Weighed
from triagem.triage.sla import Clock
from triagem.types import Candidate, FieldDecision, Hit, Language, Mode, Reason, TicketField


class TriageIn(AskIn):
    """A ticket to sort."""

    requester: Label | None = None
    contract: Label | None = None
    ticket_id: Id | None = None
    created_at: Moment | None = None
    explain: Annotated[bool, Field(description="Also find out which words and which sentence decided; slower.")] = False

    def asked(self, *, zone: tzinfo) -> AskedTicket:
        """What the fields say; a time without an offset is of `zone`."""
        created_at = self.created_at
        if created_at is not None and created_at.tzinfo is None:
            created_at = created_at.replace(tzinfo=zone).astimezone(UTC)
        return AskedTicket(
            subject=self.subject,
            description=self.description,
            language=language_of(self.language),
            channel=self.channel,
            requester=self.requester,
            contract=self.contract,
            ticket_id=self.ticket_id,
            created_at=created_at,
            explain=self.explain,
        )


class SimilarOut(Out):
    """A solved ticket that was alike."""

    ticket_id: str
    title: str
    language: Language
    passage: str
    resolution: str | None
    relevance: float


class CandidateOut(Out):
    value: str
    probability: float


class FieldOut(Out):
    """How one field may be filled. `value` is null exactly when `mode` is `abstain`; then `reason` says why."""

    mode: Mode
    value: str | None
    probability: float | None
    candidates: list[CandidateOut]
    reason: Reason | None
    evidence: EvidenceOut


class SlaOut(Out):
    """The policy that applies, when a response and the solution are due, and what share of the time is used."""

    policy: str
    response_due: datetime
    resolution_due: datetime | None
    response_used: float
    resolution_used: float | None
    at_risk: bool


class NearTopicOut(Out):
    """A topic of the knowledge base, and the article that is nearest of it."""

    topic: str
    article_id: str
    title: str


class TriageOut(Out):
    """Everything an agent is helped with when a ticket arrives.

    No article is a normal answer; then `nearest_topics` names up to three topics, which are only near.
    `not_searched` says why neither articles nor tickets could be searched; it is null where they were.
    """

    triage_id: str
    language: Language
    fields: dict[TicketField, FieldOut]
    articles: list[ArticleHitOut]
    nearest_topics: list[NearTopicOut]
    similar: list[SimilarOut]
    missing: list[MissingOut]
    sla: SlaOut | None
    model_version: str | None
    index_generation: str | None
    not_searched: str | None


def triage_out(triage_id: str, answer: TriageAnswer) -> TriageOut:
    return TriageOut(
        triage_id=triage_id,
        language=answer.language,
        fields={
            name: _field_out(
                decision,
                answer.grounds.get(name),
                answer.explained.get(name),
                answer.triaged.weighed if name is TicketField.PRIORITY else None,
            )
            for name, decision in answer.triaged.fields.items()
        },
        articles=[article_out(hit) for hit in answer.articles.hits],
        nearest_topics=[_near_out(near) for near in answer.near],
        similar=[_similar_out(hit) for hit in answer.similar.hits],
        missing=[missing_out(missing) for missing in answer.told.missing],
        sla=_sla_out(answer.told.clock) if answer.told.clock else None,
        model_version=answer.triaged.model_version,
        index_generation=answer.articles.generation_id,
        not_searched=answer.not_searched,
    )


def _field_out(
    decision: FieldDecision, grounds: Grounds | None, explained: Explanation | None, weighed: Weighed | None
) -> FieldOut:
    return FieldOut(
        mode=decision.mode,
        value=decision.value,
        probability=decision.probability,
        candidates=[_candidate_out(candidate) for candidate in decision.candidates],
        reason=decision.reason,
        evidence=evidence_out(grounds or Grounds((), ()), explained, weighed, decision.branch),
    )


def _near_out(near: NearTopic) -> NearTopicOut:
    return NearTopicOut(topic=near.topic, article_id=near.article_id, title=near.title)


def _similar_out(hit: Hit) -> SimilarOut:
    return SimilarOut(
        ticket_id=hit.id,
        title=hit.title,
        language=hit.language,
        passage=hit.passage,
        resolution=hit.resolution,
        relevance=hit.relevance,
    )


def _sla_out(clock: Clock) -> SlaOut:
    return SlaOut(
        policy=clock.policy,
        response_due=clock.response_due,
        resolution_due=clock.resolution_due,
        response_used=clock.response_used,
        resolution_used=clock.resolution_used,
        at_risk=clock.at_risk,
    )


def _candidate_out(candidate: Candidate) -> CandidateOut:
    return CandidateOut(value=candidate.value, probability=candidate.probability)
