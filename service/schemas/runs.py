"""Long work on the wire."""

from datetime import datetime
from typing import Any

from service.schemas.base import Out
from triagem.errors import Failure
from triagem.store.runs import Run, RunKind, RunState


class RunOut(Out):
    """`progress` goes from 0 to 1; `error` says what happened and what to do, `failure` is its code."""

    id: str
    kind: RunKind
    state: RunState
    progress: float
    message: str
    result: dict[str, Any] | None
    error: str | None
    failure: Failure | None
    cancel_requested: bool
    created_at: datetime
    finished_at: datetime | None


def run_out(run: Run) -> RunOut:
    return RunOut(
        id=run.id,
        kind=run.kind,
        state=run.state,
        progress=run.progress,
        message=run.message,
        result=run.result,
        error=run.error,
        failure=run.failure,
        cancel_requested=run.cancel_requested,
        created_at=run.created_at,
        finished_at=run.finished_at,
    )
