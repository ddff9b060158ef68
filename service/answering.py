"""From what somebody wrote to what is answered: the one way that the HTTP service and the command line share.

It reads and asks the library; bodies, keys and event logs are its callers' business.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from service.guidance import ForAgent, ForRequester
from service.sources import Sources
from triagem.encoder.base import Encoder
from triagem.errors import ForeignIndex, NoGeneration
from triagem.search.relevance import SHOW_AT
from triagem.search.searcher import Answer, Query, Searcher
from triagem.text.email import latest_reply
from triagem.text.highlight import highlights
from triagem.text.inputs import ticket_input
from triagem.text.language import detect
from triagem.text.normalise import clean
from triagem.text.privacy import mask
from triagem.triage.explain import Explanation
from triagem.triage.grounds import Grounds
from triagem.triage.triager import Triaged
from triagem.types import Audience, Hit, Kind, Language, TicketField

Vector = NDArray[np.float32]

_PUBLIC = frozenset({Audience.PUBLIC})
_EMAIL = "email"
_AGENT_ARTICLES = 5
_AGENT_SIMILAR = 5
_NEAR_TOPICS = 3
# Asked for so many times more than shown: half of them may be translations.
_SPARE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; `language` is what the asker's form says of itself."""

    subject: str
    description: str
    language: Language | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class AskedTicket(Asked):
    """A ticket as it came in, with what is known around it; `explain` asks which words and which sentence decided."""

    requester: str | None = None
    contract: str | None = None
    ticket_id: str | None = None
    created_at: datetime | None = None
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """A request as the library reads it: clean, without quoted mail, personal data masked.

    `reads` is the asker's language: that of the words, else the one that the form says of itself, else `UND`.
    """

    subject: str
    description: str
    language: Language
    text: str
    reads: Language


@dataclass(frozen=True, slots=True)
class SuggestAnswer:
    """What somebody who is about to send a request is shown."""

    articles: Answer
    told: ForRequester


@dataclass(frozen=True, slots=True)
class NearTopic:
    """What the knowledge base has that is nearest, though it will hardly help, and the article that speaks of it."""

    topic: str
    article_id: str
    title: str


@dataclass(frozen=True, slots=True)
class TriageAnswer:
    """What an agent is told of one ticket. `near` is empty where an article may help, `explained` unless asked for.

    `not_searched` says why nothing could be searched, if it could not.
    """

    language: Language
    triaged: Triaged
    articles: Answer
    similar: Answer
    told: ForAgent
    near: tuple[NearTopic, ...] = ()
    grounds: dict[TicketField, Grounds] = field(default_factory=dict)
    explained: dict[TicketField, Explanation] = field(default_factory=dict)
    not_searched: str | None = None


def understand(asked: Asked) -> Understood:
    """The words that count, and their language."""
    subject, description = mask(clean(asked.subject)), clean(asked.description)
    if asked.channel == _EMAIL:
        description = latest_reply(description)
    description = mask(description)
    text = ticket_input(subject, description)
    language = detect(text, asked.language)
    return Understood(subject, description, language, text, told_from(language, asked.language))


def told_from(language: Language, said: Language | None) -> Language:
    """The `language` of somebody's words; where that cannot be told the one that their form `said`, if any."""
    return said if language is Language.UND and said is not None else language


def suggest(
    sources: Sources,
    desk: str,
    understood: Understood,
    vector: Vector,
    *,
    limit: int,
    now: datetime,
    contract: str | None = None,
) -> SuggestAnswer:
    """The public articles worth showing, and what the author is told."""
    reads = sources.guidance.spoken(understood.reads)
    query = Query(understood.text, prefers=reads, audiences=_PUBLIC, limit=_SPARE * limit)
    articles = _for_asker(sources, desk, _search_if_possible(sources.searcher, desk, query, vector), query, limit)
    told = sources.guidance.for_requester(understood.text, reads, now=now, contract=contract)
    return SuggestAnswer(articles, told)


def without_articles(answer: SuggestAnswer) -> SuggestAnswer:
    """The same for somebody from whom articles are withheld by lot."""
    return replace(answer, articles=Answer((), answer.articles.generation_id))


def triage(
    sources: Sources,
    desk: str,
    understood: Understood,
    vector: Vector,
    *,
    now: datetime,
    contract: str | None = None,
    created_at: datetime | None = None,
    explaining: Encoder | None = None,
) -> TriageAnswer:
    """The fields, articles for whatever audience, the solved tickets that were alike, and what the agent is told.

    With `explaining` also what each word and sentence weighs; that costs as many encodings as the text has of them.
    """
    triaged = sources.triager.decide(
        desk,
        subject=understood.subject,
        description=understood.description,
        vector=vector,
        contract=contract,
    )
    reads = sources.guidance.spoken(understood.reads)
    of_articles = Query(understood.text, prefers=reads, limit=_SPARE * _AGENT_ARTICLES)
    of_tickets = replace(of_articles, kind=Kind.TICKET, solved_only=True, limit=_AGENT_SIMILAR)
    found, alike = (_search_if_possible(sources.searcher, desk, query, vector) for query in (of_articles, of_tickets))
    articles, similar = _for_asker(sources, desk, found, of_articles, _AGENT_ARTICLES), _worth_showing(alike)
    near = () if articles.hits else nearest_topics(_in_own_language(found, reads).hits)
    told = sources.guidance.for_agent(
        understood.text, reads, triaged, contract=contract, created_at=created_at, now=now
    )
    grounds = sources.triager.grounds(desk, understood.text, vector)
    explained = sources.triager.explain_all(desk, understood.text, explaining) if explaining else {}
    not_searched = sources.searcher.not_ready(desk) if found.generation_id is None else None
    return TriageAnswer(understood.language, triaged, articles, similar, told, near, grounds, explained, not_searched)


def search(searcher: Searcher, desk: str, query: Query, vector: Vector) -> Answer:
    """What the searcher finds, however little it helps, with what was asked for marked in it.

    Nothing in a desk that has nothing to search yet, which is no error over HTTP. Raises `ForeignIndex` where another
    encoder made the index.
    """
    return _marked(searcher, desk, query, _search(searcher, desk, query, vector))


def nearest_topics(hits: Sequence[Hit]) -> tuple[NearTopic, ...]:
    """At most three topics, each of the first of its articles: the category, or the title of one without."""
    topics: dict[str, NearTopic] = {}
    for hit in hits:
        topic = hit.category or hit.title
        topics.setdefault(topic, NearTopic(topic, hit.id, hit.title))
    return tuple(topics.values())[:_NEAR_TOPICS]


def _search(searcher: Searcher, desk: str, query: Query, vector: Vector) -> Answer:
    try:
        return searcher.search(desk, query, vector=vector)
    except ForeignIndex:
        raise
    except NoGeneration:
        return Answer((), None)


def _search_if_possible(searcher: Searcher, desk: str, query: Query, vector: Vector) -> Answer:
    """What there is to find, and nothing in an index of another encoder: a form and a queue have to go on working."""
    try:
        return _search(searcher, desk, query, vector)
    except ForeignIndex:
        return Answer((), None)


def _for_asker(sources: Sources, desk: str, found: Answer, query: Query, limit: int) -> Answer:
    """What is worth showing, with what was asked for marked in it."""
    hits = _in_own_language(_worth_showing(found), query.prefers).hits[:limit]
    return _marked(sources.searcher, desk, query, Answer(hits, found.generation_id))


def _marked(searcher: Searcher, desk: str, query: Query, answer: Answer) -> Answer:
    wanted = searcher.synonyms.of(desk).ask(query.text).every_term if answer.hits else frozenset()
    return replace(answer, hits=tuple(replace(hit, highlights=highlights(hit.passage, wanted)) for hit in answer.hits))


def _in_own_language(answer: Answer, own: Language) -> Answer:
    """Articles of other languages only where they stand before all in the asker's own: later ones are mostly
    translations of those.
    """
    readable = [hit.language in (own, Language.UND) for hit in answer.hits]
    first = readable.index(True) if any(readable) else len(readable)
    kept = tuple(hit for at, hit in enumerate(answer.hits) if at < first or readable[at])
    return Answer(kept, answer.generation_id)


def _worth_showing(answer: Answer) -> Answer:
    return Answer(tuple(hit for hit in answer.hits if hit.relevance >= SHOW_AT), answer.generation_id)
