"""Answers on the terminal, without a service: for trying things and for scripts.

Nothing asked here enters the event log. How answers are found stands in `service.answering`.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import click

from service import answering
from service.answering import Asked, NearTopic, SuggestAnswer, TriageAnswer, Understood
from service.guidance import open_guidance
from service.schemas.suggest import suggestion_out
from service.schemas.triage import triage_out
from service.sources import Sources, open_sources
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.errors import InvalidInput, NoGeneration
from triagem.settings import Settings
from triagem.store.database import Database
from triagem.text.normalise import refuse_unstorable
from triagem.triage.checklist import Missing
from triagem.triage.explain import Explanation
from triagem.triage.priority import Weighed
from triagem.triage.sla import Clock
from triagem.types import FieldDecision, Hit, Mode, TicketField

_LIMIT: Final = 3
_WIDTH: Final = 100
_INDENT: Final = " " * 10
_PASSAGE_CHARS: Final = 320
_LONGEST: Final = 20_000
# Odds divided by more are as good as none.
_HUGE = 1_000
_WORTH_A_WORD: Final = 0.01


def suggestion(settings: Settings, text: str, *, as_json: bool) -> str:
    """What the form would be shown. Raises `NoGeneration` for a desk without articles."""
    understood = _understand("", text)
    sources, encoder = _open(settings)
    if (reason := sources.searcher.not_ready(settings.desk)) is not None:
        raise NoGeneration(reason)
    vector = encoder.encode([understood.text])[0]
    answer = answering.suggest(sources, settings.desk, understood, vector, limit=_LIMIT, now=datetime.now(UTC))
    if as_json:
        return suggestion_out("", answer).model_dump_json(exclude={"suggestion_id"})
    return "\n".join(_suggestion(answer))


def triage_of(settings: Settings, subject: str, text: str, *, explain: bool, as_json: bool) -> str:
    """What the agent would be shown, with `explain` also which words and which sentence decided.

    If nothing could be searched, why is told on stderr.
    """
    understood = _understand(subject, text)
    sources, encoder = _open(settings)
    answer = answering.triage(
        sources,
        settings.desk,
        understood,
        encoder.encode([understood.text])[0],
        now=datetime.now(UTC),
        explaining=encoder if explain else None,
    )
    if answer.not_searched is not None:
        click.echo(f"Neither articles nor tickets could be searched. {answer.not_searched}", err=True)
    if as_json:
        return triage_out("", answer).model_dump_json(exclude={"triage_id"})
    return "\n".join(_triage(answer))


def _understand(subject: str, description: str) -> Understood:
    for name, text in (("The subject", subject), ("The text", description)):
        refuse_unstorable(text, name)
        if len(text) > _LONGEST:
            raise InvalidInput(f"{name} is longer than {_LONGEST:,} characters.")
    understood = answering.understand(Asked(subject, description))
    if not understood.text:
        raise InvalidInput("There is nothing in that text. Say what the request is about.")
    return understood


def _open(settings: Settings) -> tuple[Sources, Encoder]:
    guidance = open_guidance(settings)
    database = Database(settings.data_dir)
    encoder = open_encoder(settings.encoder, threads=settings.threads)
    return open_sources(settings, database, encoder, guidance), encoder


def _suggestion(answer: SuggestAnswer) -> Iterator[str]:
    if answer.articles.hits:
        yield from _articles(answer.articles.hits)
    else:
        yield "No article is likely to help."
    yield from _missing(answer.told.missing)
    yield f"\n{answer.told.expected_response}"
    yield from (textwrap.fill(notice, _WIDTH) for notice in answer.told.notices)


def _triage(answer: TriageAnswer) -> Iterator[str]:
    yield f"language  {answer.language.value}"
    yield from (_field(decision, answer.triaged.weighed) for decision in answer.triaged.fields.values())
    if answer.explained:
        yield "\nWhat leaving a word or a sentence out divides the odds by"
        yield from (_why(field, explanation) for field, explanation in answer.explained.items())
        yield ""
    if answer.told.clock is not None:
        yield from _clock(answer.told.clock)
    if answer.articles.hits:
        yield "\nArticles"
        yield from _articles(answer.articles.hits)
    elif answer.not_searched is None:
        yield from _near(answer.near)
    if answer.similar.hits:
        yield "\nSimilar solved tickets"
        yield from _similar(answer.similar.hits)
    yield from _missing(answer.told.missing)


def _near(topics: Sequence[NearTopic]) -> Iterator[str]:
    yield f"\nNo article is likely to help.{' Only near it:' if topics else ''}"
    yield from (f"- {near.topic}" + (f" ({near.title})" if near.title != near.topic else "") for near in topics)


def _clock(clock: Clock) -> Iterator[str]:
    yield f"respond   by {clock.response_due:%Y-%m-%d %H:%M %Z}  ({clock.policy})"
    if clock.resolution_due is not None:
        yield f"resolve   by {clock.resolution_due:%Y-%m-%d %H:%M %Z}"


def _missing(missing: Sequence[Missing]) -> Iterator[str]:
    if missing:
        yield "\nMissing"
        yield from (textwrap.fill(f"- {one.question}", _WIDTH, subsequent_indent="  ") for one in missing)


def _field(decision: FieldDecision, weighed: Weighed | None) -> str:
    name = f"{decision.field.value:<8}  "
    if decision.mode is Mode.ABSTAIN or decision.value is None:
        return f"{name}left open: {decision.reason.value if decision.reason else ''}{_branch(decision)}"
    if decision.probability is None:
        words = ", ".join(weighed.words) if weighed else ""
        return f"{name}{decision.value:<20}    -    {decision.mode.value}  ({words})"
    others = [
        f"{candidate.value} {_per_cent(candidate.probability).strip()}"
        for candidate in decision.candidates
        if candidate.value != decision.value and candidate.probability >= _WORTH_A_WORD
    ]
    rest = (f"  ({', '.join(others)})" if others else "") + _branch(decision)
    return f"{name}{decision.value:<20} {_per_cent(decision.probability)}  {decision.mode.value}{rest}"


def _why(field: TicketField, explanation: Explanation) -> str:
    told = [f"{word.text} {_divided(word.factor)}" for word in explanation.words]
    if (sentence := explanation.sentence) is not None:
        told.append(f'"{_shortened(sentence.text)}" {_divided(sentence.factor)}')
    line = f"{field.value:<8}  {explanation.value}: {', '.join(told) or 'nothing decides alone'}"
    return textwrap.fill(line, _WIDTH, subsequent_indent=_INDENT)


def _divided(factor: float) -> str:
    return f"{factor:,.1f}" if factor < _HUGE else f"over {_HUGE:,}"


def _branch(decision: FieldDecision) -> str:
    branch = decision.branch
    return f"; within {branch.value} {_per_cent(branch.probability).strip()}" if branch else ""


def _articles(hits: Sequence[Hit]) -> Iterator[str]:
    for place, hit in enumerate(hits, start=1):
        yield f"{place}. {_per_cent(hit.relevance)}  {hit.title}"
        yield f"{_INDENT}{hit.url or hit.id}"
        yield from _indented(filter(None, (hit.heading, _shortened(hit.passage))))


def _similar(hits: Sequence[Hit]) -> Iterator[str]:
    for place, hit in enumerate(hits, start=1):
        yield f"{place}. {_per_cent(hit.relevance)}  {hit.title or _shortened(hit.passage)}"
        yield f"{_INDENT}{hit.id}"
        yield from _indented([_shortened(hit.resolution or "")])


def _indented(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield textwrap.fill(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _shortened(text: str) -> str:
    return textwrap.shorten(text, _PASSAGE_CHARS, placeholder=" …")


def _per_cent(probability: float) -> str:
    return f"{probability:>4.0%}".replace("%", " %")
