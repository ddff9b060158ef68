"""Everything a service process holds while it runs: opened once, shared by all requests, closed in order."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import Annotated

import anyio
from anyio import CapacityLimiter
from fastapi import Depends, Request

from service import answering
from service.answering import Asked, Understood
from service.auth import Keyring
from service.batcher import Batcher
from service.eventlog import EventLog
from service.guidance import open_guidance
from service.pace import Pace
from service.pages.attempts import Attempts
from service.runner import Runner
from service.shadow import Shadow
from service.sources import Sources, open_sources
from service.upkeep import Upkeep
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder
from triagem.insight.remembered import Remembered
from triagem.search.ingest import Ingest
from triagem.settings import Settings
from triagem.store import generations
from triagem.store.database import Database
from triagem.text.language import detect

# A search is in part outside the interpreter lock: a few more than cores keep those busy.
_ANSWERS_PER_CORE = 2
_WRITES_AT_ONCE = 1
# Services are mostly killed ten seconds after they were told to stop, of which requests under way get four (`serving`).
_CLOSE_WITHIN_S = 5.0
_OF_IT_FOR_EVENTS = 0.8
# Reading so much takes less than a millisecond; more is read in a thread, for which a short request would wait 0.1 ms.
_READ_AT_ONCE_CHARS = 1_000
_SUPERSEDED = "The index was built anew with another encoder: restart the service with that one."
_LONG_ENOUGH_TO_JUDGE = "não consigo entrar na minha conta depois de trocar a senha"


@dataclass(frozen=True, slots=True)
class Health:
    """`reasons` say what stands in the way, or what is still missing without standing in it."""

    ready: bool
    reasons: tuple[str, ...]


@dataclass(slots=True)
class State:
    """The open parts. `writing` bounds how many imports are worked on at once, `reading` how many long requests."""

    settings: Settings
    database: Database
    encoder: Encoder
    batcher: Batcher
    sources: Sources
    events: EventLog
    keyring: Keyring
    runner: Runner
    shadow: Shadow
    writing: CapacityLimiter
    reading: CapacityLimiter
    pace: Pace
    sign_ins: Attempts = field(default_factory=Attempts)
    remembered: Remembered = field(default_factory=Remembered)
    _ingests: dict[str, Ingest] = field(default_factory=dict)

    def ingest(self, desk: str) -> Ingest:
        """The way in for a desk. Call it from a thread: the first call writes."""
        if desk not in self._ingests:
            self._ingests[desk] = Ingest(self.database, self.encoder, desk=desk)
        return self._ingests[desk]

    async def understand(self, asked: Asked) -> Understood:
        """A request as the library reads it, without holding up others by a long one."""
        if len(asked.subject) + len(asked.description) <= _READ_AT_ONCE_CHARS:
            return answering.understand(asked)
        return await anyio.to_thread.run_sync(answering.understand, asked, limiter=self.reading)

    def health(self) -> Health:
        """Whether requests can be answered. A desk without articles can: they may come over HTTP."""
        try:
            with self.database.read() as connection:
                empty = generations.published(connection, self.settings.desk) is None
            reason = self.sources.searcher.not_ready(self.settings.desk)
            superseded = reason is None and self.sources.searcher.is_superseded(self.settings.desk)
        except Exception as error:  # whatever stands in the way is the answer
            return Health(False, (f"The database or the index cannot be read: {type(error).__name__}.",))
        if superseded:
            return Health(True, (_SUPERSEDED,))
        return Health(empty or reason is None, (reason,) if reason else ())

    def close(self, *, within_s: float = _CLOSE_WITHIN_S) -> None:
        """Ends the threads, the writer of events last but the database.

        Where the disk stands still it gives up after so long, with what was not written counted as lost.
        """
        until = time.monotonic() + within_s
        self.runner.stop()
        self.batcher.close()
        self.shadow.close()
        is_written = self.events.close(within_s=_OF_IT_FOR_EVENTS * within_s)
        has_ended = self.runner.close(within_s=until - time.monotonic())
        if is_written and has_ended:  # else somebody holds the database, and the process ends with both
            closing = Thread(target=self.database.close, name="closing", daemon=True)
            closing.start()
            closing.join(until - time.monotonic())


def cores() -> int:
    return len(os.sched_getaffinity(0))


async def open_state(settings: Settings) -> State:
    """Opens the parts and warms those that are slow the first time, so that the first request is not."""
    threads = settings.threads or max(1, cores() // settings.workers)
    database = await anyio.to_thread.run_sync(Database, settings.data_dir)
    # Side by side: the encoder's opening is mostly outside the interpreter lock, the guidance's all inside.
    with ThreadPoolExecutor(1, "guidance") as aside:
        opening = aside.submit(open_guidance, settings)
        encoder = await anyio.to_thread.run_sync(lambda: open_encoder(settings.encoder, threads=threads))
        guidance = opening.result()
    sources, events = open_sources(settings, database, encoder, guidance), EventLog(database)
    triager = sources.triager
    await anyio.to_thread.run_sync(_warm, sources, encoder, settings.desk)
    return State(
        settings=settings,
        database=database,
        encoder=encoder,
        batcher=Batcher(encoder, threads=_ANSWERS_PER_CORE * cores()),
        sources=sources,
        events=events,
        keyring=Keyring(database),
        runner=Runner(
            database,
            settings,
            encoder_digest=encoder.digest,
            upkeep=Upkeep(database, settings, triager, encoder).do,
        ),
        shadow=Shadow(database, triager, events),
        writing=CapacityLimiter(_WRITES_AT_ONCE),
        reading=CapacityLimiter(cores()),
        pace=Pace(settings),
    )


def _warm(sources: Sources, encoder: Encoder, desk: str) -> None:
    encoder.encode([_LONG_ENOUGH_TO_JUDGE])
    sources.guidance.for_requester(_LONG_ENOUGH_TO_JUDGE, detect(_LONG_ENOUGH_TO_JUDGE), now=datetime.now(UTC))
    sources.searcher.not_ready(desk)


def state_of(request: Request) -> State:
    state: State = request.app.state.triagem
    return state


async def _state(request: Request) -> State:
    return state_of(request)


Open = Annotated[State, Depends(_state)]
