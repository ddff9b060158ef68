"""Reads a stream of JSON lines into the library, a batch at a time, and keeps account of what became of each line.

A line that cannot be read is reported by its number and reason; memory holds one batch and one line at most.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import HTTPException, Request

from service.errors import without
from service.limits import RECORD_BODY
from service.schemas.articles import ImportOut, LineErrorOut
from triagem.errors import InvalidInput
from triagem.search.ingest import Outcome
from triagem.search.records import record_from_line
from triagem.types import Article, Ticket

MEDIA_TYPES: Final = ("application/x-ndjson", "application/jsonl")

_RECORDS_TOGETHER: Final = 200
_BYTES_TOGETHER: Final = 4 * 1024 * 1024
_ERRORS_LISTED: Final = 1_000
_TOO_LONG: Final = f"The line is longer than {RECORD_BODY // 1024} KiB."

_Record = TypeVar("_Record", Article, Ticket)


@dataclass(frozen=True, slots=True)
class _Line:
    """`data` is None for a line that was too long to keep."""

    number: int
    data: bytes | None


@dataclass(slots=True)
class _Import(Generic[_Record]):
    read: Callable[[Mapping[str, Any]], _Record]
    put: Callable[[Sequence[_Record]], list[Outcome]]
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    errors: list[LineErrorOut] = field(default_factory=list)
    errors_omitted: int = 0

    def take(self, lines: Sequence[_Line]) -> None:
        """Stores what can be read of a batch. Of an id given twice the later line wins."""
        batch: dict[str, tuple[int, _Record]] = {}
        for line in lines:
            try:
                record = self.read(_parse(line.data))
            except InvalidInput as reason:
                self._report(line.number, str(reason))
                continue
            if record.id in batch:
                self._store(batch)
                batch = {}
            batch[record.id] = line.number, record
        self._store(batch)

    def _store(self, batch: Mapping[str, tuple[int, _Record]]) -> None:
        try:
            outcomes = self.put([record for _, record in batch.values()])
        except InvalidInput:
            self._store_singly(batch)
        else:
            for outcome in outcomes:
                self.counts[outcome] += 1

    def _store_singly(self, batch: Mapping[str, tuple[int, _Record]]) -> None:
        for number, record in batch.values():
            try:
                self.counts[self.put([record])[0]] += 1
            except InvalidInput as reason:
                self._report(number, without(str(reason), record.id))

    def _report(self, number: int, reason: str) -> None:
        if len(self.errors) < _ERRORS_LISTED:
            self.errors.append(LineErrorOut(line=number, reason=reason))
        else:
            self.errors_omitted += 1


async def import_lines(
    request: Request,
    *,
    read: Callable[[Mapping[str, Any]], _Record],
    put: Callable[[Sequence[_Record]], list[Outcome]],
    limiter: CapacityLimiter,
) -> ImportOut:
    """Streams a request's body in. Batches that are in stay in, whatever happens to those that follow."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send lines of JSON as application/x-ndjson.")
    account = _Import(read, put)
    waiting: list[_Line] = []
    size = 0
    async for line in _lines(request.stream()):
        waiting.append(line)
        size += len(line.data or b"")
        if len(waiting) >= _RECORDS_TOGETHER or size >= _BYTES_TOGETHER:
            await anyio.to_thread.run_sync(account.take, waiting, limiter=limiter)
            waiting, size = [], 0
    await anyio.to_thread.run_sync(account.take, waiting, limiter=limiter)
    return ImportOut(
        added=account.counts[Outcome.ADDED],
        updated=account.counts[Outcome.UPDATED],
        unchanged=account.counts[Outcome.UNCHANGED],
        errors=account.errors,
        errors_omitted=account.errors_omitted,
    )


async def _lines(stream: AsyncIterator[bytes]) -> AsyncIterator[_Line]:
    """The lines that hold anything, numbered from 1."""
    number, kept = 1, _Kept()
    async for piece in stream:
        *ends, rest = piece.split(b"\n")
        for end in ends:
            kept.add(end)
            if not kept.is_blank:
                yield _Line(number, kept.data)
            number, kept = number + 1, _Kept()
        kept.add(rest)
    if not kept.is_blank:
        yield _Line(number, kept.data)


class _Kept:
    """A line as far as it has come; of one that is too long nothing is kept."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._too_long = False

    def add(self, part: bytes) -> None:
        if len(self._bytes) + len(part) > RECORD_BODY:
            self._too_long = True
            self._bytes.clear()
        if not self._too_long:
            self._bytes += part

    @property
    def is_blank(self) -> bool:
        return not self._too_long and not self._bytes.strip()

    @property
    def data(self) -> bytes | None:
        return None if self._too_long else bytes(self._bytes)


def _parse(data: bytes | None) -> Mapping[str, Any]:
    if data is None:
        raise InvalidInput(_TOO_LONG)
    return record_from_line(data)


def imported(what: str) -> dict[str, Any]:
    """The request body of an import, for the OpenAPI document."""
    schema = {"type": "string", "description": f"{what} per line, as JSON."}
    return {"requestBody": {"required": True, "content": {MEDIA_TYPES[0]: {"schema": schema}}}}
