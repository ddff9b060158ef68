"""One ticket as an agent sees it: everything that triage says of it, and who wrote before."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import anyio.to_thread

from service import triaging
from service.answering import AskedTicket, TriageAnswer, told_from
from service.pages.agent.fields import FieldView, fields_of, known_of
from service.pages.agent.queue import Chosen, by_ticket, read_queue
from service.pages.visit import Visit
from service.state import State
from triagem.errors import NotFound
from triagem.phrases import say
from triagem.search.records import ENTRIES
from triagem.store import articles, events, tickets
from triagem.store.articles import Headline
from triagem.store.events import Event
from triagem.text.names import as_compared
from triagem.triage import taxonomy
from triagem.triage.explain import Explanation
from triagem.triage.labels import Review, last_words, reviews_of
from triagem.triage.priority import Weighed
from triagem.triage.priority_names import label_for
from triagem.triage.signs import Sign
from triagem.triage.sla import Clock
from triagem.types import Hit, Language, Reason, Ticket, TicketField

_HISTORY: Final = 10
_CHOICES: Final = 300
_SUBJECT: Final = 1_000
_DESCRIPTION: Final = 20_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a ticket and around it. `linked` are those of its articles that the desk has, by id."""

    ticket: Ticket
    linked: dict[str, Headline]
    reviews: dict[TicketField, Review]
    last: Event | None
    history: list[Ticket]
    choices: dict[TicketField, list[str]]


class BesideModel(StrEnum):
    """How the matrix's priority stands to the one that a model proposes.

    They cannot be compared where none of the desk's priorities means what the matrix says.
    """

    AGREES = "agrees"
    DIFFERS = "differs"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class ArticleView:
    """`link` is the article's address if a browser may follow it."""

    id: str
    title: str
    heading: str
    passage: str
    language: Language
    relevance: float
    link: str | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """An article that may have solved the ticket, or, where `is_linked`, is said to have."""

    id: str
    title: str
    language: Language
    link: str | None
    is_linked: bool


def read_ticket(state: State, desk: str, ticket_id: str) -> Known:
    """Raises `NotFound` for a ticket that this desk does not have. Call it from a thread."""
    with state.database.read() as connection:
        ticket = tickets.get(connection, desk, ticket_id)
        if ticket is None:
            raise NotFound("This desk has no such ticket.")
        said = events.on_triages(connection, desk, tickets=[ticket_id])
        history = tickets.of_requester(connection, desk, ticket.requester, limit=_HISTORY) if ticket.requester else []
        last = events.newest_triage_of(connection, desk, ticket_id)
        linked = articles.headlines(connection, desk, dict.fromkeys(ticket.article_ids, 0))
        names = taxonomy.load(connection, desk)
        choices = {field: used[:_CHOICES] for field, used in tickets.labels(connection, desk).items()}
    return Known(
        ticket=ticket,
        linked=linked,
        reviews=by_ticket(reviews_of(last_words(said, names))).get(ticket_id, {}),
        last=last,
        history=[one for one in history if one.id != ticket_id],
        choices=choices,
    )


def neighbours(visited: Visit, ticket_id: str, chosen: Chosen) -> tuple[str | None, str | None]:
    """The tickets before and after this one in the queue that was chosen; after one that does not wait, the first.

    A decision may take a ticket out of the queue: it keeps its place until it is left. Call it from a thread.
    """
    found = read_queue(visited.state, visited.desk, chosen, now=visited.now, keeping=ticket_id)
    waiting = [row.ticket.id for row in found.rows]
    if ticket_id not in waiting:
        return None, next(iter(waiting), None)
    at = waiting.index(ticket_id)
    return waiting[at - 1] if at else None, waiting[at + 1] if at + 1 < len(waiting) else None


async def view_ticket(visited: Visit, ticket_id: str, chosen: Chosen) -> dict[str, Any]:
    """What the page shows. What triage says is taken down when it says something new, so that it can be spoken of."""
    state, desk = visited.state, visited.desk
    known = await anyio.to_thread.run_sync(read_ticket, state, desk, ticket_id)
    ticket = known.ticket
    triage_id, answer = await triaging.triage(state, desk, _asked(ticket), before=known.last)
    fields = fields_of(ticket, answer.triaged.fields, known.reviews, choices=known.choices)
    before, after = await anyio.to_thread.run_sync(neighbours, visited, ticket_id, chosen)
    clock = clock_of(visited, ticket, fields)
    policies = state.sources.guidance.policies
    question, spoken = question_for(state, ticket, answer)
    shown = [_article(hit) for hit in answer.articles.hits]
    return {
        "ticket": ticket,
        "triage_id": triage_id,
        "fields": fields,
        "acceptable": [one for one in fields if one.acceptable],
        "weighed": answer.triaged.weighed,
        "signs": signs_of(answer.triaged.weighed),
        "beside_model": beside_model(answer.triaged.weighed, fields),
        "question": question,
        "question_lines": question.count("\n") + 2,
        "question_language": spoken,
        "clock": clock,
        "policy": policies.title(clock.policy, visited.speaker.language) if clock else None,
        "articles": shown,
        "links": links_of(known, shown),
        "near": answer.near,
        "not_searched": answer.not_searched is not None,
        "similar": [hit for hit in answer.similar.hits if hit.id != ticket.id],
        "history": known.history,
        "before": before,
        "after": after,
        "chosen": chosen,
    }


def links_of(known: Known, shown: Sequence[ArticleView]) -> list[LinkView]:
    """What is shown, in its order, then what else the ticket is linked to; an article that is gone goes by its id."""
    linked = known.ticket.article_ids
    found = {one.id: LinkView(one.id, one.title, one.language, one.link, one.id in linked) for one in shown}
    for article_id in linked:
        head = known.linked.get(article_id)
        title, language = (head.title, head.language) if head else (article_id, Language.UND)
        link = _followed(head.url) if head else None
        found.setdefault(article_id, LinkView(article_id, title, language, link, is_linked=True))
    return list(found.values())


def linkable(state: State, desk: str, ticket: Ticket, ids: Sequence[str]) -> list[str]:
    """Those of `ids` that this desk has or the ticket was linked to, each once and as many as a ticket may have; the
    others are left out, for an article that was taken out meanwhile must not keep a ticket open. Call it from a thread.
    """
    with state.database.read() as connection:
        known = {*articles.digests(connection, desk, ids), *ticket.article_ids}
    return [article_id for article_id in dict.fromkeys(ids) if article_id in known][:ENTRIES]


def clock_of(visited: Visit, ticket: Ticket, fields: list[FieldView]) -> Clock | None:
    """The clocks of an open ticket; a closed one has none."""
    if ticket.closed_at is not None:
        return None
    policies = visited.state.sources.guidance.policies
    return policies.clock(known_of(ticket, fields), created_at=ticket.created_at, now=visited.now)


def signs_of(weighed: Weighed | None) -> list[tuple[str, Sign]]:
    """What in the text speaks for a priority, by name; nothing for an empty text."""
    if weighed is None:
        return []
    signs = weighed.signs
    return [("severity", signs.severity), ("impact", signs.impact), ("urgency", signs.urgency)]


def beside_model(weighed: Weighed | None, fields: Sequence[FieldView]) -> BesideModel | None:
    """The matrix beside the model that proposes a priority; None where none does."""
    field = next(one for one in fields if one.field is TicketField.PRIORITY)
    if weighed is None or field.proposed is None or field.reason is Reason.NO_MODEL:
        return None
    says = label_for(weighed.priority, field.choices)
    if says is None:
        return BesideModel.INCOMPARABLE
    return BesideModel.AGREES if as_compared(says) == as_compared(field.proposed) else BesideModel.DIFFERS


def question_for(state: State, ticket: Ticket, answer: TriageAnswer) -> tuple[str, Language]:
    """A message to the requester that asks for what is missing, in their language; empty when nothing is."""
    spoken = state.sources.guidance.spoken(told_from(answer.language, ticket.language))
    missing = answer.told.missing
    if not missing or ticket.closed_at is not None:
        return "", spoken
    asked = [f"- {one.question}" for one in missing]
    lines = [say("reply.greeting", spoken), "", say("reply.need", spoken), *asked, "", say("reply.thanks", spoken)]
    return "\n".join(lines), spoken


def explain(state: State, desk: str, ticket: Ticket, field: TicketField) -> Explanation | None:
    """Why triage says what it says of a field. Call it from a thread: it asks the encoder many times."""
    return state.sources.triager.explain(
        desk, field, subject=ticket.subject, description=ticket.description, encoder=state.encoder
    )


def _asked(ticket: Ticket) -> AskedTicket:
    # What is stored was checked when it came, by rules that are wider than those of a single request.
    return AskedTicket(
        subject=ticket.subject[:_SUBJECT],
        description=ticket.description[:_DESCRIPTION],
        language=None if ticket.language is Language.UND else ticket.language,
        channel=ticket.channel,
        requester=ticket.requester,
        contract=ticket.contract,
        ticket_id=ticket.id,
        created_at=ticket.created_at,
    )


def _article(hit: Hit) -> ArticleView:
    link = _followed(hit.url)
    return ArticleView(hit.id, hit.title, hit.heading, hit.passage, hit.language, hit.relevance, link)


def _followed(url: str | None) -> str | None:
    """The address if a browser may follow it."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None
