"""What is asked and answered at the form, at the agent's desk and in search.

How an answer is found stands in `service.answering`; these are its words on the wire.
"""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.answering import Asked, NearTopic, SuggestAnswer, TriageAnswer
from service.schemas.base import Channel, Description, Id, In, Label, LanguageTag, Moment, Out, Subject, language_of
from triagem.search.searcher import Answer
from triagem.text.markdown import render_html
from triagem.text.normalise import clean
from triagem.triage.checklist import Missing
from triagem.triage.cues import Slot
from triagem.triage.explain import Explanation
from triagem.triage.grounds import Grounds
from triagem.triage.priority import Weighed
from triagem.triage.signs import Level
from triagem.triage.sla import Clock
from triagem.types import Article, Candidate, FieldDecision, Hit, Kind, Language, Mode, Reason, TicketField


class _AskIn(In):
    subject: Subject = ""
    description: Description = ""
    language: LanguageTag | None = None
    channel: Channel | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not clean(self.subject) and not clean(self.description):
            raise ValueError("subject and description are both empty; one of them must say something")
        return self

    def asked(self) -> Asked:
        return Asked(self.subject, self.description, language_of(self.language), self.channel)


class SuggestIn(_AskIn):
    """A request that somebody is typing."""

    session_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=5, description="At most so many articles.")] = 3


class TriageIn(_AskIn):
    """A ticket to sort."""

    requester: Label | None = None
    contract: Label | None = None
    ticket_id: Id | None = None
    created_at: Moment | None = None
    explain: Annotated[bool, Field(description="Also find out which words and which sentence decided; slower.")] = False


class ArticleHitOut(Out):
    """An article and the passage that matters. `relevance` is the probability that it helps.

    `highlights` are the words of the passage that were asked for, each as its start and end, counted in characters
    (Unicode code points, not UTF-16 units).
    """

    article_id: str
    title: str
    url: str | None
    language: Language
    passage: str
    heading: str
    relevance: float
    highlights: list[tuple[int, int]]


class PublicArticleOut(Out):
    """A public article to be read beside a form. `html` is sanitised: no script, form, style or foreign image."""

    article_id: str
    title: str
    language: Language
    url: str | None
    html: str


class MissingOut(Out):
    """A fact that the request lacks, and how to ask for it."""

    slot: Slot
    question: str


class SuggestionOut(Out):
    """Articles that may solve the request, best first; none is a normal answer.

    `expected_response` and `notices` are sentences for the requester; a notice never changes what becomes of a request.
    """

    suggestion_id: str
    articles: list[ArticleHitOut]
    missing: list[MissingOut]
    expected_response: str
    notices: list[str]
    index_generation: str | None


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


class WeightOut(Out):
    """A piece of the text and what it weighs."""

    text: str
    weight: float


class NeighbourOut(Out):
    """A labelled ticket like this one; `likeness` is at most 3."""

    ticket_id: str
    label: str
    likeness: float


class LeftOut(Out):
    """Without the word or the sentence the value's probability is lower by `weight`."""

    words: list[WeightOut]
    sentence: WeightOut | None


class SignOut(Out):
    """How much of something a text tells of, and the words that tell it."""

    level: Level
    words: list[str]


class SignsOut(Out):
    """What speaks for a priority, and what the desk's matrix makes of it under the contract."""

    severity: SignOut
    impact: SignOut
    urgency: SignOut
    priority: str


class EvidenceOut(Out):
    """What the likeliest value rests on: the `words` that spoke for it, with their shares, and the tickets most alike.

    `left_out` only where the request says `explain`; `signs` of the priority alone.
    """

    words: list[WeightOut]
    neighbours: list[NeighbourOut]
    left_out: LeftOut | None
    signs: SignsOut | None = None


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


class HitOut(Out):
    id: str
    kind: Kind
    title: str
    language: Language
    passage: str
    relevance: float


class SearchOut(Out):
    """Hits, best first, however little they help."""

    hits: list[HitOut]
    index_generation: str | None


def suggestion_out(suggestion_id: str, answer: SuggestAnswer) -> SuggestionOut:
    return SuggestionOut(
        suggestion_id=suggestion_id,
        articles=[_article_out(hit) for hit in answer.articles.hits],
        missing=[_missing_out(missing) for missing in answer.told.missing],
        expected_response=answer.told.expected_response,
        notices=list(answer.told.notices),
        index_generation=answer.articles.generation_id,
    )


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
        articles=[_article_out(hit) for hit in answer.articles.hits],
        nearest_topics=[_near_out(near) for near in answer.near],
        similar=[_similar_out(hit) for hit in answer.similar.hits],
        missing=[_missing_out(missing) for missing in answer.told.missing],
        sla=_sla_out(answer.told.clock) if answer.told.clock else None,
        model_version=answer.triaged.model_version,
        index_generation=answer.articles.generation_id,
    )


def search_out(answer: Answer) -> SearchOut:
    hits = [
        HitOut(
            id=hit.id,
            kind=hit.kind,
            title=hit.title,
            language=hit.language,
            passage=hit.passage,
            relevance=hit.relevance,
        )
        for hit in answer.hits
    ]
    return SearchOut(hits=hits, index_generation=answer.generation_id)


def public_article_out(article: Article) -> PublicArticleOut:
    return PublicArticleOut(
        article_id=article.id,
        title=article.title,
        language=article.language,
        url=article.url,
        html=render_html(article.body, article.format),
    )


def _article_out(hit: Hit) -> ArticleHitOut:
    return ArticleHitOut(
        article_id=hit.id,
        title=hit.title,
        url=hit.url,
        language=hit.language,
        passage=hit.passage,
        heading=hit.heading,
        relevance=hit.relevance,
        highlights=list(hit.highlights),
    )


def _near_out(near: NearTopic) -> NearTopicOut:
    return NearTopicOut(topic=near.topic, article_id=near.article_id, title=near.title)


def _missing_out(missing: Missing) -> MissingOut:
    return MissingOut(slot=missing.slot, question=missing.question)


def _sla_out(clock: Clock) -> SlaOut:
    return SlaOut(
        policy=clock.policy,
        response_due=clock.response_due,
        resolution_due=clock.resolution_due,
        response_used=clock.response_used,
        resolution_used=clock.resolution_used,
        at_risk=clock.at_risk,
    )


def _similar_out(hit: Hit) -> SimilarOut:
    return SimilarOut(
        ticket_id=hit.id,
        title=hit.title,
        language=hit.language,
        passage=hit.passage,
        resolution=hit.resolution,
        relevance=hit.relevance,
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
        evidence=_evidence_out(grounds or Grounds((), ()), explained, weighed),
    )


def _evidence_out(grounds: Grounds, explained: Explanation | None, weighed: Weighed | None) -> EvidenceOut:
    return EvidenceOut(
        words=[WeightOut(text=one.text, weight=one.weight) for one in grounds.words],
        neighbours=[
            NeighbourOut(ticket_id=one.ticket_id, label=one.label, likeness=one.likeness) for one in grounds.neighbours
        ],
        left_out=_left_out(explained) if explained else None,
        signs=_signs_out(weighed) if weighed else None,
    )


def _signs_out(weighed: Weighed) -> SignsOut:
    signs = weighed.signs
    severity, impact, urgency = (
        SignOut(level=sign.level, words=list(sign.words)) for sign in (signs.severity, signs.impact, signs.urgency)
    )
    return SignsOut(severity=severity, impact=impact, urgency=urgency, priority=weighed.priority)


def _left_out(explained: Explanation) -> LeftOut:
    sentence = explained.sentence
    return LeftOut(
        words=[WeightOut(text=one.text, weight=one.weight) for one in explained.words],
        sentence=WeightOut(text=sentence.text, weight=sentence.weight) if sentence else None,
    )


def _candidate_out(candidate: Candidate) -> CandidateOut:
    return CandidateOut(value=candidate.value, probability=candidate.probability)
